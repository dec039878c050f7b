"""`hanse whatif`: a file of terms tried from the command line, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hanse.money.commissions.actions import price_conversions
from hanse.runtime.cli import trying
from hanse.runtime.cli.main import app
from tests import make
from tests.money.books import sell

pytestmark = pytest.mark.django_db
THIRTY = {"clauses": [{"kind": "percent", "rate": "30%"}]}
PERIOD = ("--from", "2026-05-01", "--until", "2026-06-01")


@pytest.fixture
def terms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of terms beside a program in which Ana sold for 100.00."""
    monkeypatch.setattr(trying, "open_migrated", lambda _data: tmp_path)
    monkeypatch.setattr(trying, "_workers", lambda: 1)
    program = make.program()
    make.terms(program)
    sold = sell(make.enrolment(make.partner("Ana"), program), 10_000, at=make.NOON)
    price_conversions({sold.id}, make.NOON)
    file = tmp_path / "terms.json"
    file.write_text(json.dumps(THIRTY), encoding="utf-8")
    return file


def test_programs_read_before_and_after_as_json(terms: Path) -> None:
    done = CliRunner().invoke(app, ["whatif", str(terms), *PERIOD, "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["before"], said["after"], said["gain"], said["lose"]) == (2_000, 3_000, 1, 0)
    assert [one["name"] for one in said["partners"]] == ["Ana"]


def test_people_read_a_table(terms: Path) -> None:
    done = CliRunner().invoke(app, ["whatif", str(terms), *PERIOD])
    assert "Ana" in done.stdout
    assert "1 orders, 2026-04-30T23:00+00:00 to 2026-05-31T23:00+00:00: 1 gain, 0 lose." in done.stdout


def test_neither_a_file_nor_a_version_is_wrong_use(terms: Path) -> None:
    assert CliRunner().invoke(app, ["whatif"]).exit_code == 2
