"""One deliverable: its brief, the drafts and what was said, the answer that it waits for, and what it pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.deliverable_words import (
    fee_rows,
    id_of,
    sort_words,
    state_words,
    waits_of,
    waits_words,
    way_of,
)
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.uploads import checks_uploads, keep_upload
from hanse.faces.console.acts import ADJUST
from hanse.faces.console.content.deliverables import deliverable_or_404
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import PlainForm, attempt_or_warn
from hanse.growth.deliverables.actions import agree, cancel
from hanse.growth.deliverables.deciding import accept, withdraw
from hanse.growth.deliverables.fees import promised_fees
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.queries import acceptances_of
from hanse.growth.deliverables.rules import DONE, ON_PARTNER, OPEN
from hanse.growth.deliverables.working import ask_changes, comment, note_live, send_draft
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program


class DraftForm(PlainForm):
    """The work as a text, a link or a file."""

    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    link = forms.CharField(
        label=gettext_lazy("Link to it"), max_length=500, required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)


@console_page()
@needs_program
@require_GET
def deliverable(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Show a deliverable with everything that happened."""
    row = deliverable_or_404(program, deliverable_id)
    fee, waits, way = promised_fees([row], clock.now())[row.pk], waits_of(row), way_of(row, is_partner=False)
    context = {
        "deliverable": row, "id": id_of(row), "partner": row.enrolment.partner, "way": way, "waits": waits,
        "partner_href": partner_href(row.enrolment.partner_id), "state": state_words(row.state),
        "waits_words": waits_words(waits, row.enrolment.partner.name), "sort": sort_words(row.sort),
        "draft": next((one for one in reversed(way) if one.number), None),
        "fee": fee_rows(row, fee.own_minor, fee.terms_minor),
        "terms_id": text_id("trm", fee.terms_id) if fee.terms_id else "", "accepted": acceptances_of(row),
        "is_open": row.state in OPEN, "is_done": row.state in DONE, "is_on_partner": row.state in ON_PARTNER,
        "form": DraftForm(), "may_act": may(request), "may_money": may(request, ADJUST),
    }  # fmt: skip
    return content_page(request, "console/content/deliverable.html", "deliverables", context)


@console_page()
@require_POST
@writes
@needs_program
def say(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Say something to the partner."""
    return _act(
        request, program, deliverable_id, _("Sent."),
        lambda row, said: comment(row, text=said("text"), side="team", now=clock.now(), by=actor(request)),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def yes(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Accept the draft that was looked at."""
    number = str(request.POST.get("draft", ""))
    shown = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    return _act(
        request, program, deliverable_id, _("Accepted. What it pays is booked, and they know."),
        lambda row, said: accept(
            row, draft=shown, note=said("text"), now=clock.now(), by=actor(request)
        ),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def changes(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Say what is to change."""
    return _act(
        request, program, deliverable_id, _("Sent. They have until the new day."),
        lambda row, said: ask_changes(row, text=said("text"), now=clock.now(), by=actor(request)),
    )  # fmt: skip


@console_page(write_roles=ADJUST)
@require_POST
@writes
@needs_program
def take_back(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Take an acceptance back."""
    return _act(
        request, program, deliverable_id, _("Taken back; what it paid is booked back."),
        lambda row, said: withdraw(row, reason=said("reason"), now=clock.now(), by=actor(request)),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def call_off(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Call it off."""
    return _act(
        request, program, deliverable_id, _("Called off. They read your reason."),
        lambda row, said: cancel(row, reason=said("reason"), now=clock.now(), by=actor(request)),
    )  # fmt: skip


@console_page()
@require_POST
@checks_uploads
@writes
@needs_program
def for_them(request: HttpRequest, program: Program, deliverable_id: str) -> HttpResponse:
    """Write down for the partner what came in another way: their yes, a draft, where it is public."""
    what, now, by = str(request.POST.get("what", "")), clock.now(), actor(request)

    def act(row: Deliverable, said: Callable[[str], str]) -> object:
        if what == "agree":
            return agree(row, side="team", now=now, by=by)
        if what == "live":
            return note_live(row, address=said("address"), side="team", now=now, by=by)
        upload = request.FILES.get("file")
        file = keep_upload(upload, program=program, by=by, now=now) if upload else None
        return send_draft(row, text=said("text"), link=said("link"), file=file, side="team", now=now, by=by)

    return _act(request, program, deliverable_id, _("Kept."), act)


def _act(
    request: HttpRequest, program: Program, deliverable_id: str, done: str,
    act: Callable[[Deliverable, Callable[[str], str]], Any],
) -> HttpResponse:  # fmt: skip
    row = deliverable_or_404(program, deliverable_id)
    attempt_or_warn(request, lambda: act(row, lambda name: str(request.POST.get(name, ""))), done)
    return HttpResponseRedirect(reverse("console:deliverable", args=[deliverable_id]), status=303)
