"""Verbs of health."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from hanse.growth.health.models import Health
from hanse.growth.health.types import Score
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many, update_many

TRAIL = 26  # weeks


def keep_scores(program: Program, scores: Collection[Score], today: date, now: datetime) -> None:
    """Store the scores of a day in place of those before; a second run on a date gives the same. Three statements."""
    known = {
        row.enrolment_id: row for row in Health.objects.filter(enrolment_id__in=[one.enrolment_id for one in scores])
    }
    fresh, changed = [], []
    for one in scores:
        row = known.get(one.enrolment_id)
        values: dict[str, object] = {
            "score": one.total, "points": _points(one), "trail": _trail(row.trail if row else [], one.total, today),
            "found_on": today,
        }  # fmt: skip
        if row is None:
            fresh.append({"id": new_id(now), "enrolment_id": one.enrolment_id, "program_id": program.pk, **values})
        else:
            changed.append({"id": row.pk, **values})
    insert_many(Health, fresh)
    update_many(Health, changed)


def _points(score: Score) -> list[list[Any]]:
    return [[one.area, one.key, one.points, one.of, dict(one.numbers)] for one in score.points]


def _trail(trail: list[list[Any]], total: int, today: date) -> list[list[Any]]:
    """Keep one score a week: the week's latest, by its Monday's number."""
    week = today.isocalendar()[:2]
    kept = [point for point in trail if point[0] < today.isoformat()]
    if kept and date.fromisoformat(kept[-1][0]).isocalendar()[:2] == week:
        kept = kept[:-1]
    return [*kept, [today.isoformat(), total]][-TRAIL:]
