"""How long a day's evaluation of a large field takes, and the dry run of the same field from its JSON."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.program import open_installation

ENROLMENTS = 100_000
TIERS = (None, "power", "growth", "casual", "new", "inactive")


def run(size: int = ENROLMENTS) -> dict[str, Any]:
    """Measure and return the figures: `seconds` for both together."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "tiers", **_measured(size)}


def _measured(size: int) -> dict[str, Any]:
    from hanse.growth.tiers.preview import preview
    from hanse.growth.tiers.rules import DEFAULT, evaluate
    from hanse.growth.tiers.types import Standing

    as_of = datetime(2026, 10, 1, tzinfo=UTC)
    sent = [_entry(number, as_of) for number in range(size)]
    field = [
        Standing(
            one["id"], datetime.fromisoformat(one["enrolled_at"]), one["value"], one["conversions"], one["tier"],
            datetime.fromisoformat(one["tier_since"]), one["below_exit"],
        )
        for one in sent
    ]  # fmt: skip
    body = json.dumps({"rules": None, "as_of": as_of.isoformat(), "field": sent})
    began = time.perf_counter()
    decided = evaluate(field, DEFAULT, as_of)
    evaluated = time.perf_counter()
    answer = preview(json.loads(body))
    ended = time.perf_counter()
    assert len(decided) == len(answer["tiers"]) == size
    return {
        "seconds": round(ended - began, 2), "enrolments": size, "evaluation_seconds": round(evaluated - began, 2),
        "preview_seconds": round(ended - evaluated, 2),
    }  # fmt: skip


def _entry(number: int, as_of: datetime) -> dict[str, Any]:
    dice = random.Random(number)  # noqa: S311  # the same invented field each time, no secret
    sells = dice.random() < 0.4
    return {
        "id": f"enr-{number}", "enrolled_at": (as_of - timedelta(days=dice.randrange(900))).isoformat(),
        "value": int(dice.paretovariate(1.2) * 1_000) if sells else 0,
        "conversions": dice.randrange(1, 40) if sells else 0, "tier": dice.choice(TIERS),
        "tier_since": (as_of - timedelta(days=dice.randrange(300))).isoformat(), "below_exit": dice.randrange(3),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else ENROLMENTS)))
