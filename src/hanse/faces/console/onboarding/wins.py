"""First wins: the drafted note to a partner who has just sold, to read, change, send, take along or drop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.onboarding.frame import onboarding_page
from hanse.growth.firstwins import actions
from hanse.growth.firstwins.drafting import draft
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.firstwins.queries import first_commission, open_wins, win_of, wins_of
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_SHOWN_DAYS = 365


class NoteForm(PlainForm):
    """The note."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(label=gettext_lazy("Note"), max_length=20_000, widget=forms.Textarea({"rows": 14}))


@console_page()
@needs_program
@require_GET
def wins(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show the first sales of a year and what became of each note, or hand them out as CSV."""
    state = UrlState(request.GET)
    table = Table(
        state, wins_of(program.pk).filter(sold_at__gt=clock.now() - timedelta(days=_SHOWN_DAYS)),
        [
            Column("name", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
            Column("sold", _("First sale"), ("sold_at",), lambda row: row.sold_at.isoformat(), True),
            Column("drafted", _("Drafted"), ("drafted_at",), lambda row: row.drafted_at.isoformat(), True),
            Column("state", _("Note"), (), lambda row: win_state(row)[0]),
        ], "-sold",
    )  # fmt: skip
    if wants_csv(request):
        return export("first-wins", table)
    rows = [
        {"row": row, "id": text_id("enr", row.enrolment_id), "href": partner_href(row.enrolment.partner_id),
         "state": win_state(row)}
        for row in table.page_rows
    ]  # fmt: skip
    waiting = open_wins(program.pk).count()
    return onboarding_page(request, program, "wins", "wins", {"table": table, "rows": rows, "waiting": waiting})


def win_state(row: FirstWin) -> tuple[str, str, datetime | None]:
    """Return the word for a note's state, its colour, and since when."""
    if row.sent_at:
        return _("Sent"), "sea", row.sent_at
    if row.copied_at:
        return _("Taken along"), "sea", row.copied_at
    if row.dropped_at:
        return _("Dropped"), "", row.dropped_at
    return _("Drafted"), "ochre", row.drafted_at


@console_page()
@writes
@needs_program
def win(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Show the note; a POST keeps, sends, takes along or drops it. Reading drafts nothing."""
    rows = Enrolment.objects.select_related("program", "partner__owner", "tier")
    enrolment = rows.filter(program=program, pk=id_or_404("enr", enrolment_id)).first()
    commission = first_commission(enrolment.pk) if enrolment else None
    row = win_of(enrolment.pk) if enrolment else None
    if enrolment is None or (commission is None and row is None):
        raise Http404
    known = _known(row, commission)
    form = NoteForm(request.POST or None, initial=known)
    if request.method == "POST":
        done = _act(request, form, enrolment)
        if done:
            tell(request, done)
            return HttpResponseRedirect(reverse("console:today"))
    context = {
        "form": form, "partner": enrolment.partner, "href": partner_href(enrolment.partner_id), "row": row,
        "state": win_state(row) if row else None, "commission": commission,
        "commission_id": text_id("com", commission.pk) if commission else "", "may_act": may(request),
        "is_open": row is None or not (row.sent_at or row.copied_at or row.dropped_at),
        "text": form["text"].value() or "", "language": _language(row.language if row else enrolment.partner.language),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return onboarding_page(request, program, "win", "wins", context, status=status)


def _language(code: str) -> str:
    """Name the language that a note is written in; "" for the reader's own."""
    return "" if code == get_language() else str(get_language_info(code)["name_translated"])


def _known(row: FirstWin | None, commission: Commission | None) -> dict[str, Any]:
    if row is not None:
        return {"subject": row.subject, "text": row.body}
    assert commission is not None
    owner = commission.enrolment.partner.owner
    drafted = draft(commission, owner.name if owner else "")
    return {"subject": drafted.subject, "text": drafted.text}


def _act(request: HttpRequest, form: NoteForm, enrolment: Enrolment) -> str:
    """Do what was asked; returns what was done, or "" with the reasons on the form."""
    now, by, act = clock.now(), actor(request), request.POST.get("act", "")
    if act == "drop":
        form.is_valid()
        dropped = attempt(form, lambda: actions.drop_win(actions.note_for(enrolment, now), now=now, by=by))
        return _("Dropped; nothing was sent") if dropped else ""
    if not form.is_valid():
        return ""
    given = {"subject": form.cleaned_data["subject"], "text": form.cleaned_data["text"], "now": now, "by": by}
    verbs = {"send": actions.send_win, "copy": actions.copy_win}
    verb = verbs.get(act, actions.change_note)
    said = {"send": _("Your note goes out"), "copy": _("Noted as said")}.get(act, _("Kept as a draft"))
    return said if attempt(form, lambda: verb(actions.note_for(enrolment, now), **given)) else ""
