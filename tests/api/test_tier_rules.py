"""Tier rules, standings, decisions, locks and reviews over the API."""

from __future__ import annotations

import pytest

from hanse.growth.tiers.sweeping import sweep
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.ids import text_id
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money import books

pytestmark = pytest.mark.django_db
NOW = make.at(0)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    """Ana has sold for 500.00."""
    clock.set(NOW)
    made = build()
    books.sell(made.anas, 50_000, at=make.at(-5), name="HP-1")
    rebuild_rollups(NOW)
    return made


def test_rules_are_published_and_decide(cast: Cast) -> None:
    caller = Caller("write")
    first = caller.get("/tier-rules", 200)
    assert first["number"] is None
    assert first["rules"]["tiers"][0] == {"tier": "power", "when": {"share": "10%"}}
    gold = {"tier": "gold", "when": {"field": "value", "op": "gte", "value": 60_000}}
    body = {"rules": {"tiers": [gold, {"tier": "rest"}]}, "names": {"gold": "Goldpartner"}, "note": "A first try"}
    made = caller.post("/tier-rules", body, 201)
    assert (made["number"], made["note"], made["starts_on"]) == (1, "A first try", "2026-05-15")
    sweep(cast.program, NOW, now=NOW)
    standing = next(
        one for one in caller.get("/tier-standings", 200)["data"] if one["enrolment"] == text_id("enr", cast.anas.pk)
    )
    assert (standing["tier"], standing["rank"], standing["value"], standing["next_tier"]) == ("rest", 1, 50_000, "gold")
    assert standing["needed"][0]["more"] == 10_000
    told = caller.get("/tier-decisions?kind=placed", 200)["data"]
    told += caller.get("/tier-decisions?kind=left_new", 200)["data"]
    assert any("Goldpartner" in one["sentence"] for one in told)


def test_mistakes_come_with_their_place(cast: Cast) -> None:
    problem = Caller("write").post(
        "/tier-rules", {"rules": {"tiers": [{"tier": "a", "when": {"share": "x"}}, {}]}}, 422
    )
    assert "/rules/tiers/0/when/share" in {one["pointer"] for one in problem["errors"]}
    Caller("write").post("/tier-rules", {"starts_on": "2020-01-01"}, 422)
    Caller("write").post("/tier-rules", {"starts_on": "2026-02-31"}, 422)
    Caller("read").post("/tier-rules", {}, 403)


def test_a_lock_is_set_and_let_go(cast: Cast) -> None:
    caller, path = Caller("write"), f"/enrolments/{text_id('enr', cast.anas.pk)}/tier"
    assert caller.get(f"{path}-lock", 200)["is_locked"] is False
    caller.post(f"{path}-lock", {"reason": " "}, 422)
    locked = caller.post(f"{path}-lock", {"reason": "Writes our book", "until": "2026-12-31"}, 200)
    assert (locked["is_locked"], locked["until"]) == (True, "2026-12-31")
    caller.post(f"{path}-lock", {"reason": "Again"}, 409)
    assert caller.post(f"{path}-unlock", {}, 200)["is_locked"] is False


def test_a_move_that_waits_is_decided(cast: Cast) -> None:
    caller = Caller("write")
    caller.post("/tier-rules", {"rules": {"review": ["up"], "tiers": [
        {"tier": "power", "when": {"share": "50%"}}, {"tier": "new"}]}}, 201)  # fmt: skip
    sweep(cast.program, NOW, now=NOW)
    waits = caller.get("/tier-reviews", 200)["data"]
    assert [(one["before"], one["after"], one["cause"]) for one in waits] == [("new", "power", "review")]
    path = f"/tier-reviews/{waits[0]['id']}/decide"
    caller.post(path, {"verdict": "kept"}, 422)
    assert caller.post(path, {"verdict": "moved"}, 200)["verdict"] == "moved"
    caller.post(path, {"verdict": "moved"}, 409)
    cast.anas.refresh_from_db()
    assert cast.anas.tier is not None
    assert cast.anas.tier.key == "power"


def test_a_backtest_stores_nothing(cast: Cast) -> None:
    found = Caller("read").post("/tiers/backtest", {"months": 3}, 200)
    assert sum(found["sizes"][-1]["tiers"].values()) == 2
    assert found["currency"] == "GBP"
    assert Caller("read").get("/tier-standings", 200)["data"] == []
    Caller("read").post("/tiers/backtest", {"months": 0}, 422)


def test_promises_are_shown(cast: Cast) -> None:
    assert Caller("read").get("/tier-promises", 200) == {"days": 90, "data": []}
