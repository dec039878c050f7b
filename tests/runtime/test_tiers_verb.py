"""`hanse tiers`: preview, apply and backtest from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from hanse.growth.tiers.models import TierStanding
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel import clock
from hanse.runtime.cli import tiers
from hanse.runtime.cli.main import app
from tests import make
from tests.conftest import Clock
from tests.money.books import sell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """Ana has sold for 100.00, Ben nothing; both are new."""
    monkeypatch.setattr(tiers, "open_migrated", lambda _data: tmp_path)
    program = make.program()
    make.terms(program)
    sell(make.enrolment(make.partner("Ana"), program), 10_000, at=clock.now)
    make.enrolment(make.partner("Ben"), program)
    rebuild_rollups(clock.now)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["tiers", *words])


def test_a_preview_stores_nothing_and_apply_does() -> None:
    said = run("preview").stdout
    assert "new → power" in said
    assert "nothing was stored" in said
    assert not TierStanding.objects.exists()
    done = json.loads(run("apply", "--json").stdout)
    assert [(one["rank"], one["tier"]) for one in done["tiers"]] == [(1, "power"), (2, "inactive")]
    assert TierStanding.objects.count() == 2
    assert json.loads(run("apply", "--json").stdout) == done


def test_days_and_rules_that_cannot_be_are_wrong_use(tmp_path: Path) -> None:
    run("apply")
    assert run("apply", "--as-of", "2026-01-01").exit_code == 2
    assert run("preview", "--as-of", "someday").exit_code == 2
    file = tmp_path / "rules.json"
    for wrong in ("{", '{"tiers": []}', '{"tiers": [{"tier": "a", "when": {"share": "0%"}}, {"tier": "b"}]}'):
        file.write_text(wrong, encoding="utf-8")
        assert run("preview", "--rules", str(file)).exit_code == 2


def test_rules_of_a_file_are_tried_on_the_past(tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    gold = {"tier": "gold", "when": {"field": "conversions", "op": "gte", "value": 1}}
    file.write_text(json.dumps({"tiers": [gold, {"tier": "rest"}]}), encoding="utf-8")
    found = json.loads(run("backtest", "--rules", str(file), "--months", "2", "--json").stdout)
    assert found["sizes"][-1] == {"gold": 1, "rest": 1}
    assert found["dates"][-1] == clock.now().date().isoformat()
    assert "came back within 90 days" in run("backtest").stdout
