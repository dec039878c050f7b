"""Things to do about money: cases, payouts that came back, runs, approvals, facts that contradict or failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from hanse.growth.today.rules import CAME_BACK_DAYS, WAITING_DAYS
from hanse.growth.today.types import Kind, Named, Thing
from hanse.money.benefits.queries import overdue
from hanse.money.commissions.models import Commission
from hanse.money.holds.actions import ABOVE_CEILING
from hanse.money.holds.models import Case
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact

_READ = 200  # how many are shown is decided when it is known what was put off
_RUNS = {
    PayoutRun.State.DRAFTED: Kind.RUN_TO_APPROVE,
    PayoutRun.State.APPROVED: Kind.RUN_TO_OPEN,
    PayoutRun.State.OPENED: Kind.RUN_TO_READ_BACK,
}
_FACTS = {
    ParkedFact.Status.CONFLICT: Kind.FACTS_CONFLICT,
    ParkedFact.Status.FAILED: Kind.FACTS_FAILED,
    ParkedFact.Status.WAITING: Kind.FACTS_WAITING,
}


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about money in a program, or is owed in kind. Six queries."""
    yield from _cases(program)
    yield from _came_back(program, now)
    yield from _runs(program)
    yield from _approvals(program, now)
    yield from _facts(program, now)
    yield from _benefits(program, now)


def _cases(program: Program) -> Iterator[Thing]:
    rows = (
        Case.objects.filter(program=program, decided_at=None)
        .exclude(reason=ABOVE_CEILING)  # waits for approval, is not at risk
        .values("enrolment_id", "enrolment__partner_id", "enrolment__partner__name", "reason")
        .annotate(held=Sum("commission__owed_minor"), cases=Count("id"), oldest=Min("opened_at"))
        .order_by("-held")
    )
    for row in rows[:_READ]:
        held = row["held"] or 0
        named = Named(row["enrolment__partner_id"], row["enrolment__partner__name"], held)
        yield Thing(
            f"case:{row['enrolment_id']}:{row['reason']}", Kind.CASE, row["cases"], held, row["oldest"],
            row["enrolment_id"], (named,), {"reason": row["reason"]},
        )  # fmt: skip


def _came_back(program: Program, now: datetime) -> Iterator[Thing]:
    lost = (Payout.State.FAILED, Payout.State.RETURNED)
    later = Payout.objects.filter(
        enrolment=OuterRef("enrolment"), id__gt=OuterRef("id"),
        state__in=(Payout.State.IN_TRANSIT, Payout.State.SETTLED),
    )  # fmt: skip
    rows = (
        Payout.objects.filter(run__program=program, state__in=lost)
        .annotate(back_at=Coalesce("returned_at", "failed_at"))
        .filter(~Exists(later), back_at__gte=now - timedelta(days=CAME_BACK_DAYS))
        .select_related("partner", "run")
        .order_by("-amount_minor")
    )
    back = list(rows[:_READ])
    if back:
        named = [Named(payout.partner_id, payout.partner.name, payout.amount_minor) for payout in back]
        newest = max(back, key=lambda payout: payout.back_at)
        yield Thing(
            f"back:{newest.id}", Kind.PAYOUTS_BACK, len(back), sum(one.amount_minor for one in named),
            newest.back_at, newest.run_id, named, {"reason": newest.reason, "run": newest.run.number},
        )  # fmt: skip


def _runs(program: Program) -> Iterator[Thing]:
    live = ~Q(payouts__state=Payout.State.DROPPED)
    in_transit = Q(payouts__state=Payout.State.IN_TRANSIT)
    rows = (
        PayoutRun.objects.filter(program=program, state__in=_RUNS)
        .annotate(
            sum_minor=Sum("payouts__amount_minor", filter=live),
            partners=Count("payouts", filter=live),
            unread_minor=Sum("payouts__amount_minor", filter=in_transit),
            unread=Count("payouts", filter=in_transit),
        )
        .order_by("-drafted_at")
    )
    for run in rows[:_READ]:
        kind, opened = _RUNS[PayoutRun.State(run.state)], run.state == PayoutRun.State.OPENED
        amount, count = (run.unread_minor, run.unread) if opened else (run.sum_minor, run.partners)
        yield Thing(
            f"run:{run.id}:{run.state}", kind, count, amount or 0, run.opened_at or run.drafted_at, run.id, (),
            {"run": run.number, "rail": run.rail},
        )  # fmt: skip


def _approvals(program: Program, now: datetime) -> Iterator[Thing]:
    cases = Case.objects.filter(commission=OuterRef("id"), decided_at=None)
    above = Commission.objects.filter(
        program=program, approved_at=None, voided_at=None,
        owed_minor__gt=F("program__approval_ceiling_minor"),  # no ceiling: null, so nothing is above it
    ).filter(Q(held_until__lte=now) | Q(Exists(cases.filter(reason=ABOVE_CEILING))))  # fmt: skip
    sums = above.filter(~Exists(cases.exclude(reason=ABOVE_CEILING))).aggregate(
        count=Count("id"), sum_minor=Sum("owed_minor"), oldest=Min("held_until")
    )
    if sums["count"]:
        yield Thing(f"approve:{program.id}", Kind.APPROVALS, sums["count"], sums["sum_minor"], sums["oldest"])


def _facts(program: Program, now: datetime) -> Iterator[Thing]:
    rows = (
        ParkedFact.objects.filter(program_id=program.id, status__in=_FACTS)
        .values_list("status", "kind")
        .annotate(count=Count("id"), oldest=Min("received_at"))
    )
    grouped: dict[str, list[tuple[str, int, datetime]]] = {}
    for status, kind, count, oldest in rows:
        grouped.setdefault(status, []).append((kind, count, oldest))
    for status, parts in grouped.items():
        if status == ParkedFact.Status.WAITING and min(part[2] for part in parts) > now - timedelta(days=WAITING_DAYS):
            continue  # what it waits for usually comes by itself
        yield Thing(
            f"facts:{status}:{program.id}", _FACTS[ParkedFact.Status(status)], sum(part[1] for part in parts),
            0, min(part[2] for part in parts), detail={kind: str(count) for kind, count, _at in parts},
        )  # fmt: skip


def _benefits(program: Program, now: datetime) -> Iterator[Thing]:
    late = list(overdue(program.pk, now)[:_READ])
    if late:
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name, row.worth_minor) for row in late]
        worth = sum(row.worth_minor for row in late)
        yield Thing(
            f"benefits:{late[-1].pk}", Kind.BENEFITS_LATE, len(late), worth, late[0].ends_at, None, named,
            {"name": late[0].name},
        )  # fmt: skip
