"""What waits for a person, most valuable first."""

from __future__ import annotations

from uuid import UUID

from hanse.growth.recruiting.models import Application
from hanse.growth.today.types import NavCounts
from hanse.programs.enrolments.models import Enrolment


def nav_counts(program_id: UUID) -> NavCounts:
    """Return the counts of the side nav: things to do, partners that are not gone, applications that wait."""
    partners = Enrolment.objects.filter(program_id=program_id, is_test=False).exclude(status=Enrolment.Status.ENDED)
    waiting = Application.objects.filter(program_id=program_id, status=Application.Status.WAITING)
    return NavCounts(0, partners.count(), waiting.count())
