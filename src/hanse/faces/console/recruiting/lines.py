"""How a partner came to us, on their timeline: the invitation, the application with its answers, the decision."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from hanse.faces.console.timeline_words import Line
from hanse.growth.recruiting.models import Application
from hanse.programs.enrolments.models import Enrolment

_MOST = 5


def joining_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return what led to an enrolment. One query, none under topics that it does not belong to."""
    if topic not in ("", "standing"):
        return []
    rows = Application.objects.filter(program_id=enrolment.program_id, partner_id=enrolment.partner_id)
    found = rows.select_related("invitation").order_by("-sent_at")[:_MOST]
    return [line for row in found for line in _of(row)]


def _of(row: Application) -> Iterator[Line]:
    if row.invitation is not None:
        yield Line(row.invitation.sent_at, "send", _("Invited to apply"), row.invitation.sent_by)
    answers = [f"{one['question']} {_answer(one['answer'])}" for one in row.answers]
    yield Line(row.sent_at, "clipboard-list", _("Applied"), " · ".join([row.message[:200], *answers])[:600])
    if row.decided_at is not None and row.status == Application.Status.APPROVED:
        yield Line(row.decided_at, "user-check", _("Taken in"), row.decided_by, is_sea=True)


def _answer(answer: object) -> str:
    return (_("yes") if answer else _("no")) if isinstance(answer, bool) else str(answer)
