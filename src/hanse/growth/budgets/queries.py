"""Reads of budgets: how a quarter stands, plan by plan. A fixed number of queries, however many partners there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import ExtractIsoWeekDay

from hanse.growth.budgets import rules
from hanse.growth.budgets.models import Budget, BudgetRules, Overrun
from hanse.growth.budgets.promised import promised_in
from hanse.growth.budgets.types import Member, Pace, Planned, Standing, Sums
from hanse.growth.comarketing.models import JointProject
from hanse.insight.rollups.models import EnrolmentDay, ProgramDay
from hanse.kernel.clock import Period, day_starts_at, local_day
from hanse.money.accruals.queries import first_type, tiers_at
from hanse.money.benefits.models import Benefit
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import PARTNER_POTS
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_COSTS = ("program_cost", "program_loss")
_PAID = ("payout_settled", "payout_returned")
_AHEAD = timedelta(days=2)  # nothing is booked long before it occurs, so that bookings need only be read from then on
_GONE = (Enrolment.Status.PENDING, Enrolment.Status.ENDED)
Amounts = dict[UUID | None, int]


def standing(program: Program, first: date, now: datetime) -> Standing:
    """Return how the quarter that begins on a local day stands.

    Accrued is what the ledger's costs of things that occurred in it come to; what is paid, in kind, promised and
    expected stands beside it. Test enrolments are left out, and nothing is promised by those that wait or have ended.
    """
    period = rules.span_of(first, program.time_zone)
    members = members_of(program, min(period.ends_at, now))
    accrued, paid, booked = _booked(program, period, members)
    promised = promised_in(program, period, members, now)
    pace = pace_of(program, period, members, now)
    is_over = period.closed(now)
    cells = rules.cells_of(members, accrued, paid, _in_kind(program, period, members), promised, pace, is_over=is_over)
    return Standing(period, first, cells, promised, pace, members, booked)


def budgets_of(program: Program, first: date) -> QuerySet[Budget]:
    """Return a quarter's plans with their tiers: the program's first, then types, tiers, and both at once."""
    rows = Budget.objects.filter(program=program, starts_on=first).select_related("tier")
    return rows.order_by("tier__position", "partner_type", "id")


def planned(rows: Sequence[Budget]) -> list[Planned]:
    """Return plans as rules need them."""
    return [Planned(row.pk, row.partner_type, row.tier.key if row.tier else "", row.amount_minor) for row in rows]


def sums_of(plans: Sequence[Planned], found: Standing) -> dict[UUID, Sums]:
    """Return what counts against each plan."""
    return {plan.budget_id: found.of(plan.type, plan.tier) for plan in plans}


def when_over(program_id: UUID) -> str:
    """Return what happens to offers beyond a budget: warn, unless the program says otherwise."""
    kept = BudgetRules.objects.filter(program_id=program_id).values_list("when_over", flat=True).first()
    return kept or BudgetRules.WhenOver.WARN


def overruns_of(program: Program) -> QuerySet[Overrun]:
    """Return offers that went or would go beyond a budget, those that wait for approval first, then the newest."""
    asked = Q(state=Overrun.State.ASKED)
    rows = Overrun.objects.filter(program=program).select_related("enrolment__partner")
    return rows.annotate(is_asked=asked).order_by("-is_asked", "-asked_at", "-id")


def quarters_planned(program: Program) -> list[date]:
    """Return the quarters that have a plan, the newest first."""
    rows = Budget.objects.filter(program=program).order_by("-starts_on")
    return list(rows.values_list("starts_on", flat=True).distinct())


def members_of(program: Program, at: datetime) -> dict[UUID, Member]:
    """Return everybody in a program who is no test, as budgets see them at a moment. Four queries."""
    tiers = tiers_at(program.pk, at)
    columns = ("id", "partner__name", "partner__types", "status", "tier_id")
    rows = Enrolment.objects.filter(program=program, is_test=False).order_by("id").values_list(*columns)
    return {
        id: Member(id, name, first_type(types), tiers.get(id, ""), tier_id, status not in _GONE)
        for id, name, types, status, tier_id in rows
    }


def _booked(program: Program, period: Period, members: Mapping[UUID, Member]) -> tuple[Amounts, Amounts, int]:
    """Return what was accrued and paid by what occurred in a span, and what was booked as cost on its days."""
    pots, settled = Q(account__kind__in=PARTNER_POTS), Q(transaction__cause__in=_PAID)
    costs = Q(account__kind__in=_COSTS)
    occurred = Q(transaction__occurred_at__gte=period.starts_at, transaction__occurred_at__lt=period.ends_at)
    posted = Q(transaction__posted_at__gte=period.starts_at, transaction__posted_at__lt=period.ends_at)
    rows = Entry.objects.filter(account__program=program, transaction__posted_at__gte=period.starts_at - _AHEAD)
    sums = rows.filter(occurred | posted).order_by().values("account__enrolment_id").annotate(
        gained=Sum("amount_minor", filter=pots & occurred), paid=Sum("amount_minor", filter=pots & settled & occurred),
        cost=Sum("amount_minor", filter=costs & occurred), booked=Sum("amount_minor", filter=costs & posted),
    )  # fmt: skip
    accrued, paid, booked, own = Amounts(), Amounts(), 0, 0
    for row in sums:
        who: UUID | None = row["account__enrolment_id"]
        if who is None:
            own, booked = -(row["cost"] or 0), -(row["booked"] or 0)
        else:
            paid_minor = -(row["paid"] or 0)
            accrued[who], paid[who] = (row["gained"] or 0) + paid_minor, paid_minor
    of_nobody = own - sum(accrued.values())
    tests = [who for who in accrued if who not in members]
    accrued = {who: minor for who, minor in accrued.items() if who not in tests}
    return accrued | ({None: of_nobody} if of_nobody else {}), {k: v for k, v in paid.items() if k not in tests}, booked


def _in_kind(program: Program, period: Period, members: Mapping[UUID, Member]) -> Amounts:
    """Return what was given beside the books: benefits delivered, and what we paid ourselves for joint projects."""
    zone = program.time_zone
    rows = Benefit.objects.filter(
        program=program, delivered_on__gte=local_day(period.starts_at, zone),
        delivered_on__lt=local_day(period.ends_at, zone),
    )  # fmt: skip
    sums = rows.order_by().values_list("enrolment_id").annotate(sum=Sum("delivered_worth_minor"))
    found: Amounts = defaultdict(int)
    for who, minor in [*sums, *_laid_out(program, period)]:
        if minor and who in members:
            found[who] += minor
    return dict(found)


def _laid_out(program: Program, period: Period) -> QuerySet[JointProject, tuple[UUID, int]]:
    """Return what we paid ourselves for joint projects: it stands in no pot, only what evens the two sides out does."""
    done = JointProject.objects.filter(
        program=program, state=JointProject.State.DONE, ended_at__gte=period.starts_at, ended_at__lt=period.ends_at
    )
    sum_ours = Sum(F("our_minor") - F("settled_minor"))
    return done.order_by().values("enrolment_id").annotate(sum=sum_ours).values_list("enrolment_id", "sum")


def pace_of(program: Program, period: Period, members: Mapping[UUID, Member], now: datetime) -> Pace:
    """Return what the rest of a quarter would bring at the pace of the last eight weeks, weekday by weekday.

    It is divided by what each partner's sales of those weeks earn, refunds taken off. Three queries.
    """
    zone = program.time_zone
    if period.closed(now):
        return Pace()
    today = local_day(now, zone)
    before = ProgramDay.objects.filter(program_id=program.pk, day__lt=today)
    first_day = before.filter(Q(commission_minor__gt=0) | Q(clicks__gt=0)).aggregate(first=Min("day"))["first"]
    days = rules.days_to_look_at(today, first_day)
    if not days:
        return Pace()
    since = today - timedelta(days=days)
    looked_at: QuerySet[Any] = EnrolmentDay.objects.filter(program_id=program.pk, day__gte=since, day__lt=today)
    counted = [id for id, one in members.items() if one.counts]
    weights: dict[UUID, int] = defaultdict(int)
    by_weekday: dict[int, int] = defaultdict(int)
    kept = set(counted)
    rows = looked_at.filter(commission_minor__gt=0).annotate(weekday=ExtractIsoWeekDay("day")).order_by()
    for who, weekday, minor in rows.values_list("enrolment_id", "weekday").annotate(sum=Sum("commission_minor")):
        if who in kept:
            weights[who] += minor
            by_weekday[weekday - 1] += minor
    rest = rules.rest_at_pace(by_weekday, days, today, period, zone, now)
    return Pace(rest, days, rules.shared_pace(rest, weights))


def costs_by_week(program: Program, found: Standing, now: datetime) -> list[tuple[date, int]]:
    """Return what the quarter had cost by the end of each of its weeks (7 days from its first) that has begun. One
    query."""
    zone, days = program.time_zone, []
    day, end = found.first, local_day(found.period.ends_at, zone)
    while day < min(end, local_day(now, zone) + timedelta(days=1)):
        days.append(day)
        day += timedelta(days=7)
    rows = Entry.objects.filter(
        account__program=program, account__kind__in=_COSTS,
        transaction__posted_at__gte=found.period.starts_at - _AHEAD,
        transaction__occurred_at__gte=found.period.starts_at,
    )  # fmt: skip
    ends = [min(day_starts_at(one + timedelta(days=7), zone), found.period.ends_at) for one in days]
    sums = rows.aggregate(
        **{f"w{place}": Sum("amount_minor", filter=Q(transaction__occurred_at__lt=at)) for place, at in enumerate(ends)}
    )
    return [
        (local_day(at, zone) - timedelta(days=1), -(sums[f"w{place}"] or 0)) for place, at in enumerate(ends)
    ]  # fmt: skip
