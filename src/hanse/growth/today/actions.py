"""Verbs of today."""

from __future__ import annotations

from datetime import datetime

from hanse.growth.today.models import Snooze
from hanse.growth.today.queries import forget_count
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program


def snooze(program: Program, key: str, *, until: datetime, now: datetime, by: str) -> Snooze:
    """Put a thing off until a moment; put off again, the new moment holds. Refuses a moment that is past."""
    if until <= now or not key or len(key) > 120:
        raise Refused("snooze_past", "A thing can only be put off until later.")
    row, _made = Snooze.objects.update_or_create(
        program=program, key=key,
        defaults={"until": until, "snoozed_by": by[:200], "snoozed_at": now}, create_defaults={
            "id": new_id(now), "until": until, "snoozed_by": by[:200], "snoozed_at": now,
        },
    )  # fmt: skip
    forget_count(program.id)
    return row


def wake(program: Program, key: str = "") -> int:
    """Bring a thing that was put off back at once, or all of them. Returns how many."""
    rows = Snooze.objects.filter(program=program)
    count, _by_model = (rows.filter(key=key) if key else rows).delete()
    forget_count(program.id)
    return count
