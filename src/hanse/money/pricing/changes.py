"""From earned to owed: what refunds took back, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hanse.money.pricing.types import Step, Tally
from hanse.traffic.conversions.types import SoldConversion


def changes_between(sold: SoldConversion, before: Tally, after: Tally) -> Iterator[Step]:
    """Yield a step for each amount that differs between the order as sold and what is left; they add up exactly.

    `refund` steps name the line that came back; everything else (a cap, a ladder, a bonus that moved) is `repriced`.
    """
    earlier, later = _by_place(before), _by_place(after)
    for place in [*earlier, *(place for place in later if place not in earlier)]:
        amount = later.get(place, (0, {}))[0] - earlier.get(place, (0, {}))[0]
        if not amount:
            continue
        kind, _clause, line = place
        step = later.get(place, earlier.get(place, (0, {})))[1]
        if _came_back(sold, line, step):
            taken = {} if line is None else {"taken": sold.lines[line].amount_minor - sold.lines_left[line]}
            yield {"step": "refund", "of": kind, "line": line, "clause": step.get("clause"), **taken, "amount": amount}
        else:
            yield {"step": "repriced", "of": kind, "line": line, "clause": step.get("clause"), "amount": amount}


Place = tuple[str, Any, Any]


def _by_place(tally: Tally) -> dict[Place, tuple[int, Step]]:
    found: dict[Place, tuple[int, Step]] = {}
    for step in tally.steps:
        place = (step["step"], step.get("clause"), step.get("line"))
        found[place] = (found.get(place, (0, step))[0] + step["amount"], step)
    return found


def _came_back(sold: SoldConversion, line: int | None, step: Step) -> bool:
    if line is not None:
        return sold.lines_left[line] < sold.lines[line].amount_minor
    return step["step"] == "fixed" and any(
        sold.lines_left[index] < sold.lines[index].amount_minor for index in step["lines"]
    )
