"""Coming: what is planned, shown by tier; under an embargo only after it is accepted with a click."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.console.forms import said
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.roadmap.actions import accept_embargo, note_sight
from hanse.growth.roadmap.models import Preview
from hanse.growth.roadmap.queries import preview_for, previews_for
from hanse.growth.roadmap.types import Shown
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.spine.safe_text import html_of


@dataclass(frozen=True, slots=True)
class Card:
    """One preview as it is listed. `title` is what stands there before acceptance: the teaser."""

    id: str
    shown: Shown
    title: str


@portal_page
@needs_seat
@require_GET
def coming(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List what is coming, what waits for a yes on top."""
    cards = [_card(one) for one in previews_for(seat.enrolment, clock.now())]
    context = {
        "tabs": resource_tabs("coming"), "locked": [one for one in cards if one.shown.content is None],
        "open": [one for one in cards if one.shown.content is not None],
        "may_act": not seat.is_viewed and seat.enrolment.status in ("active", "paused"),
    }  # fmt: skip
    return portal(request, seat, "portal/coming.html", "resources", context)


@portal_page
@writes
@needs_seat
@require_GET
def one_coming(request: HttpRequest, seat: Seat, preview: str) -> HttpResponse:
    """Show one preview to whoever may read it, and note that she saw it."""
    shown = _find(seat, preview)
    html: SafeString | str = ""
    if shown.content is not None:
        html = html_of(shown.content.text)
        if not seat.is_viewed:
            row = get_object_or_404(Preview, pk=shown.preview_id, program=seat.program)
            note_sight(row, seat.enrolment, number=shown.number, now=clock.now(), by=actor(request))
    context = {
        "tabs": resource_tabs("coming"), "card": _card(shown), "html": html,
        "may_act": not seat.is_viewed and seat.enrolment.status in ("active", "paused"),
    }  # fmt: skip
    return portal(request, seat, "portal/coming_one.html", "resources", context)


@portal_page
@writes
@needs_seat
@require_POST
def accept(request: HttpRequest, seat: Seat, preview: str) -> HttpResponse:
    """Take a yes to an embargo; then the preview is open."""
    shown = _find(seat, preview)
    row = get_object_or_404(Preview, pk=shown.preview_id, program=seat.program)
    try:
        digest = str(request.POST.get("digest", ""))[:64]
        accept_embargo(row, seat.enrolment, digest=digest, now=clock.now(), by=actor(request))
        tell(request, _("Thank you. Now you know, and nobody else does."))
    except HanseError as refused:
        warn(request, said(refused))
    return HttpResponseRedirect(reverse("portal:coming_one", args=[preview]), status=303)


def _find(seat: Seat, text: str) -> Shown:
    shown = preview_for(seat.enrolment, id_or_404("prv", text), clock.now())
    if shown is None:
        raise Http404
    return shown


def _card(shown: Shown) -> Card:
    return Card(text_id("prv", shown.preview_id), shown, shown.content.title if shown.content else shown.teaser)
