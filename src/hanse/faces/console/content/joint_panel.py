"""What a partner's page says of joint projects: what is open, on whom it waits, and what was done last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hanse.faces.common.joint_words import PREFIX, kind_words, stage_words
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.queries import latest_for
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Joint:
    """One project in a line."""

    row: JointProject
    id: str
    kind: str
    word: tuple[str, str]


def joint_panel(enrolment: Enrolment, now: datetime) -> Sequence[Joint]:
    """Return a partner's open projects, then the last that are over. Two queries."""
    found = latest_for(enrolment.pk, now)
    found.sort(key=lambda one: one[1] in ("done", "declined", "cancelled"))
    return [
        Joint(row, text_id(PREFIX, row.pk), kind_words(row.kind), stage_words(stage)) for row, stage in found[:_SHOWN]
    ]
