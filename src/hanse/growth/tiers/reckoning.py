"""Reading a program's field: who stands in it, with the numbers that the rules may ask for, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth

from hanse.growth.tiers.models import TierLock, TierStanding
from hanse.growth.tiers.queries import held_on
from hanse.growth.tiers.types import Condition, Joined, Standing, Steady, Threshold, TierRules
from hanse.growth.training.queries import lessons_done, sessions_attended
from hanse.insight.figures.queries import figures_of
from hanse.insight.figures.types import NAMES
from hanse.insight.rollups.models import CountedCredit, EnrolmentDay
from hanse.kernel.clock import add_months, day_starts_at, first_day_of, local_day
from hanse.kernel.money import PPM
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.traffic.conversions.models import Conversion

WINDOW_METRICS: Final = (
    "clicks", "invalid_clicks", "click_conversions", "new_customers", "sold_minor", "refunded_minor",
    "commission_minor", "conversion_rate_ppm", "earned_per_100_clicks_minor", "average_order_minor",
    "effective_rate_ppm", "new_customer_ppm", "refunded_ppm",
)  # fmt: skip
TRAINING_METRICS: Final = {"lessons_done": lessons_done, "sessions_attended": sessions_attended}
METRICS: Final = (*WINDOW_METRICS, *NAMES, *TRAINING_METRICS)
# A conversion whose whole value was taken back does not count, as in terms; one without any value does.
_COUNTS: Final = Q(value_minor=0) | Q(value_minor__gt=F("refunded_minor"))


class Sums(NamedTuple):
    """What one enrolment sold in the window; `first_at` is when the earliest conversion that counts occurred."""

    value_minor: int = 0
    conversions: int = 0
    first_at: datetime | None = None


def field_of(
    program: Program, rules: TierRules, as_of: datetime, among: Collection[UUID] | None = None
) -> list[Standing]:
    """Return the field of a program at a moment: active enrolments, tests left out, with state and numbers.

    Somebody evaluated on the same local day already begins from where that evaluation began. Values are what is left
    after the refunds that are known now. Five queries, and more where rules ask for months or metrics; `among` keeps
    the answer to some enrolments (their rank is then none of the program's).
    """
    on = local_day(as_of, program.time_zone)
    rows = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE, is_test=False)
    rows = rows.filter(enrolled_at__lte=as_of)
    if among is not None:
        rows = rows.filter(pk__in=among)
    last = TierChange.objects.filter(enrolment=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]
    people = list(rows.annotate(since=Subquery(last)).values_list("pk", "enrolled_at", "tier__key", "since"))
    states = {row.pk: row for row in TierStanding.objects.filter(program_id=program.pk)}
    locked = locked_ids(program.pk, on)
    sums = sums_of(program, rules, as_of)
    months = months_of(program, rules, as_of)
    metrics = metrics_of(program, rules, as_of)
    found = []
    for pk, enrolled_at, tier, since in people:
        own, state = sums.get(pk, Sums()), states.get(pk)
        before = _begins(state, on, tier, since or enrolled_at)
        found.append(
            Standing(
                str(pk), enrolled_at, own.value_minor, own.conversions, *before, is_locked=pk in locked,
                metrics=metrics.get(pk, {}), months=months.get(pk, ()), first_at=own.first_at,
            )
        )  # fmt: skip
    return found


def _begins(state: TierStanding | None, on: date, tier: str | None, since: datetime) -> tuple[str | None, Any, int]:
    """Return tier, since when, and evaluations below the exit, from which an evaluation of a day begins."""
    if state is None or state.tier != (tier or ""):
        return tier, since, 0  # never evaluated, or moved by other means since
    if state.on == on:
        return state.before_tier or None, state.before_since, state.before_below_exit
    return tier, state.since or since, state.below_exit


def locked_ids(program_id: UUID, on: date) -> set[UUID]:
    """Return who is locked on a local day."""
    rows = TierLock.objects.filter(held_on(on), enrolment__program_id=program_id)
    return set(rows.values_list("enrolment_id", flat=True))


def sums_of(program: Program, rules: TierRules, as_of: datetime) -> dict[UUID, Sums]:
    """Return value and count of the window by enrolment. One query."""
    rows = credits_between(program, rules.goals, as_of - timedelta(days=rules.window_days), as_of)
    grouped = rows.order_by().values("enrolment_id").annotate(
        value=Sum(F("value_minor") - F("refunded_minor")), n=Count("pk"), first=Min("occurred_at")
    )  # fmt: skip
    return {
        who: Sums(value, n, first)
        for who, value, n, first in grouped.values_list("enrolment_id", "value", "n", "first")
    }


def credits_between(
    program: Program, goals: Collection[str], after: datetime, until: datetime
) -> QuerySet[CountedCredit]:
    """Return the credited conversions of goals in `(after, until]` of which something is left."""
    rows = CountedCredit.objects.filter(
        _COUNTS, program_id=program.pk, occurred_at__gt=after, occurred_at__lte=until, conversions=1
    )
    if not program.goals.exclude(key__in=goals).exists():
        return rows
    named = Conversion.objects.filter(
        program=program, goal__key__in=goals, occurred_at__gt=after, occurred_at__lte=until
    )
    return rows.filter(conversion_id__in=named.values("pk"))


def months_of(program: Program, rules: TierRules, as_of: datetime) -> dict[UUID, tuple[int, ...]]:
    """Return conversions by local month, the latest first, where the rules ask for steadiness. At most one query.

    The month that runs counts only once it has a conversion: nobody is unsteady because a month has just begun.
    """
    longest = max((one.months for one in parts_of(rules) if isinstance(one, Steady)), default=0)
    if not longest:
        return {}
    today = local_day(as_of, program.time_zone)
    months = [add_months(first_day_of(today, "month"), -back) for back in range(longest + 1)]
    since = day_starts_at(months[-1], program.time_zone) - timedelta(microseconds=1)
    rows = credits_between(program, rules.goals, since, as_of)
    grouped = rows.annotate(month=TruncMonth("occurred_at", tzinfo=ZoneInfo(program.time_zone))).order_by()
    counts: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
    for who, month, n in grouped.values("enrolment_id", "month").annotate(n=Count("pk")).values_list(
        "enrolment_id", "month", "n"
    ):  # fmt: skip
        counts[who][month.date()] = n
    return {who: steady_months([own.get(month, 0) for month in months]) for who, own in counts.items()}


def steady_months(counts: list[int]) -> tuple[int, ...]:
    """Return counts by month, the latest first, without the month that runs while it has none."""
    return tuple(counts[:-1] if counts[0] else counts[1:])


def metrics_of(program: Program, rules: TierRules, as_of: datetime) -> dict[UUID, Mapping[str, int]]:
    """Return the further numbers that the rules name, by enrolment: those of the window, figures, training."""
    named = {one.field.removeprefix("metrics.") for one in parts_of(rules) if isinstance(one, Threshold)}
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    if named & set(WINDOW_METRICS):
        for who, numbers in _window_metrics(program, rules, as_of).items():
            found[who] |= numbers
    if named & set(NAMES):
        for who, row in figures_of(program.pk, None, as_of).items():
            own = {name: getattr(row, name) for name in named & set(NAMES)}
            found[who] |= {name: number for name, number in own.items() if number is not None}
    for name in sorted(named & TRAINING_METRICS.keys()):
        counted = TRAINING_METRICS[name](program.pk, as_of)
        for who in Enrolment.objects.filter(program=program).values_list("pk", flat=True):
            found[who][name] = counted.get(who, 0)  # none is a number here, not something unknown
    return dict(found)


def _window_metrics(program: Program, rules: TierRules, as_of: datetime) -> dict[UUID, dict[str, int]]:
    today = local_day(as_of, program.time_zone)
    rows = EnrolmentDay.objects.filter(
        program_id=program.pk, day__gt=today - timedelta(days=rules.window_days), day__lte=today
    )
    names = ("clicks", "invalid_clicks", "conversions", "click_conversions", "new_customers", "value_minor",
             "refunded_minor", "commission_minor")  # fmt: skip
    sums = rows.order_by().values("enrolment_id").annotate(**{f"sum_{name}": Sum(name) for name in names})
    found: dict[UUID, dict[str, int]] = {}
    for who, *numbers in sums.values_list("enrolment_id", *(f"sum_{name}" for name in names)):
        found[who] = ratios(dict(zip(names, numbers, strict=True)))
    return found


def ratios(sums: Mapping[str, int]) -> dict[str, int]:
    """Return the metrics of a window from its sums: domain.md §10; a ratio of nothing is left out."""
    clicks, sales, sold = sums["clicks"], sums["conversions"], sums["value_minor"]
    left = sold - sums["refunded_minor"]
    found = {
        "clicks": clicks, "invalid_clicks": sums["invalid_clicks"], "click_conversions": sums["click_conversions"],
        "new_customers": sums["new_customers"], "sold_minor": sold, "refunded_minor": sums["refunded_minor"],
        "commission_minor": sums["commission_minor"],
    }  # fmt: skip
    for name, part, whole in (
        ("conversion_rate_ppm", sums["click_conversions"] * PPM, clicks),
        ("earned_per_100_clicks_minor", sums["commission_minor"] * 100, clicks),
        ("average_order_minor", sold, sales),
        ("effective_rate_ppm", sums["commission_minor"] * PPM, left),
        ("new_customer_ppm", sums["new_customers"] * PPM, sales),
        ("refunded_ppm", sums["refunded_minor"] * PPM, sold),
    ):
        if whole > 0:
            found[name] = part // whole
    return found


def parts_of(rules: TierRules) -> Iterable[Condition]:
    """Yield every single condition of the rules."""
    todo: list[Condition | None] = [rules.strategic]
    for rule in rules.tiers:
        todo += [rule.when, rule.exit]
    while todo:
        one = todo.pop()
        if isinstance(one, Joined):
            todo += one.conditions
        elif one is not None:
            yield one
