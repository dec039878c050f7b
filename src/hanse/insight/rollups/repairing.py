"""Adding up anew, a day at a time: what the rows say of a program's day, held against what is stored of it.

A day is compared or mended as a whole, in the caller's transaction: pages see it as it was or as it is right, the
pipeline goes on in between, and a rebuild that was stopped begins again where it likes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from hanse.insight.rollups.booked import Booked, not_counted
from hanse.insight.rollups.credited import counted_sales, credited_sales, owed_of
from hanse.insight.rollups.deriving import Standing, standings
from hanse.insight.rollups.facets import hour_of
from hanse.insight.rollups.keeping import name_all
from hanse.insight.rollups.rules import add_up
from hanse.insight.rollups.slicing import add_click, add_sales
from hanse.insight.rollups.types import Cells, CreditedSale, Slices
from hanse.kernel.clock import day_starts_at, local_day
from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Entry
from hanse.spine.positions.queries import place_of
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.retention import clicks_complete_since
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion

_HOUR = timedelta(hours=1)
_ALIKE = ("link_number", "enrolment_id", "reason", "country", "device", "referrer_host", "subs")


@dataclass(frozen=True, slots=True)
class ProgramOfDay:
    """One program's day, with the moments it lasts from and until."""

    program_id: UUID
    zone: str
    day: date

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return day_starts_at(self.day, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The next day's first moment."""
        return day_starts_at(self.day + timedelta(days=1), self.zone)

    @property
    def knows_clicks(self) -> bool:
        """Whether all its clicks still have their rows."""
        since = clicks_complete_since()
        return since is None or self.day > local_day(since, self.zone)


@dataclass(slots=True)
class Derived:
    """What the rows say of a program's day. Hours are those that begin in it."""

    cells: Cells
    slices: Slices
    standing: dict[UUID, Standing]
    sales: dict[tuple[UUID, UUID], CreditedSale]


def derive(of: ProgramOfDay) -> Derived:
    """Add a program's day up from its rows, as far as they are to be counted by now.

    The number of queries depends on the hours that had clicks.
    """
    cells: Cells = {}
    waits = not_counted()
    slices, early = Slices(), Slices()  # early: what belongs to the first hour, but to the day before
    if of.knows_clicks:
        for click, count in _clicks(of):
            add_click(slices if click.occurred_at >= of.starts_at else early, click, of.zone, count)
            if click.occurred_at >= of.starts_at:
                mine = cells.setdefault((of.program_id, click.enrolment_id, of.day), Counter())
                mine["clicks" if click.is_valid else "invalid_clicks"] += count
        name_all(slices.clicks)
    ids = _conversions(of, of.starts_at)
    standing = standings(ids)
    add_up((one.cells() for one in standing.values()), into=cells)
    add_up([_commissions(of, waits)], into=cells)
    sales = credited_sales(standing, owed_of(ids, waits), counted_sales(ids))
    add_sales(slices, sales.values(), {of.program_id: of.zone})
    if hour_of(of.starts_at) < of.starts_at:
        before = _conversions(of, hour_of(of.starts_at), of.starts_at)
        rest = credited_sales(standings(before), owed_of(before, waits), counted_sales(before))
        add_sales(early, rest.values(), {of.program_id: of.zone})
    for key, numbers in early.hours.items():
        slices.hours.setdefault(key, Counter()).update(numbers)
    slices.hours = {key: numbers for key, numbers in slices.hours.items() if key[1] < hour_of(of.ends_at)}
    return Derived(cells, slices, standing, sales)


def _clicks(of: ProgramOfDay) -> Iterator[tuple[RecordedClick, int]]:
    """Yield clicks of the day and of the rest of its first hour, those that are alike together."""
    mine = applied(Click.objects.filter(program_id=of.program_id, occurred_at__lt=of.ends_at))
    columns = (*_ALIKE, *(("variant",) if any(field.name == "variant" for field in Click._meta.fields) else ()))
    at = hour_of(of.starts_at)
    while (first := mine.filter(occurred_at__gte=at).order_by("occurred_at").values("occurred_at").first()) is not None:
        begin = max(at, hour_of(first["occurred_at"]))
        until = of.starts_at if begin < of.starts_at else min(hour_of(begin) + _HOUR, of.ends_at)
        rows = mine.filter(occurred_at__gte=begin, occurred_at__lt=until).order_by().values(*columns)
        for row in rows.annotate(count=Count("pk")):
            count = row.pop("count")
            yield RecordedClick("", program_id=of.program_id, occurred_at=begin, visitor="", **row), count
        at = until


def applied(clicks: QuerySet[Click]) -> QuerySet[Click]:
    """Leave out clicks that are in their store already while the pipeline has yet to count them."""
    place, journal_id = place_of("pipeline")
    if not journal_id:
        return clicks
    return clicks.filter(sequence__lte=place.sequence + (1 if place.index else 0))


def _conversions(of: ProgramOfDay, begin: datetime, end: datetime | None = None) -> list[UUID]:
    rows = Conversion.objects.filter(program_id=of.program_id, occurred_at__gte=begin)
    return list(rows.filter(occurred_at__lt=end or of.ends_at).values_list("id", flat=True))


def _commissions(of: ProgramOfDay, waits: Booked) -> Cells:
    """Return what is owed and how much of it is on hold, less what `waits` to be counted. Two queries."""
    mine = Commission.objects.filter(
        program_id=of.program_id, occurred_at__gte=of.starts_at, occurred_at__lt=of.ends_at, conversion__is_test=False
    )
    cells: Cells = {}
    owners: dict[UUID, UUID] = {}
    for id_, enrolment_id, owed in mine.values_list("id", "enrolment_id", "owed_minor"):
        owners[id_] = enrolment_id
        cells.setdefault((of.program_id, enrolment_id, of.day), Counter())["commission_minor"] += owed
    held = Entry.objects.filter(Q(commission_id__in=owners), account__kind="held").order_by().values("commission_id")
    for key, minor in held.annotate(held=Sum("amount_minor")).values_list("commission_id", "held"):
        if key is not None:
            cells[of.program_id, owners[key], of.day]["held_minor"] += minor
    for key in waits.keys() & owners.keys():
        cells[of.program_id, owners[key], of.day].subtract(waits[key])
    return cells


def months_between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the months of some days as (first day, last day), cut to the days."""
    while first <= last:
        end = min(last, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))
        yield first, end
        first = end + timedelta(days=1)
