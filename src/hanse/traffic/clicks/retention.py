"""Forgetting raw clicks: after the retention time a click is a number in the rollups and nothing more."""

from __future__ import annotations

from datetime import datetime

from hanse.programs.programs.models import Program
from hanse.traffic.clicks.models import Click, ClicksForgotten
from hanse.traffic.clicks.types import NOBODY


def forget_clicks(before: datetime, limit: int) -> int:
    """Delete up to `limit` clicks that occurred before a moment and return how many; fewer mean that none is left.

    `note_forgotten` comes first, in a transaction of its own: clicks may live in another store than the note.
    """
    gone = 0
    for program_id in (*Program.objects.values_list("id", flat=True), NOBODY):
        old = Click.objects.filter(program_id=program_id, occurred_at__lt=before).order_by("occurred_at")
        ids = list(old.values_list("id", flat=True)[: limit - gone])
        gone += Click.objects.filter(id__in=ids, occurred_at__lt=before).delete()[0]
        if gone >= limit:
            break
    return gone


def note_forgotten(before: datetime) -> None:
    """Note from when on the clicks are complete; an earlier moment than the one known changes nothing."""
    note, is_new = ClicksForgotten.objects.get_or_create(id=1, defaults={"before": before})
    if not is_new:
        ClicksForgotten.objects.filter(id=note.id, before__lt=before).update(before=before)


def clicks_complete_since() -> datetime | None:
    """Return the moment before which clicks have been forgotten, or None while all are there."""
    return ClicksForgotten.objects.filter(id=1).values_list("before", flat=True).first()
