"""Ladder arithmetic: which step a total has reached, and how a value is cut into slices."""

from __future__ import annotations

from hanse.kernel.money import PPM
from hanse.programs.terms.types import Ladder


def step_index(clause: Ladder, total: int) -> int:
    """Return the index of the step that a total has reached, −1 below the first.

    Value totals are in millionths of a minor unit and their steps begin *above* `start`: a total exactly at a boundary
    is still on the lower step. Counts reach a step at its `start`.
    """
    found = -1
    for index, step in enumerate(clause.steps):
        if total > step.start * PPM if clause.metric == "value" else total >= step.start:
            found = index
    return found


def reached(clause: Ladder, total: int) -> int:
    """Return the rate of the step that a total has reached, in parts per million; 0 below the first."""
    index = step_index(clause, total)
    return clause.steps[index].rate_ppm if index >= 0 else 0


def passed_step(clause: Ladder, before: int, after: int) -> bool:
    """Say whether the rate moves from one step to another; beginning on a step that starts at 0 is no move."""
    lowest = 0 if clause.steps[0].start == 0 else -1
    return max(step_index(clause, before), lowest) != max(step_index(clause, after), lowest)


def slices(clause: Ladder, start: int, end: int) -> list[tuple[int, int]]:
    """Cut the way from one total to another (millionths of a minor unit) at the steps: [(part, rate in ppm)].

    On the way down the parts are negative. What lies below the first step has no rate and is left out.
    """
    low, high, sign = (start, end, 1) if end >= start else (end, start, -1)
    found = []
    for index, step in enumerate(clause.steps):
        if step.start * PPM >= high:
            break
        top = clause.steps[index + 1].start * PPM if index + 1 < len(clause.steps) else high
        part = min(high, top) - max(low, step.start * PPM)
        if part > 0:
            found.append((sign * part, step.rate_ppm))
    return found
