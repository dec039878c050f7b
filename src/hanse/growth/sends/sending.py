"""Sending: what is due is decided, filled and queued, each letter once. Deciding reads, queueing writes.

A part is read and decided by `due_part`, filled by `fill_part` outside any transaction, and queued by `queue_part`
inside one: the row and its outbox item change together, so a restart anywhere neither loses nor doubles a letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.reach.queries import barred
from hanse.growth.sends.filling import Filled, fill
from hanse.growth.sends.models import Send
from hanse.growth.sends.rules import Decision, Waiting, decide, next_slot, zone_of
from hanse.growth.sends.types import Priority
from hanse.growth.sequences.models import Sequence
from hanse.growth.sequences.stopping import stopped_steps
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.actions import enqueue_bulk, take_back
from hanse.spine.outbox.models import OutboxItem

_WEEK = timedelta(days=9)  # a calendar week of any time zone, and a little


@dataclass(slots=True)
class Part:
    """Some letters with what happens to them now."""

    go: list[Send] = field(default_factory=list)
    wait: dict[datetime, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    drop: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    filled: dict[UUID, Filled] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Return how many letters are decided about."""
        return len(self.go) + sum(map(len, self.wait.values())) + sum(map(len, self.drop.values()))


def due_part(now: datetime, limit: int = 500) -> Part:
    """Decide about the next letters that are due, with everything else that is due for the same people. Only reads.

    Letters of a sequence at rest wait until it goes on. A fixed number of queries for any number of letters.
    """
    due = Send.objects.filter(state=Send.State.PLANNED, due_at__lte=now)
    due = due.exclude(step__sequence__state=Sequence.State.PAUSED)
    people = list(dict.fromkeys(due.order_by("due_at", "id").values_list("partner_id", flat=True)[:limit]))
    rows = due.filter(partner__in=people).select_related("partner", "enrolment", "program")
    sends = list(rows.order_by("due_at", "id"))
    part = Part()
    left = _without_barred(sends, part, now)
    written: dict[UUID, list[datetime]] = defaultdict(list)
    counted = Send.objects.filter(partner__in=people, queued_at__gt=now - _WEEK, priority__gt=Priority.TRANSACTIONAL)
    for partner_id, moment in counted.values_list("partner_id", "queued_at"):
        if moment is not None:
            written[partner_id].append(moment)
    by_person: dict[UUID, list[Send]] = defaultdict(list)
    for send in left:
        by_person[send.partner_id].append(send)
    for partner_id, theirs in by_person.items():
        waiting = [Waiting(one.pk, Priority(one.priority), one.due_at, one.expires_at) for one in theirs]
        zone = zone_of(theirs[0].partner.time_zone)
        _sort(part, theirs, decide(waiting, written[partner_id], zone, now))
    return part


def _sort(part: Part, sends: Many[Send], decision: Decision) -> None:
    part.go += [send for send in sends if send.pk in decision.go]
    part.drop["late"] += decision.late
    for pk, moment in decision.wait:
        part.wait[moment].append(pk)


