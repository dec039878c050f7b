"""Simulation: what a sequence would have sent in the last days, told from history before it is switched on.

The same triggers, conditions, stops, caps and quiet hours as live, with the letters that really went in between. What a
person chose, and facts, are known as they are today.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hanse.growth.reach.queries import barred
from hanse.growth.sends.models import Send
from hanse.growth.sends.rules import Waiting, decide, expiry, is_held_out, zone_of
from hanse.growth.sends.strategic import strategic_among
from hanse.growth.sends.types import Priority
from hanse.growth.sequences.happenings import Asked, happened
from hanse.growth.sequences.meaning import meant
from hanse.growth.sequences.models import Sequence
from hanse.growth.sequences.queries import steps_of
from hanse.growth.sequences.reading import trigger_of
from hanse.growth.sequences.rules import spaced
from hanse.growth.sequences.triggers import occurrences
from hanse.growth.sequences.types import Happened
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment

DAYS = 90


@dataclass(frozen=True, slots=True, order=True)
class WouldSend:
    """One letter that would have gone: when, to whom, which step (from 1)."""

    at: datetime
    enrolment_id: UUID
    step: int


@dataclass(slots=True)
class Simulated:
    """What would have happened. `dropped` counts letters that would not have gone, by why."""

    since: datetime
    until: datetime
    named: int = 0
    entered: int = 0
    held_out: int = 0
    letters: list[WouldSend] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def people(self) -> int:
        """Return how many different enrolments would have got a letter."""
        return len({one.enrolment_id for one in self.letters})


def simulate(sequence: Sequence, now: datetime, days: int = DAYS) -> Simulated:
    """Tell what a sequence would have sent in the last `days`. It writes nothing and sends nothing.

    The number of queries grows with the days only, not with people: conditions are asked once a day that names anybody.
    """
    found = Simulated(now - timedelta(days=days), now)
    named = occurrences(sequence.program_id, trigger_of(sequence.trigger), found.since, now)
    found.named = len(named)
    trigger = trigger_of(sequence.trigger)
    entries = spaced(_meant_by_day(sequence.program_id, sequence.condition, named), trigger, {})
    enrolments = {
        one.pk: one
        for one in Enrolment.objects.filter(pk__in={one.enrolment_id for one in entries}).select_related("partner")
    }
    strategic = strategic_among(sequence.program_id, enrolments) if sequence.holdout_ppm else set()
    entered = []
    for one in entries:
        drawn = is_held_out(f"sequence:{sequence.pk}", one.enrolment_id, sequence.holdout_ppm)
        if one.is_left_alone or (drawn and one.enrolment_id not in strategic):
            found.held_out += 1
        else:
            entered.append(one)
    found.entered = len(entered)
    _send(found, sequence, entered, enrolments)
    return found


def _send(found: Simulated, sequence: Sequence, entered: Many[Happened], enrolments: Mapping[UUID, Enrolment]) -> None:
    steps = steps_of([sequence.pk])
    stops = _stops(sequence, entered, found)
    plan: list[tuple[int, Happened]] = []
    waits = timedelta(0)
    due: dict[tuple[UUID, int, str], datetime] = {}
    for place, step in enumerate(steps, 1):
        waits += timedelta(days=step.wait_days)
        turn = [one for one in entered if one.at + waits <= found.until]
        shifted = [Happened(one.at + waits, one.enrolment_id, one.mark) for one in turn]
        wanted = {(one.enrolment_id, one.mark) for one in _meant_by_day(sequence.program_id, step.condition, shifted)}
        for one in turn:
            if (one.enrolment_id, one.mark) in wanted:
                plan.append((place, one))
                due[one.enrolment_id, place, one.mark] = one.at + waits
    why = _barred(steps, enrolments)
    written = _written({one.partner_id for one in enrolments.values()}, found)
    by_person: dict[UUID, list[tuple[int, Happened]]] = defaultdict(list)
    for place, one in plan:
        partner_id = enrolments[one.enrolment_id].partner_id
        reason = why[place - 1].get(partner_id)
        if reason:
            found.dropped[reason] += 1
        else:
            by_person[partner_id].append((place, one))
    for partner_id, theirs in by_person.items():
        zone = zone_of(enrolments[theirs[0][1].enrolment_id].partner.time_zone)
        _one_person(found, theirs, due, stops, written[partner_id], zone)


def _one_person(
    found: Simulated,
    theirs: Iterable[tuple[int, Happened]],
    due: Mapping[tuple[UUID, int, str], datetime],
    stops: Mapping[UUID, list[datetime]],
    written: Iterable[datetime],
    zone: ZoneInfo,
) -> None:
    """Let one person's letters wait for one another and for the morning, as live."""
    known = sorted(written)
    waiting = []
    for order, (place, one) in enumerate(theirs):
        at = due[one.enrolment_id, place, one.mark]
        waiting.append((at, order, place, one, expiry(Priority.SEQUENCE, at)))
    heapq.heapify(waiting)
    while waiting:
        at, order, place, one, late_at = heapq.heappop(waiting)
        if at > found.until:
            found.dropped["later"] += 1
            continue
        if _stopped(stops.get(one.enrolment_id, []), one.at, at):
            found.dropped["stopped"] += 1
            continue
        before = known[: bisect_right(known, at)]
        decision = decide([Waiting(new_id(at), Priority.SEQUENCE, at, late_at)], before, zone, at)
        if decision.late:
            found.dropped["late"] += 1
        elif decision.go:
            known.insert(bisect_right(known, at), at)
            found.letters.append(WouldSend(at, one.enrolment_id, place))
        else:
            heapq.heappush(waiting, (decision.wait[0][1], order, place, one, late_at))
    found.letters.sort()


