"""Overview's arithmetic and its page."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.test import Client

from hanse.insight.overview import rules
from hanse.insight.overview.queries import figures, figures_by_day, overview
from hanse.insight.overview.types import Figures, Joined, Span
from hanse.insight.rollups.actions import add_cells
from tests.cast import Cast
from tests.faces.conftest import TODAY, day


def joined(days_ago: int, *, click: int | None = None, sale: int | None = None, last: int | None = None) -> Joined:
    def on(ago: int | None) -> int | None:
        return None if ago is None else TODAY.toordinal() - ago

    return uuid4(), None, True, on(days_ago), on(click), on(sale), on(sale if last is None else last)


def test_who_has_not_sold_yet_is_counted_as_still_waiting() -> None:
    # 6, 6, 6, 6*, 7, 9*, 10, 10*, 11*, 13, 16, 17*, 19*, 20*, 22, 23, 25*, 32*, 32*, 34*, 35*: Freireich's 6-MP arm,
    # whose Kaplan–Meier median is 23 weeks
    events = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    waiting = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    assert rules.kaplan_meier_median(Counter(events), Counter(waiting)) == 23


def test_no_median_while_fewer_than_half_can_be_said_to_have_sold() -> None:
    assert rules.kaplan_meier_median({3: 1}, {90: 2}) is None
    assert rules.kaplan_meier_median({}, {}) is None


def test_activation_counts_first_sales_within_sixty_days_of_old_enough_enrolments() -> None:
    cohort = [joined(100, sale=50), joined(100, sale=30), joined(100), joined(20, sale=10)]
    share, size = rules.activation(rules.cohort_of(cohort, TODAY))
    assert (share, size) == (Decimal(1) / 3, 3)


def test_concentration_is_the_top_tenth_rounded_up_of_those_who_brought_any() -> None:
    keys = [UUID(int=number + 1) for number in range(12)]
    found = rules.concentration({key: 100 - 5 * place for place, key in enumerate(keys)} | {uuid4(): 0})
    assert found.top_count == 2
    assert found.top_share == Decimal(195) / sum(100 - 5 * place for place in range(12))
    assert found.largest_id == keys[0]
    assert not found.warns
    assert rules.concentration({keys[0]: 41, keys[1]: 59}).warns


def test_the_way_from_joining_to_earning_never_widens() -> None:
    joiners = [joined(200, click=190, sale=150, last=3), joined(90, sale=80, last=79), joined(50)]
    steps = rules.funnel(rules.cohort_of([*joiners, joined(400, sale=300)], TODAY))
    assert [step.partners for step in steps] == [4, 3, 3, 2]
    assert steps[2].median_days == 50


def test_value_is_what_is_left_after_refunds_and_nobodys_sales_do_not_count(cast: Cast) -> None:
    day(cast.anas, 1, value_minor=10_000, refunded_minor=2_500, commission_minor=1_500, conversions=2, clicks=40)
    day(cast.bens, 2, value_minor=500, conversions=1)
    add_cells({(cast.program.id, UUID(int=0), TODAY): Counter(value_minor=9_999)})
    span = Span(TODAY - timedelta(days=30), TODAY)
    assert figures(cast.program.id, span) == Figures(8_000, 2_500, 1_500, 3, 0, 40, 0)
    by_day = figures_by_day(cast.program.id, span)
    assert len(by_day) == span.days == 31
    assert by_day[-2].value_minor == 7_500
    assert by_day[0] == Figures()


def test_a_period_is_compared_with_as_many_days_before(cast: Cast) -> None:
    day(cast.anas, 1, value_minor=9_000, conversions=3)
    day(cast.anas, 31, value_minor=4_000, conversions=1)
    day(cast.bens, 31, value_minor=6_000, conversions=1)
    span = Span(TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    found = overview(cast.program, span, TODAY)
    assert (found.now.value_minor, found.before.value_minor) == (9_000, 10_000)
    assert [(mover.enrolment_id, mover.change_minor) for mover in found.movers] == [
        (cast.bens.id, -6_000), (cast.anas.id, 5_000),
    ]  # fmt: skip
    assert (found.partners, found.active) == (2, 2)


def test_the_page_says_the_value_and_names_who_moved_it(cast: Cast, ruth: Client) -> None:
    day(cast.anas, 1, value_minor=123_456, conversions=3, clicks=70, commission_minor=24_691)
    page = ruth.get("/console/overview").content.decode()
    assert "Partners brought <b>£1,234.56</b> in 30 days" in page
    assert "Ana added most" in page
    assert "20.0%" in page


def test_an_empty_program_has_an_overview_too(cast: Cast, ruth: Client) -> None:
    assert "No partner brought a sale" in ruth.get("/console/overview").content.decode()


def test_any_period_and_measure_can_be_shown_and_nonsense_falls_back(cast: Cast, ruth: Client) -> None:
    queries = (
        "period=7d&measure=sales", "period=12m", "from=2026-05-01&until=2026-05-10", "from=x&until=y",
        "from=2026-09-01&until=2026-09-02", "period=none&measure=none", "from=0001-01-01&until=9999-12-31",
    )  # fmt: skip
    for query in queries:
        assert ruth.get(f"/console/overview?{query}").status_code == 200


def test_the_file_by_day_adds_up_to_the_page(cast: Cast, ruth: Client) -> None:
    day(cast.anas, 1, value_minor=1_234, conversions=1)
    day(cast.anas, 3, value_minor=1_000, refunded_minor=1_500, conversions=1)
    answer = ruth.get("/console/overview?format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 30
    assert sum(Decimal(row["Value"]) for row in rows) == Decimal("7.34")
    assert "-5.00" in [row["Value"] for row in rows]
