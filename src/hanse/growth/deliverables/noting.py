"""Writing down what happens to a deliverable."""

from __future__ import annotations

from datetime import datetime

from hanse.growth.deliverables.models import Deliverable, DeliverableComment
from hanse.growth.deliverables.types import Side
from hanse.kernel.ids import new_id
from hanse.spine.audit.actions import record_change


def locked(deliverable: Deliverable) -> Deliverable:
    """Return the row as it is stored, held until the transaction ends."""
    rows = Deliverable.objects.select_for_update(of=("self",)).select_related(
        "program", "enrolment__program", "enrolment__partner"
    )
    return rows.get(pk=deliverable.pk)


def move_to(row: Deliverable, state: str, now: datetime, **values: object) -> None:
    """Put a deliverable into a state, which begins now."""
    changed = {"state": state, "state_at": now, "unanswered_at": None, **values}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))


def say(row: Deliverable, side: Side, what: str, text: str, now: datetime, by: str) -> DeliverableComment:
    """Keep what a side said, beside the draft that was there."""
    return DeliverableComment.objects.create(
        id=new_id(now), deliverable=row, side=side, what=what, draft_number=row.draft_number, text=text, at=now,
        by=by[:200],
    )  # fmt: skip


def record(row: Deliverable, verb: str, reason: str, now: datetime, by: str) -> None:
    """Keep in the log, and in the partner's timeline, what happened to a deliverable."""
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.enrolment_id, before={},
        after={"name": row.title, "deliverable": row.pk, "state": row.state}, reason=reason, now=now,
    )  # fmt: skip
