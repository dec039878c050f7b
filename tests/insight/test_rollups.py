"""The pre-added numbers at each level: kept by differences, read back, compared and rebuilt."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.insight.overview.queries import figures, figures_by_day, figures_by_enrolment
from hanse.insight.overview.rules import total
from hanse.insight.overview.types import Span
from hanse.insight.rollups.actions import add_cells
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMonth, ProgramDay
from hanse.insight.rollups.rebuilding import compare_rollups, rebuild_rollups
from hanse.insight.rollups.types import NOBODY
from tests import make

pytestmark = pytest.mark.django_db
PROGRAM, ANA, BEN = UUID(int=1), UUID(int=2), UUID(int=3)
LAST = date(2026, 5, 15)


def fill(days: int = 120) -> None:
    for back in range(days):
        on = LAST - timedelta(days=back)
        add_cells({(PROGRAM, ANA, on): Counter(clicks=3, value_minor=100 + back, conversions=1)})
        add_cells({(PROGRAM, who, on): Counter(value_minor=7, conversions=1) for who in (BEN, NOBODY)})


@pytest.mark.parametrize("days", [1, 14, 15, 16, 45, 46, 100, 120])
def test_months_and_days_add_up_to_the_same_for_every_span(days: int) -> None:
    fill()
    span = Span(LAST - timedelta(days=days - 1), LAST)
    found = figures_by_enrolment(PROGRAM, span)
    assert found[ANA].value_minor == sum(100 + back for back in range(days))
    assert found[BEN].sales == days
    assert NOBODY not in found
    assert total(found.values()) == figures(PROGRAM, span) == total(figures_by_day(PROGRAM, span))
    assert figures_by_enrolment(PROGRAM, span, [BEN]) == {BEN: found[BEN]}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 130), st.integers(0, 130))
def test_any_span_reads_what_its_days_hold(one: int, other: int) -> None:
    if not EnrolmentDay.objects.exists():
        fill()
    first, last = sorted((LAST - timedelta(days=one), LAST - timedelta(days=other)))
    span = Span(first, last)
    days = EnrolmentDay.objects.filter(enrolment_id=ANA, day__range=(first, last))
    assert figures_by_enrolment(PROGRAM, span).get(ANA, total([])).value_minor == sum(
        days.values_list("value_minor", flat=True)
    )


def test_what_is_taken_back_leaves_every_level_at_nothing() -> None:
    cells = {(PROGRAM, ANA, LAST): Counter(value_minor=500, conversions=1)}
    add_cells(cells)
    add_cells({key: Counter({name: -number for name, number in numbers.items()}) for key, numbers in cells.items()})
    assert [level.stored() for level in LEVELS] == [{}, {}, {}]


@pytest.mark.parametrize("model", [EnrolmentMonth, ProgramDay])
def test_a_wrong_month_or_day_is_found_and_mended(model: type[EnrolmentMonth] | type[ProgramDay]) -> None:
    program = make.program()
    model.objects.create(program_id=program.id, value_minor=5, **_place(model))
    (finding,) = compare_rollups()
    assert finding.subject.startswith(model.__name__)
    rebuild_rollups(make.NOON)
    assert compare_rollups() == []
    assert not model.objects.exists()


def _place(model: type[EnrolmentMonth] | type[ProgramDay]) -> dict[str, object]:
    return {"day": LAST} if model is ProgramDay else {"month": LAST.replace(day=1), "enrolment_id": ANA}
