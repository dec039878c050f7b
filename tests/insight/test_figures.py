"""Figures of enrolments: windows, sums of all time, days since; for a moment in the past too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.insight.earnings.queries import median_months
from hanse.insight.earnings.types import TierEarnings
from hanse.insight.figures.queries import figures_of
from hanse.insight.figures.types import Figures
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.types import Cells
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 15)


@pytest.fixture
def cast() -> Cast:
    """The cast."""
    return build()


def days(cast: Cast, who: object, **by_offset: dict[str, int]) -> None:
    """Add days: `d7={"clicks": 3}` is seven days ago."""
    from collections import Counter

    cells: Cells = {
        (cast.program.id, who.id, TODAY - timedelta(days=int(name[1:]))): Counter(numbers)  # type: ignore[attr-defined]
        for name, numbers in by_offset.items()
    }
    for level in LEVELS:
        level.add(cells)
    move_marks(cells)


def sale(value: int, refunded: int = 0) -> dict[str, int]:
    """One sale of a new customer."""
    return {"conversions": 1, "new_customers": 1, "value_minor": value, "refunded_minor": refunded}


def test_windows_count_the_day_itself_and_end_at_their_edge(cast: Cast) -> None:
    days(
        cast, cast.anas, d0={"clicks": 1}, d6={"clicks": 2}, d7={"clicks": 4}, d29=sale(1000), d30=sale(2000),
        d90=sale(300, 100), d179=sale(10), d180=sale(7),
    )  # fmt: skip
    mine = figures_of(cast.program.id, [cast.anas.id], make.at())[cast.anas.id]
    assert (mine.clicks_7d, mine.clicks_30d) == (3, 7)
    assert (mine.conversions_30d, mine.conversions_90d, mine.conversions_180d) == (1, 2, 4)
    assert (mine.value_30d_minor, mine.value_90d_minor, mine.value_180d_minor) == (1000, 3000, 3210)
    assert (mine.sales_total, mine.value_total_minor, mine.new_customers_90d) == (5, 3217, 2)
    assert (mine.days_since_click, mine.days_since_sale) == (0, 29)


def test_who_did_nothing_has_zeros_and_no_days_since(cast: Cast) -> None:
    assert figures_of(cast.program.id, None, make.at())[cast.bens.id] == Figures(days_enrolled=134)


def test_the_past_is_seen_as_it_was(cast: Cast) -> None:
    days(cast, cast.anas, d0=sale(500), d1={"clicks": 1}, d40=sale(1000), d41={"clicks": 5})
    then = figures_of(cast.program.id, [cast.anas.id], make.at(-20))[cast.anas.id]
    assert (then.days_since_sale, then.days_since_click) == (20, 21)
    assert (then.sales_total, then.value_total_minor, then.clicks_30d) == (1, 1000, 5)
    assert figures_of(cast.program.id, [cast.anas.id], TODAY - timedelta(days=60))[cast.anas.id].days_since_sale is None


def test_more_enrolments_cost_no_more_queries(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            figures_of(cast.program.id, None, make.at())
        return len(caught)

    few = queries()
    for number in range(5):
        days(cast, make.enrolment(make.partner(f"P {number}"), cast.program), d3=sale(100))
    assert queries() == few


def test_enrolments_of_another_program_are_not_there(cast: Cast) -> None:
    other = make.enrolment(cast.ana, make.program("other"))
    assert figures_of(cast.program.id, [other.id], make.at()) == {}


def test_what_partners_of_a_tier_earn_counts_from_the_programs_local_month_of_joining(cast: Cast) -> None:
    joined = datetime(2026, 4, 30, 23, 30, tzinfo=UTC)  # the first of May in London
    Enrolment.objects.update(status=Enrolment.Status.ENDED)
    tier = Tier.objects.get(program=cast.program, key="new")
    for name in ("Cleo", "Dora", "Emil", "Fritz", "Gita"):
        who = make.enrolment(make.partner(name), cast.program, enrolled_at=joined)
        days(cast, who, d0={"commission_minor": 1_000})
    months = [(date(2026, 4, 1), date(2026, 4, 30)), (date(2026, 5, 1), date(2026, 5, 31))]
    assert median_months(cast.program, months) == [TierEarnings(tier.pk, 5, 1_000)]
