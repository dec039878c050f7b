"""Verbs of sequences: keeping one with its steps, switching it on, letting it rest, ending it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Many
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db.models import Case, F, PositiveSmallIntegerField, Value, When
from django.utils.translation import gettext as _

from hanse.growth.sends.models import Send
from hanse.growth.sends.types import ACTIONS
from hanse.growth.sequences.models import Journey, Sequence, SequenceStep
from hanse.growth.sequences.reading import read_stops, read_trigger, read_when
from hanse.growth.sequences.rules import moved_places
from hanse.growth.sequences.walking import newest_versions
from hanse.growth.templates.models import MessageTemplate
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

MOST_STEPS = 20
LONGEST_WAIT = 365
MOST_HELD_OUT = 500_000


class SequenceFields(TypedDict):
    """What a sequence is made of: `holdout_ppm` get nothing, to see what the others do within `action_days`."""

    name: str
    trigger: object
    steps: Many[Mapping[str, object]]
    condition: NotRequired[object]
    stop_when: NotRequired[object]
    holdout_ppm: NotRequired[int]
    action: NotRequired[str]
    action_days: NotRequired[int]


def keep_sequence(
    program: Program, *, now: datetime, by: str, instead_of: Sequence | None = None, **fields: Unpack[SequenceFields]
) -> Sequence:
    """Keep a sequence as a draft; `instead_of` is changed in its place. It sends nothing before it is switched on.

    Each step is {"message": id of a letter, "wait_days": days after the one before, "condition"?: …}. A
    running sequence rests before it is changed; who is on the way goes on with the new steps. Raises Invalid with every
    place.
    """
    if instead_of is not None and instead_of.state in (Sequence.State.RUNNING, Sequence.State.ENDED):
        raise Refused("sequence_runs", _("Let the sequence rest first; then it can be changed."))
    values, read = _checked(program, fields, instead_of, now)
    if instead_of is not None:
        audited_save(instead_of, values, actor=by, verb="change_sequence", now=now)
        _replace_steps(instead_of, read, now)
        return instead_of
    row = Sequence.objects.create(id=new_id(now), program=program, created_at=now, created_by=by[:200], **values)
    _replace_steps(row, read, now)
    record_creation(row, actor=by, verb="keep_sequence", fields=("name", "trigger", "condition"), now=now)
    return row


def start_sequence(sequence: Sequence, *, now: datetime, by: str) -> None:
    """Switch a sequence on. What happened before, or while it rested, begins nothing; who is on the way goes on.

    Twice changes nothing. Refuses one that has ended, has no step, or has a letter without a version.
    """
    if sequence.state == Sequence.State.ENDED:
        raise Refused("sequence_ended", _("This sequence has ended. Make a new one."))
    if sequence.state == Sequence.State.RUNNING:
        return  # beginning anew would forget what was not looked at yet, or is told late
    steps = list(SequenceStep.objects.filter(sequence=sequence, archived_at=None).select_related("message"))
    versions = newest_versions({step.message_id for step in steps})
    missing = next((step.message.name for step in steps if step.message_id not in versions), None)
    if not steps or missing:
        message = (
            _("Nothing is written in “%(name)s” yet.") % {"name": missing} if missing else _("Add a letter first.")
        )
        raise Refused("nothing_to_send", message)
    values = {"state": Sequence.State.RUNNING, "started_at": now, "swept_until": now}
    audited_save(sequence, values, actor=by, verb="start_sequence", now=now)


def rest_sequence(sequence: Sequence, *, now: datetime, by: str) -> None:
    """Let a running sequence rest: nobody enters, nothing goes; what is planned waits until it is switched on again."""
    if sequence.state != Sequence.State.RUNNING:
        raise Refused("not_running", _("This sequence does not run."))
    audited_save(sequence, {"state": Sequence.State.PAUSED}, actor=by, verb="rest_sequence", now=now)


def end_sequence(sequence: Sequence, *, now: datetime, by: str) -> int:
    """End a sequence for good; planned letters of it are dropped. Returns how many ways it ended."""
    if sequence.state == Sequence.State.ENDED:
        return 0
    audited_save(
        sequence, {"state": Sequence.State.ENDED, "ended_at": now}, actor=by, verb="end_sequence", now=now
    )  # fmt: skip
    planned = Send.objects.filter(step__sequence=sequence, state=Send.State.PLANNED)
    planned.update(state=Send.State.DROPPED, dropped_at=now, dropped_why="stopped")
    ways = Journey.objects.filter(sequence=sequence, ended_at=None, is_held_out=False)
    return ways.update(ended_at=now, ended_why="stop:sequence", next_at=None)


def take_out(journey: Journey, *, now: datetime, by: str) -> None:
    """Take one partner out of a sequence: no more letters of it, its last one neither. Twice changes nothing."""
    planned = Send.objects.filter(journey=journey, state=Send.State.PLANNED)
    waited = planned.update(state=Send.State.DROPPED, dropped_at=now, dropped_why="stopped")
    if journey.ended_at is not None and not waited:
        return
    Journey.objects.filter(pk=journey.pk).update(ended_at=now, ended_why="stop:by_hand", next_at=None)
    record_change(
        actor=by, verb="take_out_of_sequence", subject_kind="journey", subject_id=journey.pk,
        before={}, after={"ended_why": "stop:by_hand"}, now=now,
    )  # fmt: skip


def _checked(
    program: Program, fields: SequenceFields, instead_of: Sequence | None, now: datetime
) -> tuple[dict[str, Any], list[tuple[UUID, int, object]]]:
    """Return the columns and the steps. Raises Invalid with every place."""
    checks, action, holdout_ppm = Checks(), fields.get("action", ""), fields.get("holdout_ppm", 0)
    values = {
        "name": checks.text("name", fields["name"], 120, required=True),
        "trigger": read_trigger(fields["trigger"], checks),
        "condition": read_when(fields.get("condition"), checks),
        "stop_when": read_stops(fields.get("stop_when", ()), checks),
        "holdout_ppm": checks.whole_number("holdout_ppm", holdout_ppm, 0, MOST_HELD_OUT),
        "action": checks.one_of("action", action, ("", *ACTIONS)),
        "action_days": checks.whole_number("action_days", fields.get("action_days", 14), 1, 90),
    }
    if holdout_ppm and not action:
        checks.refuse("action", _("Say what to compare: without it a holdout shows nothing."), "required")
    same = Sequence.objects.filter(program=program, name=values["name"], ended_at=None)
    if same.exclude(pk=instead_of.pk if instead_of else new_id(now)).exists():
        checks.refuse("name", _("Another sequence has this name."), "taken")
    read = _read_steps(program, fields["steps"], checks)
    checks.done()
    return values, read


def _read_steps(program: Program, steps: Many[Mapping[str, object]], checks: Checks) -> list[tuple[UUID, int, object]]:
    if not 1 <= len(steps) <= MOST_STEPS:
        message = _("A sequence has 1 to %(limit)d letters.") % {"limit": MOST_STEPS}
        checks.refuse("steps", message, "out_of_range")
        return []
    own = {
        str(pk): pk
        for pk in MessageTemplate.objects.filter(program=program, archived_at=None).values_list("id", flat=True)
    }
    read = []
    for place, step in enumerate(steps):
        inner = Checks(f"/steps/{place}")
        letter = own.get(str(step.get("message", "")))
        if letter is None:
            inner.refuse("message", _("Choose a letter of this program."), "not_an_option")
        wait = inner.whole_number("wait_days", step.get("wait_days", 0), 0, LONGEST_WAIT)
        when = read_when(step.get("condition"), inner, f"/steps/{place}/condition")
        checks.problems += inner.problems
        if letter is not None:
            read.append((letter, wait, when))
    return read


def _replace_steps(sequence: Sequence, steps: Many[tuple[UUID, int, object]], now: datetime) -> None:
    """Keep the steps that stay as they are (their letters are known by them), put others away, add new ones."""
    present = {step.position: step for step in sequence.steps.filter(archived_at=None)}
    _move_ways(sequence, [present[place].message_id for place in sorted(present)], [message for message, *_ in steps])
    for position, (message, wait, when) in enumerate(steps):
        old = present.pop(position, None)
        if old is not None and (old.message_id, old.wait_days, old.condition) == (message, wait, when):
            continue
        if old is not None:
            SequenceStep.objects.filter(pk=old.pk).update(archived_at=now)
        SequenceStep.objects.create(
            id=new_id(now), sequence=sequence, position=position, wait_days=wait, message_id=message, condition=when
        )
    SequenceStep.objects.filter(pk__in=[step.pk for step in present.values()]).update(archived_at=now)


def _move_ways(sequence: Sequence, before: Many[UUID], after: Many[UUID]) -> None:
    """Let whoever is on the way go on behind the letters that they had, wherever those stand now: nobody gets one
    twice.
    """
    places = moved_places(before, after)
    moved = [When(next_position=old, then=Value(new)) for old, new in enumerate(places) if old != new]
    if moved:
        Journey.objects.filter(sequence=sequence, ended_at=None).update(
            next_position=Case(*moved, default=F("next_position"), output_field=PositiveSmallIntegerField())
        )
