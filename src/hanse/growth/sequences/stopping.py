"""Stopping: whether something happened that makes the rest of a sequence pointless."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from hanse.growth.sends.models import Send
from hanse.growth.sequences.happenings import Asked, happened
from hanse.growth.sequences.models import Journey, Sequence


def stopped_journeys(journeys: Collection[Journey], now: datetime) -> dict[UUID, str]:
    """Return the journeys after whose beginning something happened that stops them, with what it was.

    Needs `sequence` fetched. One query for each program and kind of stop.
    """
    groups: dict[tuple[UUID, str], list[Journey]] = defaultdict(list)
    for journey in journeys:
        for kind in journey.sequence.stop_when:
            groups[journey.sequence.program_id, kind].append(journey)
    found: dict[UUID, str] = {}
    for (program_id, kind), theirs in groups.items():
        since = min(one.entered_at for one in theirs)
        asked = Asked(program_id, since, now + timedelta(microseconds=1), {one.enrolment_id for one in theirs})
        last = {one.enrolment_id: one.at for one in happened(kind, asked)}
        for one in theirs:
            at = last.get(one.enrolment_id)
            if at is not None and at > one.entered_at:
                found.setdefault(one.pk, kind)
    return found


def stopped_steps(sends: Iterable[Send], now: datetime) -> set[UUID]:
    """Return the letters of sequences that must not go any more: caps may have kept them while something happened.

    One that ended sends nothing either; letters of one at rest wait.
    """
    steps = [send for send in sends if send.step_id is not None and send.journey_id is not None]
    journeys = {
        one.pk: one
        for one in Journey.objects.filter(pk__in={send.journey_id for send in steps}).select_related("sequence")
    }
    stopped = set(stopped_journeys(list(journeys.values()), now))
    stopped |= {pk for pk, one in journeys.items() if one.sequence.state == Sequence.State.ENDED}
    return {send.pk for send in steps if send.journey_id in stopped}
