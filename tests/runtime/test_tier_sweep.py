"""The nightly evaluation as a task: once a local day, part by part, and begun again where it was stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hanse.growth.tiers.models import TierDecision, TierStanding, TierSweep
from hanse.growth.tiers.sweeping import look
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.runtime import relations, tiers
from hanse.runtime.schedule import TASKS
from hanse.runtime.tiers import find_what_we_owe, sweep_program, sweep_tiers
from tests import make
from tests.money import books

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 5, 15, 2, 30, tzinfo=UTC)  # half past three in London


@pytest.fixture(autouse=True)
def _sellers() -> None:
    program = make.program("harbour")
    make.terms(program)
    for place in range(7):
        enrolment = make.enrolment(make.partner(f"P{place}"), program)
        books.sell(enrolment, 1_000 * (place + 1), at=NIGHT - timedelta(days=5), name=make.fresh())
    rebuild_rollups(NIGHT)


def test_it_runs_once_a_local_day_and_not_before_three() -> None:
    assert sweep_tiers(NIGHT - timedelta(hours=1)) == 0
    assert [sweep_tiers(NIGHT), sweep_tiers(NIGHT + timedelta(hours=5)), sweep_tiers(NIGHT + timedelta(days=1))] == [
        1,
        0,
        1,
    ]
    assert TierSweep.objects.count() == 2
    assert {"tiers", "tier_promises"} <= {task.name for task in TASKS}
    assert find_what_we_owe(NIGHT) == 0


def test_a_run_that_was_stopped_in_the_middle_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:

    program, kept = Program.objects.get(), tiers.keep
    whole = {one.id: one.state.tier for one in look(program, NIGHT, NIGHT).found}
    monkeypatch.setattr(tiers, "AT_ONCE", 2)
    parts = []

    def keep_two(*given: object) -> None:
        if len(parts) == 2:
            raise RuntimeError("the machine went away")
        parts.append(given)
        kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(tiers, "keep", keep_two)
    with pytest.raises(RuntimeError):
        sweep_program(program, NIGHT, NIGHT)
    assert TierStanding.objects.count() == 4
    monkeypatch.setattr(tiers, "keep", kept)
    assert sweep_tiers(NIGHT + timedelta(minutes=10)) == 1
    found = dict(Enrolment.objects.values_list("pk", "tier__key"))
    assert found == whole
    assert TierDecision.objects.count() == 7


def test_a_program_that_cannot_be_evaluated_keeps_no_other_from_its_night(monkeypatch: pytest.MonkeyPatch) -> None:
    other, asked = make.program("zebra"), tiers.look
    first = Program.objects.order_by("id").first()

    def look_or_fail(program: Program, *given: datetime) -> object:
        if program == first:
            raise ValueError("its rules cannot be read")
        return asked(program, *given)

    monkeypatch.setattr(tiers, "look", look_or_fail)
    assert sweep_tiers(NIGHT) == 1
    assert list(TierSweep.objects.values_list("program_id", flat=True)) == [other.pk]


def test_a_program_that_cannot_be_looked_at_keeps_no_other_from_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    make.enrolment(make.partner("Zoe"), make.program("zebra"))
    first, read = Program.objects.order_by("id").first(), relations._read_day

    def read_or_fail(program: Program, as_of: datetime) -> object:
        if program == first:
            raise ValueError("its days cannot be read")
        return read(program, as_of)

    monkeypatch.setattr(relations, "_read_day", read_or_fail)
    monkeypatch.setattr(relations, "_days", {})
    assert relations.look_daily(NIGHT).enrolments == 1
