"""Your content: the partner's pieces with what each brought, their feeds, and telling us of a piece."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.content_words import feed_line, piece_line
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.grow_tabs import grow_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.content.actions import moment_of, note_piece, note_refreshed
from hanse.growth.content.feeding import add_feed, remove_feed
from hanse.growth.content.finding import find_feed
from hanse.growth.content.models import Piece
from hanse.growth.content.queries import worth_a_refresh
from hanse.kernel import clock
from hanse.kernel.errors import HanseError

SHOWN = 50
_REFRESH = 5
_OPEN = ("active", "paused", "suspended")


class OwnPieceForm(forms.Form):
    """A piece that the partner tells us of."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Its address"), max_length=1000, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False, label_suffix="")
    published_on = forms.DateField(
        label=gettext_lazy("Published on"), required=False, label_suffix="",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), help_text=gettext_lazy("Left empty: today"),
    )  # fmt: skip


class OwnFeedForm(forms.Form):
    """A feed of the partner's."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Address of your blog, channel or podcast"), max_length=1000, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )  # fmt: skip


@portal_page
@needs_seat
def pieces(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show pieces and feeds; take a piece, or a feed, which is read first, outside any transaction."""
    may_add = seat.enrolment.status in _OPEN and not seat.is_viewed
    sent = str(request.POST.get("what", "")) if request.method == "POST" and may_add else ""
    piece_form = OwnPieceForm(request.POST if sent == "piece" else None, auto_id="piece-%s")
    feed_form = OwnFeedForm(request.POST if sent == "feed" else None, auto_id="feed-%s")
    if sent == "piece" and piece_form.is_valid() and _noted(request, seat, piece_form):
        return HttpResponseRedirect(reverse("portal:pieces"), status=303)
    if sent == "feed" and feed_form.is_valid() and _read(request, seat, feed_form):
        return HttpResponseRedirect(reverse("portal:pieces"), status=303)
    mine = seat.scope.pieces()
    refresh = worth_a_refresh(clock.now()).filter(pk__in=mine.order_by().values("pk"))
    context = {
        "lines": [piece_line(row) for row in mine.exclude(about=Piece.About.OTHER)[:SHOWN]], "most": SHOWN,
        "refresh": [piece_line(row) for row in refresh[:_REFRESH]],
        "feeds": [feed_line(row) for row in seat.scope.feeds()], "may_add": may_add, "piece_form": piece_form,
        "feed_form": feed_form, "tabs": grow_tabs("pieces"),
    }  # fmt: skip
    bad = bool(piece_form.errors or feed_form.errors)
    return portal(request, seat, "portal/pieces.html", "grow", context, status=422 if bad else 200)


@portal_page
@require_POST
@writes
@needs_seat
def feed_remove(request: HttpRequest, seat: Seat, feed: str) -> HttpResponse:
    """Let a feed be read no more. Its pieces stay."""
    row = get_object_or_404(seat.scope.feeds(), pk=id_or_404("fed", feed))
    remove_feed(row, now=clock.now(), by=actor(request))
    tell(request, _("It is not read any more. Its pieces stay."))
    return HttpResponseRedirect(reverse("portal:pieces"), status=303)


@portal_page
@require_POST
@writes
@needs_seat
def refreshed(request: HttpRequest, seat: Seat, piece: str) -> HttpResponse:
    """Note that an old piece was brought up to date."""
    row = get_object_or_404(seat.scope.pieces(), pk=id_or_404("pce", piece))
    note_refreshed(row, now=clock.now(), by=actor(request))
    tell(request, _("Noted. Thank you!"))
    return HttpResponseRedirect(reverse("portal:pieces"), status=303)


def _noted(request: HttpRequest, seat: Seat, form: OwnPieceForm) -> bool:
    said: dict[str, Any] = form.cleaned_data
    now = clock.now()
    try:
        with transaction.atomic():
            note_piece(
                seat.enrolment, address=said["address"], title=said["title"],
                published_at=moment_of(said["published_on"], seat.program.time_zone, now), source=Piece.Source.PARTNER,
                now=now, by=actor(request),
            )  # fmt: skip
    except HanseError as error:
        show_problems(form, error, {"published_at": "published_on"})
        return False
    tell(request, _("Noted. Thank you!"))
    return True


def _read(request: HttpRequest, seat: Seat, form: OwnFeedForm) -> bool:
    try:
        looked = find_feed(form.cleaned_data["address"])
        with transaction.atomic():
            feed = add_feed(seat.enrolment, looked, now=clock.now(), by=actor(request))
    except HanseError as error:
        show_problems(form, error)
        return False
    count = feed.pieces.count()
    text = ngettext(
        "We read it from now on: %(n)d piece so far.", "We read it from now on: %(n)d pieces so far.", count
    )
    tell(request, text % {"n": count})
    return True
