"""Agreed work: what the program asks for, drafts and words both ways, and where it is public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.deliverable_words import (
    PREFIX,
    fee_rows,
    id_of,
    sort_words,
    state_words,
    waits_of,
    waits_words,
    way_of,
)
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.common.uploads import checks_uploads, keep_upload
from hanse.faces.portal.grow_tabs import grow_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.deliverables.actions import agree, decline
from hanse.growth.deliverables.fees import promised_fees
from hanse.growth.deliverables.models import Deliverable, DeliverableDraft
from hanse.growth.deliverables.rules import DONE, ON_PARTNER, OPEN, PUT_AWAY, mark_of
from hanse.growth.deliverables.types import Waits
from hanse.growth.deliverables.working import comment, note_live, send_draft
from hanse.growth.resources.files.showing import shows_files
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.ids import parse_id
from hanse.programs.enrolments.models import Enrolment


class WorkForm(forms.Form):
    """A draft: a text, a link, a file, or several of these."""

    use_required_attribute = False
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=50_000, required=False, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    link = forms.CharField(
        label=gettext_lazy("Link to it"), max_length=500, required=False, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("File"), required=False, label_suffix="", allow_empty_file=True)


class WordForm(forms.Form):
    """Something to say, or why not."""

    use_required_attribute = False
    text = forms.CharField(
        label=gettext_lazy("Your words"), max_length=4000, label_suffix="", widget=forms.Textarea(attrs={"rows": 2})
    )


class AddressForm(forms.Form):
    """Where it is public."""

    use_required_attribute = False
    address = forms.CharField(
        label=gettext_lazy("Where it is public"), max_length=500, label_suffix="",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of agreed work as the list shows it."""

    row: Deliverable
    id: str
    state: tuple[str, str]
    waits: Waits | None
    waits_words: str
    fee: str


@portal_page
@needs_seat
@require_GET
def deliverables(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List what was agreed: what waits for the partner first."""
    rows = list(seat.scope.deliverables()[:300])
    fees = promised_fees(rows, clock.now())
    cards = [_card(row, fees[row.pk].minor) for row in rows]
    context = {
        "yours": [one for one in cards if one.waits is not None and one.waits.on == "partner"],
        "ours": [one for one in cards if one.waits is not None and one.waits.on == "team"],
        "past": [one for one in reversed(cards) if one.waits is None], "tabs": grow_tabs("deliverables"),
    }  # fmt: skip
    return portal(request, seat, "portal/deliverables.html", "grow", context)


def _card(row: Deliverable, minor: int) -> Card:
    found = waits_of(row)
    words = waits_words(found, "", is_partner=True)
    return Card(row, id_of(row), state_words(row.state), found, words, fee_rows(row, minor, 0)["total"])


@portal_page
@checks_uploads
@writes
@needs_seat
def deliverable(request: HttpRequest, seat: Seat, deliverable_id: str) -> HttpResponse:
    """Show one piece of agreed work, and take what the partner does about it."""
    row, what = _own(seat, deliverable_id), str(request.POST.get("what", ""))
    forms_by_name: dict[str, forms.Form] = {
        "draft": WorkForm(auto_id="draft-%s"), "say": WordForm(auto_id="say-%s"),
        "live": AddressForm(auto_id="live-%s"),
    }  # fmt: skip
    bad = None
    if request.method == "POST" and not seat.is_viewed:
        if what not in _ACTS:
            raise Http404
        make, act, done = _ACTS[what]
        bad = make(request.POST, request.FILES, auto_id=f"{what}-%s")
        if bad.is_valid() and _done(bad, lambda: act(row, bad, actor(request))):
            tell(request, str(done))
            return HttpResponseRedirect(reverse("portal:deliverable", args=[deliverable_id]), status=303)
        forms_by_name["say" if what == "decline" else what] = bad
    fee, found = promised_fees([row], clock.now())[row.pk], waits_of(row)
    context = {
        "deliverable": row, "mark": mark_of(row), "id": deliverable_id,
        "state": state_words(row.state), "sort": sort_words(row.sort),
        "waits": found, "waits_words": waits_words(found, "", is_partner=True), "way": way_of(row, is_partner=True),
        "fee": fee_rows(row, fee.own_minor, fee.terms_minor), "forms": forms_by_name, "what": what,
        "may_act": not seat.is_viewed, "is_open": row.state in OPEN, "is_done": row.state in DONE,
        "may_decline": row.state in ON_PARTNER, "is_away": row.state in PUT_AWAY, "tabs": grow_tabs("deliverables"),
    }  # fmt: skip
    return portal(request, seat, "portal/deliverable.html", "grow", context, status=422 if bad else 200)


def _own(seat: Seat, text: str) -> Deliverable:
    try:
        wanted = parse_id(PREFIX, text)
    except Invalid as error:
        raise Http404 from error
    return get_object_or_404(seat.scope.deliverables(), pk=wanted)


def _done(form: forms.Form, act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except HanseError as error:
        show_problems(form, error, {"reason": "text"})
        return False
    return True


def _agree(row: Deliverable, form: forms.Form, by: str) -> None:
    agree(row, mark=str(form.data.get("mark", "")), now=clock.now(), by=by)


def _decline(row: Deliverable, form: forms.Form, by: str) -> None:
    decline(row, reason=form.cleaned_data["text"], now=clock.now(), by=by)


def _send(row: Deliverable, form: forms.Form, by: str) -> None:
    said, now = form.cleaned_data, clock.now()
    upload = said["file"]
    file = keep_upload(upload, program=row.program, by=by, now=now) if upload else None
    send_draft(row, text=said["text"], link=said["link"], file=file, now=now, by=by)


def _say(row: Deliverable, form: forms.Form, by: str) -> None:
    comment(row, text=form.cleaned_data["text"], side="partner", now=clock.now(), by=by)


def _live(row: Deliverable, form: forms.Form, by: str) -> None:
    note_live(row, address=form.cleaned_data["address"], now=clock.now(), by=by)


_ACTS: dict[str, tuple[type[forms.Form], Callable[[Deliverable, forms.Form, str], None], Any]] = {
    "agree": (forms.Form, _agree, gettext_lazy("Agreed. Thank you.")),
    "decline": (WordForm, _decline, gettext_lazy("Declined. We read your reason.")),
    "draft": (WorkForm, _send, gettext_lazy("Sent. You hear from us by mail.")),
    "say": (WordForm, _say, gettext_lazy("Sent.")),
    "live": (AddressForm, _live, gettext_lazy("Kept. Thank you.")),
}


@shows_files
def shows_draft(file_id: UUID, enrolment: Enrolment, _now: datetime) -> bool:
    """Say whether a file is a draft of this partner's own work."""
    return DeliverableDraft.objects.filter(file_id=file_id, deliverable__enrolment=enrolment).exists()
