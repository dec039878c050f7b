"""Joint projects over the API, from a proposal to its result and back."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.kernel.ids import text_id
from hanse.money.ledger.verify import verify_books
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money.books import pots

pytestmark = pytest.mark.django_db


@pytest.fixture
def actors(clock: Clock) -> Cast:
    clock.set(make.NOON)
    return build()


@pytest.fixture
def caller(actors: Cast) -> Caller:
    return Caller("all", program=actors.program)


def _proposal(actors: Cast, **fields: Any) -> dict[str, Any]:
    return {
        "enrolment": text_id("enr", actors.anas.pk), "kind": "joint_event", "title": "An evening",
        "happens_on": "2026-05-20", "our_cost": 333_333, "our_leads": 250_000,
        "costs": [{"name": "Speaker", "planned": 1000, "paid_by": "partner"},
                  {"name": "Room", "planned": 1, "paid_by": "us"}],
    } | fields  # fmt: skip


def test_costs_and_leads_add_up_and_money_moves_once(actors: Cast, caller: Caller) -> None:
    made = caller.post("/joint-projects", _proposal(actors))
    assert made["planned"] == {"total": 1001, "ours": 334, "partners": 667, "to_partner": 333}
    at = f"/joint-projects/{made['id']}"
    caller.post(f"{at}/agree", {"side": "us"}, 409)
    answered = caller.patch(at, {"side": "partner", "title": "A long evening", "version": 1})
    assert (answered["version"], answered["stage"], len(answered["costs"])) == (2, "our_turn", 2)
    caller.post(f"{at}/agree", {"version": 1}, 409)
    agreed = caller.post(f"{at}/agree", {"version": 2}, 200)
    assert (agreed["state"], agreed["link"] is not None, agreed["outcome"]["sales"]) == ("agreed", True, 0)
    proof = caller.post(f"{at}/proofs", {"side": "partner", "number": 9, "unit": "guests"})
    caller.post(f"/joint-proofs/{proof['id']}/accept", status=200)
    caller.post(f"/joint-proofs/{proof['id']}/refuse", {"reason": "x"}, 409)
    amounts = [{"cost": one["id"], "amount": one["planned"]} for one in agreed["costs"]]
    done = caller.post(f"{at}/result", {"leads": 3, "costs": amounts, "note": "Good."}, 200)
    assert done["result"] == {
        "total": 1001, "ours": 334, "partners": 667, "leads": 3, "our_leads": 1, "partner_leads": 2,
        "cost_per_lead": 334, "our_cost_per_lead": 334, "partner_cost_per_lead": 334, "settled": 333,
        "transaction": done["result"]["transaction"], "note": "Good.",
    }  # fmt: skip
    caller.post(f"{at}/result", {"leads": 3}, 409)
    assert pots(actors.anas).payable_minor == 333
    back = caller.post(f"{at}/take-back", {"reason": "Wrong."}, 200)
    assert (back["state"], back["result"], pots(actors.anas).payable_minor) == ("agreed", None, 0)
    assert verify_books() == []
    assert [one["id"] for one in caller.get("/joint-projects?state=agreed")["data"]] == [made["id"]]
    assert len(caller.get(f"{at}/proofs")["data"]) == 1


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"our_cost": 1_000_001}, "/our_cost"), ({"happens_on": "2026-02-30"}, "/happens_on"),
        ({"happens_on": "2020-01-01"}, "/happens_on"), ({"title": ""}, "/title"), ({"kind": "party"}, "/kind"),
        ({"enrolment": "enr_x"}, "/enrolment"),
        ({"costs": [{"name": "x", "planned": 10**15, "paid_by": "us"}]}, "/costs/0/planned"),
        ({"title": "a\u202eb"}, "/title"),
    ],
)  # fmt: skip
def test_a_bad_proposal_is_refused_with_its_place(
    actors: Cast, caller: Caller, fields: dict[str, Any], pointer: str
) -> None:
    problem = caller.post("/joint-projects", _proposal(actors, **fields), 422)
    assert pointer in [error["pointer"] for error in problem["errors"]]
