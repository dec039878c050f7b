"""Moving a reader by compare-and-set, and the lease that says who may read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from hanse.spine.positions.models import Lease, Position
from hanse.spine.positions.types import Place


def begin(name: str, journal_id: str, now: datetime) -> None:
    """Give a reader its place at the journal's beginning, if it has none."""
    Position.objects.get_or_create(name=name, defaults={"journal_id": journal_id, "moved_at": now})


def move(name: str, old: Place, new: Place, now: datetime) -> bool:
    """Move a reader from one place to another; False when it no longer stands there: another worker leads."""
    standing = Position.objects.filter(name=name, sequence=old.sequence, index=old.index)
    return standing.update(sequence=new.sequence, index=new.index, moved_at=now) == 1


def note_moment(name: str, now: datetime) -> None:
    """Note until when somebody who reads no journal has seen everything."""
    Position.objects.update_or_create(name=name, defaults={"journal_id": "", "moved_at": now})


def take_lease(name: str, holder: str, now: datetime, seconds: int = 30) -> bool:
    """Take or renew the right to be the one worker; False while somebody else has it."""
    until = now + timedelta(seconds=seconds)
    mine_or_free = Lease.objects.filter(Q(holder=holder) | Q(until__lte=now), name=name)
    if mine_or_free.update(holder=holder, until=until):
        return True
    return Lease.objects.get_or_create(name=name, defaults={"holder": holder, "until": until})[1]


def keep_lease(name: str, holder: str, seconds: int) -> bool:
    """Renew a lease within the transaction of what it allows; False when somebody else has taken it since.

    Counted by the database's own clock, as `queries.database_now` tells it.
    """
    return Lease.objects.filter(name=name, holder=holder).update(until=Now() + timedelta(seconds=seconds)) == 1


def give_back_lease(name: str, holder: str, now: datetime) -> None:
    """Let the next worker in at once."""
    Lease.objects.filter(name=name, holder=holder).update(until=now)
