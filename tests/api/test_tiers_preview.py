"""The dry run of tiers over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller

pytestmark = pytest.mark.django_db
FIELD: list[dict[str, Any]] = [
    {"id": "a", "enrolled_at": "2025-01-01T00:00:00Z", "value": 500, "conversions": 2, "tier": None,
     "tier_since": None, "below_exit": 0},
    {"id": "b", "enrolled_at": "2025-01-01T00:00:00Z", "value": 0, "conversions": 0, "tier": "casual",
     "tier_since": "2025-02-01T00:00:00Z", "below_exit": 1},
]  # fmt: skip


def test_the_answer_has_the_documented_shape() -> None:
    asked = {"rules": None, "as_of": "2026-07-01T00:00:00Z", "field": FIELD}
    answer = Caller("read").post("/tiers/preview", asked, 200)
    assert [{**one, "reason": bool(one["reason"])} for one in answer["tiers"]] == [
        {"id": "a", "tier": "power", "rank": 1, "moved": None, "below_exit": 0, "reason": True},
        {"id": "b", "tier": "inactive", "rank": 2, "moved": "down", "below_exit": 0, "reason": True},
    ]


def test_mistakes_come_back_with_pointers() -> None:
    problem = Caller("read").post("/tiers/preview", {"as_of": "soon", "field": [{}]}, 422)
    assert {"/as_of", "/field/0/id", "/field/0/enrolled_at"} <= {one["pointer"] for one in problem["errors"]}
