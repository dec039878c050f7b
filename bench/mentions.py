"""How long it takes to read the names out of 100,000 mentions and to bring their spellings together."""

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

MENTIONS = 100_000
BAR_SECONDS = 60
_FIRST = (
    "paper", "slow", "copper", "salt", "moss", "juniper", "velvet", "hollow", "quiet", "amber", "winter", "harbour",
    "little", "brass", "ivory", "fern",
)  # fmt: skip
_SECOND = (
    "orchard", "larder", "kettle", "saddle", "street", "post", "robin", "lantern", "corner", "button", "mantel",
    "thicket", "ferry", "meadow",
)  # fmt: skip
_KINDS = ("", "", "", " podcast", " blog", " show", " daily", " notes")


def run(size: int = MENTIONS) -> dict[str, Any]:
    """Measure and return the figures: `seconds` for reading, grouping and storing them in one import."""
    with tempfile.TemporaryDirectory(prefix="hanse-bench-") as name:
        open_installation(Path(name))
        return {"bench": "mentions", **_measured(size)}


def _measured(size: int) -> dict[str, Any]:
    from django.db import transaction

    from hanse.growth.mentions.actions import take_answers
    from hanse.growth.mentions.models import Candidate, Spelling
    from hanse.growth.mentions.types import GivenAnswer
    from hanse.programs.programs.actions import create_program

    now = datetime(2026, 10, 1, tzinfo=UTC)
    program = create_program(name="Bench", slug="bench", currency="EUR", now=now, by="bench")
    dice = random.Random(7)  # noqa: S311  # the same invented answers each time, no secret
    names = _names(dice)
    weights = [1 / (place + 3) for place in range(len(names))]
    drawn = dice.choices(names, weights, k=size)
    given, place = [], 0
    while place < size:
        take = dice.choice((1, 1, 2, 3))
        text = ", ".join(_misspelt(one, dice) for one in drawn[place : place + take])
        given.append(GivenAnswer(text, now - timedelta(minutes=place), person=f"c{place}"))
        place += take
    began = time.perf_counter()
    with transaction.atomic():
        taken = take_answers(program, given, now=now, by="bench")
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    with transaction.atomic():
        again = take_answers(program, given, now=now, by="bench")
    assert again.new == 0
    return {
        "seconds": round(seconds, 2), "mentions": taken.mentions, "answers": len(given), "names": len(names),
        "spellings": Spelling.objects.count(), "candidates": Candidate.objects.count(),
        "again_seconds": round(time.perf_counter() - began, 2), "bar_seconds": BAR_SECONDS,
    }  # fmt: skip


def _names(dice: random.Random) -> list[str]:
    """Return ten thousand different names, the better known ones first."""
    found: dict[str, None] = {}
    while len(found) < 10_000:
        number = dice.randrange(1, 60)
        tail = f" {number}" if dice.random() < 0.5 else ""
        words = f"{dice.choice(_FIRST)} {dice.choice(_SECOND)} {dice.choice(_FIRST)}{dice.choice(_KINDS)}{tail}"
        found[words.title()] = None
    return list(found)


def _misspelt(name: str, dice: random.Random) -> str:
    """Return a name as somebody writes it: small, as a handle, with an article, with a letter left out."""
    chance = dice.random()
    if chance < 0.4:
        return name
    if chance < 0.7:
        return name.lower()
    if chance < 0.8:
        return "@" + name.replace(" ", "").lower()
    if chance < 0.9:
        return f"the {name}"
    place = dice.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1 :]


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else MENTIONS)))
