"""What a partner's page says of agreed work: what is open, on whom it waits, and what was done last."""

from __future__ import annotations

from dataclasses import dataclass

from hanse.faces.common.deliverable_words import id_of, state_words, waits_of, waits_words
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.queries import deliverables_with
from hanse.growth.deliverables.rules import DONE
from hanse.programs.enrolments.models import Enrolment

_READ, _PAST = 40, 3


@dataclass(frozen=True, slots=True)
class Work:
    """One deliverable in a line."""

    row: Deliverable
    id: str
    state: tuple[str, str]
    waits: str
    is_late: bool


def work_panel(enrolment: Enrolment) -> list[Work]:
    """Return a partner's open deliverables, and the last few that were accepted. One query."""
    rows = list(deliverables_with([enrolment.pk]).order_by("-due_on", "-id")[:_READ])
    found = [_work(row) for row in rows]
    still = [one for one in found if one.waits]
    return [*reversed(still), *[one for one in found if not one.waits and one.row.state in DONE][:_PAST]]


def _work(row: Deliverable) -> Work:
    found = waits_of(row)
    words = waits_words(found, row.enrolment.partner.name)
    return Work(row, id_of(row), state_words(row.state), words, bool(found and found.days_late))
