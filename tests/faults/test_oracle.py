"""The oracle itself: silent when all is well, and red for each kind of accident."""

import dataclasses
from datetime import UTC, datetime

import pytest

from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens
from tests.faults.oracle import Log, Stored, complaints

KEY = b"k" * 32
TOKEN = ClickTokens(derive(KEY, "click-token")).mint(1, datetime(2026, 11, 17, tzinfo=UTC), 0, 1)


def log() -> Log:
    made = Log(clicks_asked=1, tokens=[TOKEN.text], orders_answered={"a": 500})
    made.orders_asked["a"] += 2
    return made


GOOD = Stored(conversions=[("a", 500)], clicks=[TOKEN.core_hex], unbalanced=[], commissions=[], integrity=[])


def test_the_oracle_is_silent_when_each_answer_is_there_once() -> None:
    assert complaints(log(), GOOD, KEY) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"conversions": []}, "order a was answered and is lost"),
        ({"conversions": [("a", 500), ("a", 500)]}, "order a is there 2 times"),
        ({"conversions": [("a", 500), ("b", 1)]}, "order b was never sent"),
        ({"conversions": [("a", 400)]}, "order a has 400 for 500"),
        ({"clicks": []}, f"click {TOKEN.core_hex} was answered and is lost"),
        ({"clicks": [TOKEN.core_hex] * 2}, f"click {TOKEN.core_hex} is there 2 times"),
        ({"clicks": [TOKEN.core_hex, "f" * 24]}, "2 clicks for 1 requests"),
        ({"unbalanced": [(7, "EUR", 3)]}, "transaction does not balance: (7, 'EUR', 3)"),
        ({"commissions": [("a", 2)]}, "order a has 2 commissions for one credit"),
        ({"integrity": ["page 3"]}, "damaged: page 3"),
    ],
)
def test_the_oracle_names_each_accident(change: dict[str, object], said: str) -> None:
    assert said in complaints(log(), dataclasses.replace(GOOD, **change), KEY)  # type: ignore[arg-type]
