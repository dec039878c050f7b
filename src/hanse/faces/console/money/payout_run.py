"""One payout run: its audit, its payouts, and the step that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, may
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import APPROVE, DRAFT
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.money.rails import rail_name
from hanse.faces.console.money.words import check_words, payout_badge, run_badge
from hanse.kernel.errors import Invalid, NotFound, Refused
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.money.payouts.actions import download, run_csv
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.payouts.queries import payouts_of, run_totals
from hanse.money.payouts.rules import needs_second_person
from hanse.money.payouts.words import fix_words, reason_words
from hanse.money.rails.models import RunFile, Sending
from hanse.money.rails.registry import CALLED
from hanse.money.rails.settings import rail_problems
from hanse.people.access.queries import people_behind
from hanse.people.partners.models import Partner
from hanse.programs.programs.models import Program

_STAGES = ("drafted", "approved", "opened", "closed")


def run_or_404(program: Program, run_id: str) -> PayoutRun:
    """Return a run of the program by its id in addresses. Raises Http404."""
    return get_object_or_404(PayoutRun, pk=id_or_404("run", run_id), program=program)


@console_page()
@needs_program
def run(request: HttpRequest, program: Program, run_id: str) -> HttpResponseBase:
    """Show a run with its payouts."""
    found = run_or_404(program, run_id)
    return run_page(request, program, found)


def run_page(
    request: HttpRequest,
    program: Program,
    found: PayoutRun,
    *,
    refused: Sequence[tuple[int, str]] = (),
    status: int = 200,
) -> HttpResponseBase:
    """Answer with a run's page; `refused` are the rows of a bank's answer that were not taken."""
    table = Table(UrlState(request.GET), payouts_of(found.pk), _columns(), "name", page_size=100)
    if wants_csv(request):
        return export(found.number, table)
    totals = run_totals(found.pk)
    kept = {state: pair for state, pair in totals.items() if state != "dropped"}
    total_minor = sum(pair[1] for pair in kept.values())
    context = {
        "run": found, "id": text_id("run", found.pk), "badge": run_badge(found.state), "table": table,
        "rows": [_row(payout) for payout in table.page_rows], "count": sum(pair[0] for pair in kept.values()),
        "total_minor": total_minor, "totals": [(payout_badge(state), *pair) for state, pair in sorted(totals.items())],
        "waiting": totals.get("in_transit", (0, 0)), "stages": _stages(found), "left_out": left_out_rows(found),
        "checks": [check_words(check) for check in found.audit.get("checks", [])],
        "needs_other": _needs_other(request, program, found, total_minor), "refused": refused,
        "may_draft": may(request, DRAFT), "may_approve": may(request, APPROVE), "rail_name": rail_name(found.rail),
        "problems": rail_problems(program, found.rail) if found.state in ("drafted", "approved") else [],
        "files": _files(found), "sendings": list(Sending.objects.filter(run=found).order_by("number")),
        "has_file": found.opened_at is not None and found.rail not in CALLED,
    }  # fmt: skip
    return money_page(request, program, "console/money/payout_run.html", "payouts", context, status=status)


def _needs_other(request: HttpRequest, program: Program, found: PayoutRun, total_minor: int) -> bool:
    limit = program.second_person_above_minor
    drafter, here = people_behind(found.drafted_by), people_behind(actor(request))
    return found.state == "drafted" and needs_second_person(total_minor, limit, drafter, here)


def _row(payout: Payout) -> dict[str, object]:
    return {
        "payout": payout, "id": text_id("pay", payout.pk), "badge": payout_badge(payout.state),
        "href": partner_href(payout.partner_id), "enrolment": text_id("enr", payout.enrolment_id),
        "reason": reason_words(payout.reason) if payout.reason else "", "lines": getattr(payout, "line_count", 0),
        "found": [(reason_words(reason), fix_words(reason)) for reason in payout.found],
    }  # fmt: skip


def _stages(found: PayoutRun) -> list[tuple[str, str, datetime | None, str]]:
    """Return the four stages of a run with their state (done, now, later), moment and person."""
    names = {"drafted": _("Drafted"), "approved": _("Approved"), "opened": _("Opened"), "closed": _("Read back")}
    moments = {
        "drafted": (found.drafted_at, found.drafted_by), "approved": (found.approved_at, found.approved_by),
        "opened": (found.opened_at, found.opened_by), "closed": (found.closed_at, ""),
    }  # fmt: skip
    place = _STAGES.index(found.state) if found.state in _STAGES else -1
    rows = []
    for index, stage in enumerate(_STAGES):
        state = "done" if moments[stage][0] else "now" if index == place + 1 else "later"
        rows.append((names[stage], state, *moments[stage]))
    return rows


def left_out_rows(found: PayoutRun) -> list[dict[str, object]]:
    """Return who was left out of a run at its draft, with the reasons in words. One query."""
    entries = found.audit.get("left_out", [])
    ids = {entry["partner"]: _partner_id(entry["partner"]) for entry in entries}
    names = {one.pk: one.name for one in Partner.objects.filter(pk__in=[pk for pk in ids.values() if pk])}
    return [
        {
            "name": names.get(ids[entry["partner"]] or UUID(int=0), ""), "amount_minor": entry["amount"],
            "reasons": ", ".join(reason_words(reason) for reason in entry["reasons"]),
            "detail": entry.get("detail", ""), "fix": fix_words(entry["reasons"][0]) if entry["reasons"] else "",
            "href": partner_href(ids[entry["partner"]] or UUID(int=0)),
        }
        for entry in entries
    ]  # fmt: skip


def _files(found: PayoutRun) -> list[dict[str, object]]:
    """Return a run's files, each with how many payments it holds, how many are no longer on their way, and whether any
    stands in a newer file."""
    moved = {
        str(pk)
        for pk in Payout.objects.filter(run=found).exclude(state=Payout.State.IN_TRANSIT).values_list("pk", flat=True)
    }
    rows = list(RunFile.objects.filter(run=found).defer("body").order_by("position"))
    newest = {one: row.position for row in rows for one in row.payout_ids}
    return [
        {
            "file": row, "count": len(row.payout_ids), "moved": len(moved.intersection(row.payout_ids)),
            "is_replaced": any(newest[one] > row.position for one in row.payout_ids),
        }
        for row in rows
    ]  # fmt: skip


def _partner_id(text: str) -> UUID | None:
    try:
        return parse_id("prt", text)
    except Invalid:
        return None


@console_page(roles=APPROVE)
@needs_program
def file(request: HttpRequest, program: Program, run_id: str, position: int = 1) -> HttpResponse:
    """Answer with a file for the bank, the same each time; `?copy=1` gives it for the records when lines are paid."""
    found = run_or_404(program, run_id)
    if found.opened_at is None:
        raise Http404
    if position == 1 and not RunFile.objects.filter(run=found).exists() and found.rail not in CALLED:
        return _attached(run_csv(found), "text/csv", f"{found.number}.csv")
    try:
        kept = download(found, position, as_copy=request.GET.get("copy") == "1")
    except NotFound as error:
        raise Http404 from error
    except Refused as refusal:
        warn(request, refusal.message)
        return HttpResponseRedirect(reverse("console:payout_run", args=[run_id]))
    return _attached(kept.body, kept.media_type, kept.name)


def _attached(body: str, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body.encode(), content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _columns() -> Sequence[Column[Payout]]:
    return [
        Column("name", _("Partner"), order=("partner__name",), cell=lambda one: one.partner.name),
        Column("id", _("Payout"), cell=lambda one: text_id("pay", one.pk)),
        Column("lines", _("Lines"), ("line_count",), lambda one: getattr(one, "line_count", 0), True),
        Column(
            "amount", _("Amount"), ("amount_minor",), lambda one: decimal_text(one.amount_minor, one.currency), True
        ),
        Column("currency", _("Currency"), cell=lambda one: one.currency),
        Column("state", _("State"), order=("state",), cell=lambda one: one.state),
        Column("reference", _("Reference"), order=("reference",), cell=lambda one: one.reference),
        Column("reason", _("Why"), cell=lambda one: one.reason),
    ]