def _stopped(moments: Many[datetime], entered_at: datetime, at: datetime) -> bool:
    return bisect_right(moments, at) > bisect_right(moments, entered_at)


def _stops(sequence: Sequence, entered: Many[Happened], found: Simulated) -> dict[UUID, list[datetime]]:
    moments: dict[UUID, list[datetime]] = defaultdict(list)
    ids = {one.enrolment_id for one in entered}
    for kind in sequence.stop_when if ids else ():
        for one in happened(kind, Asked(sequence.program_id, found.since, found.until, ids)):
            moments[one.enrolment_id].append(one.at)
    for theirs in moments.values():
        theirs.sort()
    return moments


def _barred(steps: Many[object], enrolments: Mapping[UUID, Enrolment]) -> list[dict[UUID, str]]:
    people = {one.partner_id for one in enrolments.values()}
    by_kind: dict[str, dict[UUID, str]] = {}
    found = []
    for step in steps:
        kind = step.message.kind  # type: ignore[attr-defined]
        if kind not in by_kind:
            by_kind[kind] = barred(people, kind)
        found.append(by_kind[kind])
    return found


def _written(partner_ids: Collection[UUID], found: Simulated) -> dict[UUID, list[datetime]]:
    rows = Send.objects.filter(
        program__isnull=False, queued_at__gt=found.since - timedelta(days=9), priority__gt=Priority.TRANSACTIONAL
    )
    rows = rows.filter(partner__in=partner_ids) if len(partner_ids) <= 500 else rows
    written: dict[UUID, list[datetime]] = defaultdict(list)
    for partner_id, at in rows.values_list("partner_id", "queued_at"):
        if at is not None:
            written[partner_id].append(at)
    return written


def _meant_by_day(program_id: UUID, condition: object, named: Many[Happened]) -> list[Happened]:
    """Return those whom the condition meant on the day (UTC) on which they were named."""
    if condition is None:
        return list(named)
    days: dict[object, list[Happened]] = defaultdict(list)
    for one in named:
        days[one.at.date()].append(one)
    kept = []
    for theirs in days.values():
        wanted = meant(program_id, condition, {one.enrolment_id for one in theirs}, max(one.at for one in theirs))
        kept += [one for one in theirs if one.enrolment_id in wanted]
    return kept
