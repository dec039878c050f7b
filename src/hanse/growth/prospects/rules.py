"""Rules of the pipeline: what a step is, when a card is stale, how fast and how far prospects go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hanse.growth.prospects.types import OPEN_STAGES, PipelineReport, StageReport, Step

STALE_DAYS: Mapping[str, int] = {
    "prospect": 30, "qualified": 14, "contacted": 7, "talks": 14, "signed": 14, "onboarding": 21,
}  # fmt: skip
_PLACE = {stage: place for place, stage in enumerate(OPEN_STAGES)}


def is_stale(stage: str, changed_at: datetime, now: datetime) -> bool:
    """Say whether nothing happened for longer than a stage allows. Who is active or closed is never stale."""
    days = STALE_DAYS.get(stage)
    return days is not None and changed_at <= now - timedelta(days=days)


def next_stage(stage: str) -> str:
    """Return the stage that usually follows, or nothing after the last and for closed ones."""
    place = _PLACE.get(stage)
    return OPEN_STAGES[place + 1] if place is not None and place + 1 < len(OPEN_STAGES) else ""


def is_before(stage: str, other: str) -> bool:
    """Say whether an open stage comes before another; closed ones are before none."""
    return stage in _PLACE and _PLACE[stage] < _PLACE[other]


def furthest(steps: Iterable[Step]) -> int:
    """Return how far a prospect ever came, as the place of the stage."""
    return max((_PLACE[step.to_stage] for step in steps if step.to_stage in _PLACE), default=0)


def stays(steps: Sequence[Step]) -> list[tuple[str, timedelta]]:
    """Return the stays that ended, from steps in order of time; the one that lasts still is left out."""
    pairs = pairwise(steps)
    return [(one.to_stage, following.at - one.at) for one, following in pairs if one.to_stage in _PLACE]


def median(spans: Sequence[timedelta]) -> timedelta | None:
    """Return the middle span, of two the mean; nothing of nothing."""
    if not spans:
        return None
    ordered, half = sorted(spans), len(spans) // 2
    return ordered[half] if len(spans) % 2 else (ordered[half - 1] + ordered[half]) / 2


def report(histories: Iterable[Sequence[Step]]) -> PipelineReport:
    """Count a pipeline: who stands where, who reached each stage (skipped ones count), how long stays lasted.

    Each history is one prospect's steps in order of time. Who went from talks to closed had reached talks.
    """
    here, reached = dict.fromkeys(OPEN_STAGES, 0), [0] * len(OPEN_STAGES)
    spans: dict[str, list[timedelta]] = {stage: [] for stage in OPEN_STAGES}
    closed = everybody = 0
    for steps in histories:
        if not steps:
            continue
        everybody += 1
        last = steps[-1].to_stage
        closed += last not in here
        if last in here:
            here[last] += 1
        for place in range(furthest(steps) + 1):
            reached[place] += 1
        for stage, span in stays(steps):
            spans[stage].append(span)
    further = [*reached[1:], 0]
    rows = [
        StageReport(stage, here[stage], reached[place], further[place], len(spans[stage]), median(spans[stage]))
        for place, stage in enumerate(OPEN_STAGES)
    ]
    return PipelineReport(rows, closed, everybody)
