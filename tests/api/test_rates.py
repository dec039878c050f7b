"""Exchange rates over the API."""

from __future__ import annotations

import pytest

from hanse.programs.rates.models import ExchangeRate
from tests import make
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
USD = {"currency": "usd", "date": "2026-05-14", "rate": "1.1000"}


def test_rates_are_kept_and_listed() -> None:
    assert Caller("write").post("/rates", {"rates": [USD]}, 200) == {"new": 1, "corrected": 0, "known": 0}
    assert Caller("write").post("/rates", {"rates": [{**USD, "rate": "1.2"}]}, 200)["corrected"] == 1
    (row,) = Caller("read").get("/rates?currency=usd", 200)["data"]
    assert (row["currency"], row["date"], row["rate"], row["source"]) == ("USD", "2026-05-14", "1.2", "api")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "EUR"}, "/rates/0/currency"),
        ({"date": "2026-02-30"}, "/rates/0/date"),
        ({"rate": "0"}, "/rates/0/rate"),
    ],
)
def test_mistakes_have_their_place(change: dict[str, str], pointer: str) -> None:
    problem = Caller("write").post("/rates", {"rates": [{**USD, **change}]}, 422)
    assert pointer in [one["pointer"] for one in problem["errors"]]
    assert not ExchangeRate.objects.exists()


def test_a_key_of_one_program_changes_no_rates() -> None:
    Caller("write", program=make.program()).post("/rates", {"rates": [USD]}, 403)
