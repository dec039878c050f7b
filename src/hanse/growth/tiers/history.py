"""The field of a program on each day of its past, from one reading of what was sold."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from hanse.growth.tiers.reckoning import METRICS, credits_between, metrics_of, parts_of, steady_months
from hanse.growth.tiers.types import Standing, Steady, Threshold, TierRules
from hanse.kernel.clock import add_months, day_starts_at, first_day_of, local_day
from hanse.programs.enrolments.models import Enrolment, StatusChange
from hanse.programs.programs.models import Program

Field = tuple[date, datetime, list[Standing]]


class Sale(NamedTuple):
    """One credited conversion with what is left of it."""

    at: datetime
    who: str
    left_minor: int


class History:
    """What the rules would have seen: who was active on a day, and the numbers of the window before it.

    A day is evaluated at its first moment, the last one at `end` where one is given. Refunds are taken as they are
    known today, locks are left out: it shows what the rules do, not what people did about them.
    """

    def __init__(
        self, program: Program, rules: TierRules, first: date, last: date, end: datetime | None = None
    ) -> None:
        self._program, self._rules, self.first, self.last = program, rules, first, last
        self._end = end or day_starts_at(last, program.time_zone)
        zone, window = program.time_zone, timedelta(days=rules.window_days)
        begins = day_starts_at(first, zone) - window
        rows = credits_between(program, rules.goals, begins, self._end).order_by("occurred_at", "pk")
        self._sales = [
            Sale(at, str(who), left)
            for who, at, left in rows.annotate(left=F("value_minor") - F("refunded_minor")).values_list(
                "enrolment_id", "occurred_at", "left"
            )
        ]
        people = Enrolment.objects.filter(program=program, is_test=False).values_list("pk", "enrolled_at")
        self._enrolled = {str(pk): at for pk, at in people}
        self._statuses = _statuses(program, {pk for pk, _at in people})
        self._asks_metrics = any(
            isinstance(one, Threshold) and one.field.removeprefix("metrics.") in METRICS for one in parts_of(rules)
        )
        self._months = max((one.months for one in parts_of(rules) if isinstance(one, Steady)), default=0)

    @property
    def size(self) -> int:
        """How many enrolments there are."""
        return len(self._enrolled)

    def days(self, every: int = 1) -> Iterator[Field]:
        """Yield the field of every day (or of every so many), the last one always."""
        on, zone, sums, head, tail = self.first, self._program.time_zone, _Sums(), 0, 0
        while True:
            at = self._end if on == self.last else day_starts_at(on, zone)
            since = at - timedelta(days=self._rules.window_days)
            while head < len(self._sales) and self._sales[head].at <= at:
                sums.add(self._sales[head], 1)
                head += 1
            while tail < head and self._sales[tail].at <= since:
                sums.add(self._sales[tail], -1)
                tail += 1
            yield on, at, self._field(on, at, sums, head)
            if on == self.last:
                return
            on = min(on + timedelta(days=every), self.last)

    def _field(self, on: date, at: datetime, sums: _Sums, head: int) -> list[Standing]:
        metrics: Mapping[UUID, Mapping[str, int]] = {}
        if self._asks_metrics:
            metrics = metrics_of(self._program, self._rules, at)
        months = self._month_counts(on, head) if self._months else {}
        return [
            Standing(
                who, enrolled_at, sums.value[who], sums.count[who], months=months.get(who, ()),
                metrics=metrics.get(UUID(who), {}) if metrics else {},
            )
            for who, enrolled_at in self._enrolled.items()
            if enrolled_at <= at and self._is_active(who, at)
        ]  # fmt: skip

    def _is_active(self, who: str, at: datetime) -> bool:
        moments, statuses = self._statuses.get(who, ((), ()))
        place = bisect_right(moments, at)
        return bool(place) and statuses[place - 1] == Enrolment.Status.ACTIVE

    def _month_counts(self, on: date, head: int) -> dict[str, tuple[int, ...]]:
        firsts = [add_months(first_day_of(on, "month"), -back) for back in range(self._months + 1)]
        counts: defaultdict[str, Counter[date]] = defaultdict(Counter)
        for sale in reversed(self._sales[:head]):
            month = first_day_of(local_day(sale.at, self._program.time_zone), "month")
            if month < firsts[-1]:
                break
            counts[sale.who][month] += 1
        return {who: steady_months([own[month] for month in firsts]) for who, own in counts.items()}

    def value_between(self, after: datetime, until: datetime) -> Counter[str]:
        """Return what everybody sold in `(after, until]`, as far as it was read."""
        found: Counter[str] = Counter()
        for sale in self._sales:
            if after < sale.at <= until:
                found[sale.who] += sale.left_minor
        return found


class _Sums:
    """The running sums of the window."""

    def __init__(self) -> None:
        self.value: Counter[str] = Counter()
        self.count: Counter[str] = Counter()

    def add(self, sale: Sale, sign: int) -> None:
        self.value[sale.who] += sign * sale.left_minor
        self.count[sale.who] += sign


def _statuses(program: Program, ids: set[UUID]) -> dict[str, tuple[Sequence[datetime], Sequence[str]]]:
    rows = StatusChange.objects.filter(enrolment__program=program).order_by("at", "id")
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    statuses: defaultdict[str, list[str]] = defaultdict(list)
    for who, at, status in rows.values_list("enrolment_id", "at", "status"):
        if who in ids:
            moments[str(who)].append(at)
            statuses[str(who)].append(status)
    return {who: (moments[who], statuses[who]) for who in moments}