def _without_barred(sends: Many[Send], part: Part, now: datetime) -> list[Send]:
    """Leave out what may not go any more: switched off, unreachable, left the program, or stopped by what happened."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for send in sends:
        by_kind[send.kind].add(send.partner_id)
    why = {kind: barred(people, kind) for kind, people in by_kind.items()}
    stopped = stopped_steps(sends, now)
    left = []
    for send in sends:
        reason = why[send.kind].get(send.partner_id, "")
        if not reason and send.priority >= Priority.FIRST_WIN and _has_left(send):
            reason = "not_active"
        if not reason and send.pk in stopped:
            reason = "stopped"
        if reason:
            part.drop[reason].append(send.pk)
        else:
            left.append(send)
    return left


def _has_left(send: Send) -> bool:
    if send.enrolment.status != Enrolment.Status.ACTIVE:
        return True
    return send.partner.archived_at is not None or send.program.archived_at is not None


def fill_part(part: Part, now: datetime) -> None:
    """Fill the letters that go; those with nothing true to say are dropped. Reads, renders, writes nothing."""
    for send, filled in fill(part.go, now):
        if isinstance(filled, str):
            part.drop[filled].append(send.pk)
        else:
            part.filled[send.pk] = filled


def queue_part(part: Part, now: datetime) -> int:
    """Queue what was filled and note the rest; belongs into one transaction. Returns how many letters were queued.

    A letter that somebody else queued or dropped meanwhile is left alone.
    """
    ids = list(part.filled)
    fresh = set(_planned(ids).select_for_update().values_list("pk", flat=True))
    enqueue_bulk(_mails(part, fresh), now=now)
    _planned(fresh).update(state=Send.State.QUEUED, queued_at=now, letter_id=F("id"))
    named = [send for send in part.go if send.pk in fresh and not send.subject]
    for send in named:
        send.subject = part.filled[send.pk].subject[:300]
    Send.objects.bulk_update(named, ["subject"], batch_size=200)
    _put_aside(part, now)
    return len(fresh)


def _put_aside(part: Part, now: datetime) -> None:
    """Note what waits and what is dropped."""
    for moment, pks in part.wait.items():
        _planned(pks).update(due_at=moment)
    for why, pks in part.drop.items():
        _planned(pks).update(state=Send.State.DROPPED, dropped_at=now, dropped_why=why)


def _mails(part: Part, fresh: set[UUID]) -> Iterator[tuple[UUID, str, Mapping[str, object]]]:
    for send in part.go:
        if send.pk in fresh:
            yield send.pk, f"send:{send.pk}", part.filled[send.pk].payload


def _planned(ids: Iterable[UUID]) -> QuerySet[Send]:
    return Send.objects.filter(pk__in=list(ids), state=Send.State.PLANNED)


def hold_back(letter_ids: Iterable[UUID], now: datetime) -> set[UUID]:
    """Take letters out of the outbox that may not go at this moment any more; returns which.

    The mail server may have kept them waiting: meanwhile somebody switched the kind off, left, or did what the letter
    was to stop for, a newsletter was called off, or it is night. What comes at night is planned again for the morning,
    the others are dropped. A fixed number of queries; belongs into the transaction that claims them.
    """
    queued = Send.objects.filter(letter_id__in=list(letter_ids), state=Send.State.QUEUED)
    sends = list(queued.select_related("partner", "enrolment", "program", "newsletter", "step__sequence"))
    part = Part()
    for send in _without_barred(sends, part, now):
        at = next_slot((), zone_of(send.partner.time_zone), now)
        if send.newsletter is not None and send.newsletter.state == Newsletter.State.CANCELLED:
            part.drop["called_off"].append(send.pk)
        elif send.step is not None and send.step.sequence.state == Sequence.State.PAUSED:
            part.wait[now].append(send.pk)
        elif at > now and send.priority > Priority.TRANSACTIONAL:
            part.wait[at].append(send.pk)
    held = {pk for pks in (*part.drop.values(), *part.wait.values()) for pk in pks}
    back = {send.letter_id for send in sends if send.pk in held and send.letter_id is not None}
    take_back(back)
    Send.objects.filter(pk__in=held).update(state=Send.State.PLANNED, queued_at=None, letter_id=None)
    _put_aside(part, now)
    return back


def note_delivered(now: datetime, limit: int = 1_000) -> int:
    """Note which queued letters the mail server took, and which were given up. Returns how many."""
    effect = OutboxItem.objects.filter(pk=OuterRef("letter_id"))
    queued = Send.objects.filter(state=Send.State.QUEUED)
    taken = list(queued.filter(Exists(effect.filter(done_at__isnull=False))).values_list("pk", flat=True)[:limit])
    lost = list(queued.filter(Exists(effect.filter(failed_at__isnull=False))).values_list("pk", flat=True)[:limit])
    at = Subquery(effect.values("done_at")[:1])
    Send.objects.filter(pk__in=taken).update(state=Send.State.SENT, delivered_at=at)
    Send.objects.filter(pk__in=lost).update(
        state=Send.State.DROPPED, dropped_at=now, dropped_why="failed", queued_at=None, letter_id=None
    )
    return len(taken) + len(lost)
