"""Reads of sequences: what there is, who is on the way, and how far it carries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from hanse.growth.sends.models import Send
from hanse.growth.sequences.models import Journey, Sequence, SequenceStep
from hanse.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people entered a sequence, are on the way, were stopped early, went to its end, or are held out."""

    entered: int = 0
    on_the_way: int = 0
    stopped: int = 0
    done: int = 0
    held_out: int = 0
    letters: int = 0


def sequences_of(program_id: UUID) -> QuerySet[Sequence]:
    """Return a program's sequences: running first, then by name; ended ones last."""
    order = ("ended_at", "-started_at", "name", "id")
    rows = Sequence.objects.filter(program_id=program_id)
    return rows.order_by(F("ended_at").asc(nulls_first=True), *order[1:])


def sequence_by_id(program_id: UUID, sequence_id: UUID) -> Sequence:
    """Return one sequence of a program. Raises NotFound."""
    found = Sequence.objects.filter(program_id=program_id, pk=sequence_id).first()
    if found is None:
        raise NotFound("sequence")
    return found


def steps_of(sequence_ids: Collection[UUID]) -> list[SequenceStep]:
    """Return the steps of sequences with their letters, in order. One query."""
    rows = SequenceStep.objects.filter(sequence__in=list(sequence_ids), archived_at=None)
    return list(rows.select_related("message").order_by("sequence", "position"))


def counts_of(sequence_ids: Collection[UUID]) -> dict[UUID, Counted]:
    """Return how far people came in sequences. Two queries; whoever the condition did not mean is not counted."""
    rows = Journey.objects.filter(sequence__in=list(sequence_ids)).exclude(ended_why="not_meant").order_by()
    counted: Any = rows.values("sequence").annotate(
        entered=Count("id"),
        on_the_way=Count("id", filter=Q(ended_at=None, is_held_out=False)),
        stopped=Count("id", filter=Q(ended_why__startswith="stop:")),
        done=Count("id", filter=Q(ended_why="done")),
        held_out=Count("id", filter=Q(is_held_out=True)),
    )
    letters = dict(
        Send.objects.filter(step__sequence__in=list(sequence_ids), letter_id__isnull=False)
        .order_by().values_list("step__sequence").annotate(n=Count("id"))
    )  # fmt: skip
    found = {}
    for row in counted:
        pk = row.pop("sequence")
        found[pk] = Counted(**row, letters=letters.get(pk, 0))
    return found


def journeys_of(sequence_id: UUID) -> QuerySet[Journey]:
    """Return who entered a sequence, the latest first, with the partner; `waits`: a letter of it is still to go."""
    planned = Send.objects.filter(journey=OuterRef("pk"), state=Send.State.PLANNED)
    rows = Journey.objects.filter(sequence_id=sequence_id).exclude(ended_why="not_meant")
    rows = rows.annotate(waits=Exists(planned))
    return rows.select_related("enrolment__partner", "tier").order_by("-entered_at", "-id")
