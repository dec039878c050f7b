"""Walking: who enters a running sequence, and whose next letter is due. Run by the clock, safe to run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence as Many
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet

from hanse.growth.sends.planning import Planned, plan_letters
from hanse.growth.sends.rules import is_held_out
from hanse.growth.sends.strategic import strategic_among
from hanse.growth.sends.types import Priority
from hanse.growth.sequences.meaning import meant
from hanse.growth.sequences.models import Journey, Sequence, SequenceStep
from hanse.growth.sequences.reading import trigger_of
from hanse.growth.sequences.rules import spaced
from hanse.growth.sequences.stopping import stopped_journeys
from hanse.growth.sequences.triggers import occurrences
from hanse.growth.sequences.types import Happened
from hanse.growth.templates.models import MessageVersion
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment

LOOK_BACK = timedelta(days=3)  # facts may come late; what began a sequence already begins it no more
LONGEST_SWEEP = timedelta(days=1)
_LATE = timedelta(hours=6)


def newcomers(sequence: Sequence, now: datetime) -> tuple[list[Happened], datetime]:
    """Return those whom the trigger named since the last look, and until when was looked: at most a day in one go."""
    assert sequence.started_at is not None
    swept = sequence.swept_until or sequence.started_at
    until = min(now, swept + LONGEST_SWEEP)
    since = max(sequence.started_at, swept - LOOK_BACK)
    return _without_known(sequence, occurrences(sequence.program_id, trigger_of(sequence.trigger), since, until)), until


def let_in(sequence: Sequence, part: Many[Happened], now: datetime) -> bool:
    """Let in some of those who were named, in their order. One transaction.

    Returns False, and lets in nobody, where the sequence was laid to rest, or begun anew, since it was read.
    """
    if not _runs(sequence).select_for_update().exists():
        return False
    Journey.objects.bulk_create(_journeys(sequence, part, now), ignore_conflicts=True)
    return True


def note_swept(sequence: Sequence, until: datetime) -> None:
    """Note that everybody who was named until a moment is in."""
    _runs(sequence).update(swept_until=until)
    sequence.swept_until = until


def _runs(sequence: Sequence) -> QuerySet[Sequence]:
    return Sequence.objects.filter(pk=sequence.pk, state=Sequence.State.RUNNING, started_at=sequence.started_at)


def _without_known(sequence: Sequence, found: Many[Happened]) -> list[Happened]:
    people = {one.enrolment_id for one in found}
    rows = Journey.objects.filter(sequence=sequence)
    rows = rows.filter(enrolment__in=people) if len(people) <= 500 else rows
    known = set(rows.values_list("enrolment_id", "occurrence"))
    return [one for one in found if (one.enrolment_id, one.mark) not in known]


def _journeys(sequence: Sequence, fresh: Many[Happened], now: datetime) -> list[Journey]:
    """Make ways for those who are meant and not again too soon; others are noted as over at once: nobody asks again."""
    ids = {one.enrolment_id for one in fresh}
    enrolments = {one.pk: one for one in Enrolment.objects.filter(pk__in=ids)}
    wanted = meant(sequence.program_id, sequence.condition, ids, now)
    named = [one for one in fresh if one.enrolment_id in wanted]
    may = set(spaced(named, trigger_of(sequence.trigger), _last(sequence, ids)))
    strategic = strategic_among(sequence.program_id, ids) if sequence.holdout_ppm else set()
    first = sequence.steps.filter(archived_at=None).order_by("position").first()
    journeys = []
    for one in fresh:
        enrolment = enrolments[one.enrolment_id]
        ended = "" if one in may and enrolment.status == "active" else "not_meant"
        is_out = one.is_left_alone or (
            one.enrolment_id not in strategic
            and is_held_out(f"sequence:{sequence.pk}", one.enrolment_id, sequence.holdout_ppm)
        )
        journeys.append(
            Journey(
                id=new_id(now), sequence=sequence, enrolment=enrolment, occurrence=one.mark, entered_at=one.at,
                is_held_out=is_out and not ended, is_drawn=one.enrolment_id not in strategic, tier_id=enrolment.tier_id,
                next_position=first.position if first else 0,
                next_at=None if ended or is_out or first is None else one.at + timedelta(days=first.wait_days),
                ended_at=now if ended else None, ended_why=ended,
            )
        )  # fmt: skip
    return journeys


def _last(sequence: Sequence, ids: set[UUID]) -> dict[UUID, datetime]:
    rows = Journey.objects.filter(sequence=sequence, enrolment__in=ids).exclude(ended_why="not_meant").order_by()
    return dict(rows.values_list("enrolment_id").annotate(last=Max("entered_at")))


def due_journeys(now: datetime, limit: int = 500) -> list[Journey]:
    """Return ways of running sequences whose next letter is due. One query."""
    rows = Journey.objects.filter(
        ended_at=None, next_at__lte=now, is_held_out=False, sequence__state=Sequence.State.RUNNING
    )  # fmt: skip
    return list(rows.select_related("sequence").order_by("next_at", "id")[:limit])


def walk(journeys: Many[Journey], now: datetime) -> int:
    """Plan the next letter of each way, or end it: stopped by what happened, or at its end. One transaction.

    Whoever was taken out since they were read stays out. Returns how many letters were planned.
    """
    journeys = _still_due(journeys, now)
    stopped = stopped_journeys(journeys, now)
    for journey in journeys:
        if journey.pk in stopped:
            journey.ended_at, journey.ended_why, journey.next_at = now, f"stop:{stopped[journey.pk]}"[:20], None
    left = [one for one in journeys if one.pk not in stopped]
    steps = _steps({one.sequence_id for one in left})
    versions = newest_versions({step.message_id for own in steps.values() for step in own})
    planned = []
    for (sequence_id, position), group in _grouped(left).items():
        step = next((one for one in steps.get(sequence_id, []) if one.position >= position), None)
        planned += _take_step(group, step, steps.get(sequence_id, []), versions, now)
    count = plan_letters(planned, reason=Priority.SEQUENCE, now=now)
    Journey.objects.bulk_update(journeys, ["next_position", "next_at", "ended_at", "ended_why"], batch_size=200)
    return count


def _still_due(journeys: Many[Journey], now: datetime) -> list[Journey]:
    """Return the ways that are open still, locked until the end of the transaction."""
    rows = Journey.objects.select_for_update().filter(
        pk__in=[one.pk for one in journeys], ended_at=None, next_at__lte=now
    )  # fmt: skip
    due = set(rows.values_list("pk", flat=True))
    return [one for one in journeys if one.pk in due]


def _take_step(
    group: Many[Journey],
    step: SequenceStep | None,
    steps: Many[SequenceStep],
    versions: dict[UUID, MessageVersion],
    now: datetime,
) -> list[Planned]:
    """Plan one step for ways of one sequence and move them on."""
    if step is None:
        _end(group, now)
        return []
    program_id = group[0].sequence.program_id
    wanted = meant(program_id, step.condition, {one.enrolment_id for one in group}, now)
    version = versions.get(step.message_id)
    planned = [
        Planned(one.enrolment_id, f"journey:{one.pk}:{step.pk}", version, step, one)
        for one in group
        if version is not None and one.enrolment_id in wanted
    ]
    following = next((one for one in steps if one.position > step.position), None)
    if following is None:
        _end(group, now)
        return planned
    for one in group:
        assert one.next_at is not None
        was_due = max(one.next_at, now - _LATE)  # after a rest nobody gets what was missed in one go
        one.next_position, one.next_at = following.position, was_due + timedelta(days=following.wait_days)
    return planned


def _end(group: Many[Journey], now: datetime) -> None:
    for one in group:
        one.ended_at, one.ended_why, one.next_at = now, "done", None


def _grouped(journeys: Many[Journey]) -> dict[tuple[UUID, int], list[Journey]]:
    groups: dict[tuple[UUID, int], list[Journey]] = defaultdict(list)
    for one in journeys:
        groups[one.sequence_id, one.next_position].append(one)
    return groups


def _steps(sequence_ids: set[UUID]) -> dict[UUID, list[SequenceStep]]:
    found: dict[UUID, list[SequenceStep]] = defaultdict(list)
    rows = SequenceStep.objects.filter(sequence__in=sequence_ids, archived_at=None)
    for step in rows.order_by("position"):
        found[step.sequence_id].append(step)
    return found


def newest_versions(message_ids: set[UUID]) -> dict[UUID, MessageVersion]:
    """Return the newest version of each letter that is not put away."""
    rows = MessageVersion.objects.filter(template__in=message_ids, template__archived_at=None)
    return {row.template_id: row for row in rows.select_related("template").order_by("number")}
