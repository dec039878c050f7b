"""Payouts: the runs, and drafting a new one with everybody who would be left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import DRAFT
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.money.rails import rail_choices, rail_name
from hanse.faces.console.money.words import run_badge
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.money.payouts.actions import draft_run
from hanse.money.payouts.listing import runs_with_sums
from hanse.money.payouts.models import PayoutRun
from hanse.money.payouts.queries import Ready, ready_to_pay
from hanse.money.payouts.rules import next_day
from hanse.money.payouts.schedule import payout_rules
from hanse.money.payouts.words import fix_words, reason_words
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.settings import rail_problems
from hanse.people.partners.models import Partner
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def payouts(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List payout runs, the newest first, and what the next one would pay."""
    table = Table(UrlState(request.GET), runs_with_sums(program.pk), _columns(), "-drafted")
    if wants_csv(request):
        return export("payout-runs", table)
    rules = payout_rules(program)
    ready = [one for one in ready_to_pay(program, clock.now(), rules.rail) if not one.reasons]
    context = {
        "table": table, "rows": [
            (run, text_id("run", run.pk), run_badge(run.state), rail_name(run.rail)) for run in table.page_rows
        ],
        "next_on": next_day(rules.schedule, rules.schedule_day, local_day(clock.now(), program.time_zone)),
        "ready": len(ready), "ready_minor": sum(one.amount_minor for one in ready), "may_draft": may(request, DRAFT),
    }  # fmt: skip
    return money_page(request, program, "console/money/payouts.html", "payouts", context)


@console_page(roles=DRAFT, write_roles=DRAFT)
@writes
@needs_program
def draft(request: HttpRequest, program: Program) -> HttpResponse:
    """Show who would be paid and who not; a POST drafts the run."""
    now, rail = clock.now(), UrlState(request.GET).text("rail")
    if request.method == "POST":
        drafted: list[PayoutRun] = []
        rail = request.POST.get("rail", "")
        done = attempt_or_warn(
            request, lambda: drafted.append(draft_run(program, rail, as_of=now, now=now, by=actor(request))),
            _("The run is drafted. Nothing moves before it is approved and opened."),
        )  # fmt: skip
        if done:
            return HttpResponseRedirect(reverse("console:payout_run", args=[text_id("run", drafted[0].pk)]), status=303)
    rail = rail if rail in RAILS_BY_KEY else payout_rules(program).rail
    found = ready_to_pay(program, now, rail)
    paid = sorted((one for one in found if not one.reasons), key=lambda one: -one.amount_minor)
    left_out = sorted((one for one in found if one.reasons), key=lambda one: -one.amount_minor)
    names = {partner.pk: partner.name for partner in Partner.objects.filter(pk__in=[one.partner_id for one in found])}
    context = {
        "paid": [_ready_row(one, names) for one in paid], "left_out": [_ready_row(one, names) for one in left_out],
        "total_minor": sum(one.amount_minor for one in paid), "left_minor": sum(one.amount_minor for one in left_out),
        "needs_second": _needs_second(program, sum(one.amount_minor for one in paid)), "rail": rail,
        "rails": rail_choices(), "rail_name": rail_name(rail), "problems": rail_problems(program, rail),
    }  # fmt: skip
    return money_page(request, program, "console/money/payout_draft.html", "payouts", context)


def _ready_row(one: Ready, names: dict[UUID, str]) -> dict[str, object]:
    return {
        "name": names.get(one.partner_id, ""), "href": partner_href(one.partner_id), "amount_minor": one.amount_minor,
        "reasons": ", ".join(reason_words(reason) for reason in one.reasons),
        "detail": one.trouble if "bad_details" in one.reasons else "",
        "fix": fix_words(one.reasons[0]) if one.reasons else "",
        "enrolment": text_id("enr", one.enrolment_id),
    }  # fmt: skip


def _needs_second(program: Program, total_minor: int) -> bool:
    limit = program.second_person_above_minor
    return limit is not None and total_minor > limit


def _columns() -> Sequence[Column[PayoutRun]]:
    return [
        Column("number", _("Run"), order=("number",), cell=lambda run: run.number),
        Column("state", _("State"), order=("state",), cell=lambda run: run.state),
        Column("rail", _("Rail"), order=("rail",), cell=lambda run: run.rail),
        Column("payouts", _("Payouts"), ("payout_count",), lambda run: getattr(run, "payout_count", 0), True),
        Column("total", _("Total"), ("total_minor",), _total, True),
        Column("currency", _("Currency"), cell=lambda run: run.currency),
        Column("drafted", _("Drafted"), ("drafted_at",), lambda run: run.drafted_at.isoformat(), True),
        Column("by", _("By"), cell=lambda run: run.drafted_by),
    ]


def _total(run: PayoutRun) -> str:
    return decimal_text(getattr(run, "total_minor", 0) or 0, run.currency)
