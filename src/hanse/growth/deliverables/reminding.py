"""Reminding either side of what is due: each reminder once, whoever was down meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.letters import tell_partner, tell_team
from hanse.growth.deliverables.models import Deliverable
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment


def reminders_due(now: datetime, *, after: UUID | None = None, limit: int = 50) -> list[Deliverable]:
    """Return deliverables that wait on somebody, by id `after` one, for `remind`. One query."""
    rows: QuerySet[Deliverable] = Deliverable.objects.filter(
        state__in=(*rules.OPEN, "accepted"), enrolment__is_test=False, program__archived_at=None
    )
    rows = rows.select_related("program", "enrolment__program", "enrolment__partner").order_by("id")
    return list((rows.filter(id__gt=after) if after else rows)[:limit])


def remind(row: Deliverable, now: datetime) -> bool:
    """Write the reminder that is due today, if any, to whom it waits on; each once. Who has left is not reminded.

    Returns whether one went out.
    """
    zone = row.program.time_zone
    name = rules.reminder(row, local_day(now, zone), zone)
    has_left = row.enrolment.status == Enrolment.Status.ENDED
    if not name or name == row.reminded or (has_left and not name.startswith("answer")):
        return False
    claimed = Deliverable.objects.filter(pk=row.pk, state=row.state, reminded=row.reminded).update(reminded=name)
    if not claimed:
        return False
    what, _sign, day = name.partition(":")
    if what == "answer":
        tell_team(row, "answer", now, "", f":{day}")
    else:
        tell_partner(row, "soon" if what == "soon" else "late", now, "", f":{name}")
    return True
