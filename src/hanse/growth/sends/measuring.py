"""Measuring: who did what a letter was for, in time; those who were held out alike.

Both arms count from the same moment (when the letter was due, when the sequence was entered) and hold everybody who was
drawn, also those whose letter was dropped: else one would compare the willing with everybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.sends.models import Send
from hanse.growth.sequences.happenings import Asked, happened
from hanse.growth.sequences.models import Journey, Sequence

HAPPENING: Final = {
    "sale": "sale", "click": "click", "link": "link_made", "login": "portal_login", "reply": "replied",
}  # fmt: skip
_LATE = timedelta(days=3)  # what happened in time may become known late


def measured_newsletters(now: datetime) -> list[Newsletter]:
    """Return the newsletters whose time to act runs, or ended lately."""
    rows = Newsletter.objects.exclude(action="").filter(send_at__lte=now, state__in=("sending", "sent"))
    return [one for one in rows if one.send_at and now < one.send_at + timedelta(days=one.action_days) + _LATE]


def note_newsletter_actions(newsletter: Newsletter, now: datetime) -> int:
    """Note who of a newsletter's people did what it was for. Returns how many were new. One query and updates."""
    assert newsletter.send_at is not None
    until = newsletter.send_at + timedelta(days=newsletter.action_days)
    moments = _moments(newsletter.program_id, newsletter.action, newsletter.send_at, min(until, now))
    rows = Send.objects.filter(newsletter=newsletter, acted_at=None).only("id", "enrolment_id", "due_at")
    fresh = []
    for one in _among(rows, moments):
        one.acted_at = moments[one.enrolment_id][0]
        fresh.append(one)
    Send.objects.bulk_update(fresh, ["acted_at"], batch_size=200)
    return len(fresh)


def measured_sequences(now: datetime) -> list[Sequence]:
    """Return the sequences that are measured and have not ended long ago."""
    return list(Sequence.objects.exclude(action="").exclude(state=Sequence.State.DRAFT))


def note_sequence_actions(sequence: Sequence, now: datetime) -> int:
    """Note who entered a sequence and then did what it is for, in time. Returns how many were new."""
    span = timedelta(days=sequence.action_days)
    open_ones = Journey.objects.filter(sequence=sequence, acted_at=None, entered_at__gt=now - span - _LATE)
    rows = list(open_ones.exclude(ended_why="not_meant").only("id", "enrolment_id", "entered_at"))
    if not rows:
        return 0
    moments = _moments(sequence.program_id, sequence.action, min(one.entered_at for one in rows), now)
    fresh = []
    for one in rows:
        found = [at for at in moments.get(one.enrolment_id, ()) if one.entered_at < at <= one.entered_at + span]
        if found:
            one.acted_at = found[0]
            fresh.append(one)
    Journey.objects.bulk_update(fresh, ["acted_at"], batch_size=200)
    return len(fresh)


def _moments(program_id: UUID, action: str, since: datetime, until: datetime) -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for one in happened(HAPPENING[action], Asked(program_id, since, until)):
        if one.at > since:
            found[one.enrolment_id].append(one.at)
    return found


def _among(rows: Iterable[Send], moments: dict[UUID, list[datetime]]) -> Iterable[Send]:
    return (one for one in rows if one.enrolment_id in moments)
