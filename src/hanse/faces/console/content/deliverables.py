"""Deliverables: what partners agreed to do, on whom each waits, what is late; and asking for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.deliverable_words import PREFIX, id_of, sort_words, state_words, waits_of, waits_words
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.content.deliverable_forms import KEPT, DeliverableForm, given_for
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt
from hanse.growth.deliverables.actions import ask_for, change
from hanse.growth.deliverables.fees import promised_fees
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.queries import deliverables_of, unfinished
from hanse.growth.deliverables.rules import DONE, OPEN, PUT_AWAY
from hanse.growth.deliverables.types import Waits
from hanse.kernel import clock
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SHOWN = ("open", "ours", "late", "done", "away", "all")
_STATES = {"done": DONE, "away": PUT_AWAY}
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One deliverable as the list shows it."""

    row: Deliverable
    id: str
    waits: Waits | None
    waits_words: str
    state: tuple[str, str]
    sort: str
    fee_minor: int
    href: str


@console_page()
@needs_program
@require_GET
def deliverables(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List deliverables, those that wait for us and the late ones first."""
    state, now = UrlState(request.GET), clock.now()
    show = state.choice("show", SHOWN, "open")
    every = deliverables_of(program.pk)
    open_rows = list(unfinished(every)[:_MOST])
    rows = every.filter(state__in=_STATES[show]) if show in _STATES else every
    shown = list(rows.order_by("-due_on", "-id")[:_MOST]) if show in ("done", "away", "all") else []
    fees = promised_fees([*open_rows, *shown], now)
    lines = [_line(row, fees[row.pk].minor) for row in open_rows]
    ours = [one for one in lines if one.waits is not None and one.waits.on == "team"]
    late = [one for one in lines if one.waits is not None and one.waits.days_late]
    found = {"open": lines, "ours": ours, "late": late}
    listed = found.get(show) or [_line(row, fees[row.pk].minor) for row in shown]
    table = Table(state, listed, _columns(), "waits" if show in ("open", "ours", "late") else "-due")
    if wants_csv(request):
        return export("deliverables", table)
    open_lines = [one for one in lines if one.row.state in OPEN]
    context = {
        "program": program, "table": table, "rows": table.page_rows, "show": show, "may_act": may(request),
        "open": len(open_lines), "unfinished": len(lines) - len(open_lines), "ours": len(ours), "late": len(late),
        "ahead_minor": sum(one.fee_minor for one in open_lines), "is_open_view": show in ("open", "ours", "late"),
        "views": [(name, str(_VIEWS[name]), state.link(show=name), name == show) for name in SHOWN],
        "has_any": bool(lines) or bool(shown) or every.exists(),
    }  # fmt: skip
    return content_page(request, "console/content/deliverables.html", "deliverables", context)


_VIEWS = {
    "open": gettext_lazy("Open"), "ours": gettext_lazy("Waiting for us"), "late": gettext_lazy("Late"),
    "done": gettext_lazy("Accepted"), "away": gettext_lazy("Put away"), "all": gettext_lazy("All"),
}  # fmt: skip


def _line(row: Deliverable, fee_minor: int) -> Line:
    found = waits_of(row)
    words = waits_words(found, row.enrolment.partner.name)
    return Line(
        row, id_of(row), found, words, state_words(row.state), sort_words(row.sort), fee_minor,
        partner_href(row.enrolment.partner_id),
    )  # fmt: skip


def _columns() -> list[Column[Any]]:
    return [
        Column("title", _("Work"), lambda one: one.row.title.lower(), lambda one: one.row.title),
        Column("partner", _("Partner"), lambda one: one.row.enrolment.partner.name.lower(),
               lambda one: one.row.enrolment.partner.name),
        Column("state", _("State"), lambda one: one.state[0], lambda one: one.state[0]),
        Column("waits", _("Waits for"),
               lambda one: (one.waits is None, -one.waits.days_late if one.waits else 0,
                            one.waits.until.toordinal() if one.waits else 0),
               lambda one: one.waits_words),
        Column("due", _("Due"), lambda one: one.row.due_on, lambda one: one.row.due_on.isoformat()),
        Column("fee", _("Fee"), lambda one: one.fee_minor,
               lambda one: decimal_text(one.fee_minor, one.row.currency), is_number=True),
    ]  # fmt: skip


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, deliverable_id: str = "") -> HttpResponse:
    """Ask for a deliverable, or better what is asked."""
    row = deliverable_or_404(program, deliverable_id) if deliverable_id else None
    form = DeliverableForm(program, request.POST or None, row=row, initial=given_for(request, program, row))
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, program, form, row)
        if kept is not None:
            done = _("Kept. They know by mail.") if row else _("Asked. They read it in their portal and by mail.")
            tell(request, done)
            return HttpResponseRedirect(reverse("console:deliverable", args=[id_of(kept)]), status=303)
    context = {
        "form": form,
        "deliverable": row,
        "id": deliverable_id,
        "is_agreed": row is not None and row.state != Deliverable.State.ASKED,
    }
    bad = 422 if request.method == "POST" else 200
    return content_page(request, "console/content/deliverable_edit.html", "deliverables", context, status=bad)


def _keep(request: HttpRequest, program: Program, form: DeliverableForm, row: Deliverable | None) -> Deliverable | None:
    said = form.cleaned_data
    fields: Any = {name: said[name] for name in KEPT}
    fields["fee_minor"] = said["fee"] or 0
    now, by = clock.now(), actor(request)
    if row is not None:
        return attempt(form, lambda: change(row, now=now, by=by, **fields))
    if not fields["disclosure"]:
        del fields["disclosure"]
    rows = Enrolment.objects.select_related("program", "partner")
    enrolment = get_object_or_404(rows, pk=id_or_404("enr", said["partner"]), program=program)
    return attempt(form, lambda: ask_for(enrolment, now=now, by=by, is_agreed=said["is_agreed"], **fields))


def deliverable_or_404(program: Program, text: str) -> Deliverable:
    """Return a deliverable of a program by the id in an address."""
    rows = Deliverable.objects.select_related("program", "enrolment__partner", "enrolment__program")
    return get_object_or_404(rows, pk=id_or_404(PREFIX, text), program=program)
