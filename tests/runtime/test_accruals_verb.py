"""`hanse accruals`: the month-end file on the standard output, in a folder for several programs, or as JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hanse.kernel.ids import new_id
from hanse.money.accruals.queries import accruals_of
from hanse.money.accruals.sheets import accruals_csv
from hanse.money.bounties.actions import pay_bounty
from hanse.programs.programs.models import Program
from hanse.runtime.cli import budgets
from hanse.runtime.cli.main import app
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Program:
    """Ana is owed 12.34 since May, and it is June."""
    monkeypatch.setattr(budgets, "open_migrated", lambda _data: tmp_path)
    clock.set(make.at(40))
    made = make.program()
    who = make.enrolment(make.partner("Ana Wróbel"), made)
    pay_bounty(who, 1_234, entry_id=new_id(), name="x", now=make.NOON, by="olga")
    return made


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["accruals", *arguments])
    return done.exit_code, done.output


def test_one_programs_file_goes_to_the_output_byte_by_byte(program: Program) -> None:
    code, text = run("--month", "2026-05")
    assert code == 0
    assert text.replace("\r\n", "\n") == accruals_csv(accruals_of(program, date(2026, 5, 1), make.at(40))).replace(
        "\r\n", "\n"
    )


def test_several_programs_need_a_choice_or_a_folder(program: Program, tmp_path: Path) -> None:
    make.program("orchard", currency="JPY")
    assert run("--month", "2026-05")[0] == 2
    code, _text = run("--month", "2026-05", "--out", str(tmp_path / "files"))
    assert code == 0
    names = sorted(path.name for path in (tmp_path / "files").iterdir())
    assert names == ["accruals-harbour-2026-05.csv", "accruals-orchard-2026-05.csv"]
    assert "Ana Wróbel" in (tmp_path / "files" / names[0]).read_text("utf-8")
    code, text = run("--month", "2026-05", "--json")
    told = json.loads(text)
    assert [one["equals_ledger"] for one in told] == [True, True]
    assert told[0]["totals"]["GBP"]["closing_minor"] == 1_234


def test_wrong_months_and_programs_are_told(program: Program) -> None:
    for arguments in (("--month", "2026-13"), ("--month", "2026-07"), ("--month", "2026-05", "--program", "nobody")):
        assert run(*arguments)[0] != 0
