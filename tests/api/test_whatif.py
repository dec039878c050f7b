"""What-if over the API: any terms, any past period, any set of enrolments, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import price_conversions
from hanse.money.ledger.models import Transaction
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from tests import make
from tests.api.caller import Caller
from tests.money.books import sell

pytestmark = pytest.mark.django_db
THIRTY = {"clauses": [{"kind": "percent", "rate": "30%", "goal": "sale"}]}
PERIOD = {"from": "2026-02-01", "until": "2026-03-01"}


@pytest.fixture
def sold() -> tuple[Program, Enrolment, Enrolment]:
    program = make.program(time_zone="UTC")
    make.terms(program)
    ana = make.enrolment(make.partner("Ana", types=["creator"]), program)
    ben = make.enrolment(make.partner("Ben"), program, tier=Tier.objects.get(program=program, key="power"))
    make.terms(program, {"kind": "percent", "rate": "50%"}, enrolment=ben)
    for one, minor, month in ((ana, 10_000, 1), (ana, 20_000, 2), (ben, 30_000, 2), (ben, 40_000, 3)):
        at = datetime(2026, month, 10, tzinfo=UTC)
        price_conversions({sell(one, minor, at=at).id}, at)
    return program, ana, ben


def test_before_and_after_by_partner_with_winners_and_losers(sold: tuple[Program, Enrolment, Enrolment]) -> None:
    before = Transaction.objects.count()
    answer = Caller("read").post("/whatif", {"terms": THIRTY, **PERIOD}, 200)
    assert [(one["name"], one["value"], one["before"], one["after"], one["change"]) for one in answer["partners"]] == [
        ("Ben", 30_000, 15_000, 9_000, -6_000), ("Ana", 20_000, 4_000, 6_000, 2_000),
    ]  # fmt: skip
    assert {name: answer[name] for name in ("orders", "before", "after", "change", "gain", "lose")} == {
        "orders": 2, "before": 19_000, "after": 15_000, "change": -4_000, "gain": 1, "lose": 1,
    }  # fmt: skip
    assert (answer["from"], answer["until"]) == ("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
    assert answer["risk"] is None
    assert Transaction.objects.count() == before


@pytest.mark.parametrize(
    ("chosen", "names"),
    [({"tiers": ["power"]}, ["Ben"]), ({"types": ["creator"]}, ["Ana"]), ({"tiers": ["new"], "types": ["agency"]}, [])],
)
def test_a_set_is_chosen_by_tier_and_type(
    sold: tuple[Program, Enrolment, Enrolment], chosen: dict[str, Any], names: list[str]
) -> None:
    answer = Caller("read").post("/whatif", {"terms": THIRTY, **PERIOD, **chosen}, 200)
    assert [one["name"] for one in answer["partners"]] == names


def test_a_version_that_is_kept_is_tried_on_one_enrolment(sold: tuple[Program, Enrolment, Enrolment]) -> None:
    program, ana, _ben = sold
    version = make.terms(program, {"kind": "percent", "rate": "40%"}, starts_at=datetime(2027, 1, 1, tzinfo=UTC))
    chosen = {"version": text_id("trm", version.pk), "enrolments": [text_id("enr", ana.pk)], **PERIOD}
    (one,) = Caller("read").post("/whatif", chosen, 200)["partners"]
    assert (one["enrolment"], one["after"]) == (text_id("enr", ana.pk), 8_000)


def test_a_fee_with_percent_meets_a_flat_fee_where_the_contract_says(
    sold: tuple[Program, Enrolment, Enrolment],
) -> None:
    terms = {"clauses": [{"kind": "fee", "amount": 2_000_000, "due": "signing"}, {"kind": "percent", "rate": "20%"}]}
    answer = Caller("read").post("/whatif", {"terms": terms, **PERIOD, "against": {"flat_fee": 4_000_000}}, 200)
    assert answer["risk"]["equal_at"] == [10_000_000]
    assert answer["risk"]["points"][0] == {"sales": 0, "terms": 2_000_000, "against": 4_000_000}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, "/terms"),
        ({"terms": THIRTY, "version": "trm_x"}, "/terms"),
        ({"terms": {"clauses": [{"kind": "percent", "rate": "300%"}]}}, "/terms/clauses/0/rate"),
        ({"terms": THIRTY, "from": "yesterday"}, "/from"),
        ({"terms": THIRTY, "from": "2026-03-01", "until": "2026-03-01"}, "/until"),
        ({"terms": THIRTY, "tiers": ["gold"]}, "/tiers"),
        ({"terms": THIRTY, "enrolments": ["enr_1"]}, "/enrolments/0"),
        ({"terms": THIRTY, "against": {}}, "/against"),
    ],
)
def test_each_mistake_is_told_at_its_place(
    sold: tuple[Program, Enrolment, Enrolment], asked: dict[str, Any], pointer: str
) -> None:
    answer = Caller("read").post("/whatif", asked, 422)
    assert pointer in [error["pointer"] for error in answer["errors"]]
