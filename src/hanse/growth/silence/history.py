"""The rule tried on a program's own past, and what came of the alarms that were really raised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from hanse.growth.silence.backtest import FEWEST, Result, result_of
from hanse.growth.silence.models import SilentSpell
from hanse.growth.silence.reading import pools_of
from hanse.growth.silence.rules import USUAL, WINDOW
from hanse.growth.silence.types import SALES, Pools, Signal
from hanse.insight.rollups.facets import COUPON
from hanse.insight.rollups.models import EnrolmentDay, SaleDay
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_MOST = 5_000  # enrolments walked through: of more, as many are taken along their ids, which sort by time of joining


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What came of those whom nobody nudged: how many came back within one more own gap, of how many judged."""

    spells: int
    judged: int
    back: int

    @property
    def false_rate(self) -> Decimal | None:
        """The share of false alarms; None under 30."""
        return Decimal(self.back) / self.judged if self.judged >= FEWEST else None


def backtest(program: Program, today: date, days: int = 365) -> Result:
    """Try the rule on the last so many days of a program. Seven queries; the pools are those of today."""
    tiers = _field(program)
    pools = pools_of(program, today)
    first = today - timedelta(days=days)
    clicks_and_sales = _days(program, list(tiers), first, today)
    coupons = _coupon_days(program, set(tiers), first, today)

    def everybody() -> Iterator[tuple[dict[Signal, Sequence[date]], Mapping[Signal, Decimal]]]:
        for key, found in clicks_and_sales:
            signs: dict[Signal, Sequence[date]] = {
                Signal.CLICK: [on for _who, on, clicks, _sales in found if clicks > 0],
                Signal.CONVERSION: [on for _who, on, _clicks, sales in found if sales > 0],
                Signal.COUPON: coupons.get(key, ()),
            }
            yield signs, _usual(pools, tiers[key])

    return result_of(everybody(), first, today)


def left_alone(program_id: UUID, today: date) -> LeftAlone:
    """Return what came of the spells of those who were left alone. One query.

    Who is called silent no more without a sign since, as others set another pace, did not come back.
    """
    rows = SilentSpell.objects.filter(program_id=program_id, is_left_alone=True, acted_at=None)
    spells = judged = back = 0
    for found_on, gap, ended_on in rows.values_list("found_on", "gap_days", "ended_on"):
        spells += 1
        came = ended_on is not None and 0 <= (ended_on - found_on).days <= gap
        back += came
        judged += came or (today - found_on).days >= gap
    return LeftAlone(spells, judged, back)


def _field(program: Program) -> dict[UUID, UUID | None]:
    rows = Enrolment.objects.filter(program=program, is_test=False).exclude(status=Enrolment.Status.PENDING)
    return dict(rows.order_by("id").values_list("id", "tier_id")[:_MOST])


def _usual(pools: Pools, tier_id: UUID | None) -> dict[Signal, Decimal]:
    return {signal: pools.gaps.get((tier_id, signal), USUAL) for signal in SALES}


def _days(
    program: Program, ids: Sequence[UUID], first: date, today: date
) -> Iterator[tuple[UUID, list[tuple[UUID, date, int, int]]]]:
    """Yield each enrolment's days, a year before the first one too: the rhythm was learned there."""
    known = set(ids)
    rows = EnrolmentDay.objects.filter(
        program_id=program.pk, day__gt=first - timedelta(days=WINDOW), day__lte=today
    ).order_by("enrolment_id", "day")
    values = rows.values_list("enrolment_id", "day", "clicks", "conversions").iterator()
    for key, found in groupby(values, key=itemgetter(0)):
        if key in known:
            yield key, list(found)


def _coupon_days(program: Program, known: set[UUID], first: date, today: date) -> dict[UUID, list[date]]:
    found: dict[UUID, list[date]] = defaultdict(list)
    mine = Enrolment.objects.filter(program=program).values("id")
    rows = SaleDay.objects.filter(
        enrolment_id__in=mine, dimension=COUPON, conversions__gt=0, day__gt=first - timedelta(days=WINDOW),
        day__lte=today,
    )  # fmt: skip
    for key, on in rows.order_by("enrolment_id", "day").values_list("enrolment_id", "day").distinct().iterator():
        if key in known:
            found[key].append(on)
    return found
