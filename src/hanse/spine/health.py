"""How the worker is doing: seen from the tables it writes, so that web can tell without asking it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from hanse.spine.intake.models import ReceivedFact
from hanse.spine.outbox.models import OutboxItem
from hanse.spine.parked.models import ParkedFact
from hanse.spine.positions.models import Lease, Position
from hanse.spine.positions.types import PIPELINE, ROUND

ROUNDS_APART = timedelta(minutes=2)  # it looks round twice a minute; a large batch may take its time


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """What the worker last did and what waits for it. It runs when it looked round within the last minutes: a lease is
    taken only where several could work, and one may hold it and get no further."""

    is_running: bool
    lease_until: datetime | None
    moved_at: datetime | None
    sequence: int
    last_fact_at: datetime | None
    outbox_due: int
    outbox_oldest_at: datetime | None
    outbox_failed: int
    waiting: int
    conflicts: int
    failed: int

    @property
    def is_well(self) -> bool:
        """Say whether a person need not look."""
        return self.is_running and not self.outbox_failed and not self.failed and not self.conflicts


def worker_health(now: datetime) -> WorkerHealth:
    """Return the worker's health in five queries."""
    until = Lease.objects.filter(name=PIPELINE).values_list("until", flat=True).first()
    places = {place.name: place for place in Position.objects.filter(name__in=(PIPELINE, ROUND))}
    place, round_ = places.get(PIPELINE), places.get(ROUND)
    due = Count("id", filter=Q(failed_at=None, due_at__lte=now))
    oldest = Min("due_at", filter=Q(failed_at=None, due_at__lte=now))
    outbox = OutboxItem.objects.filter(done_at=None).aggregate(
        due=due, oldest=oldest, failed=Count("id", filter=~Q(failed_at=None))
    )
    open_states = ("waiting", "conflict", "failed")
    parked = ParkedFact.objects.filter(status__in=open_states).aggregate(
        **{status: Count("id", filter=Q(status=status)) for status in open_states}
    )
    return WorkerHealth(
        is_running=bool(round_ and round_.moved_at > now - ROUNDS_APART), lease_until=until,
        moved_at=place.moved_at if place else None, sequence=place.sequence if place else 0,
        last_fact_at=ReceivedFact.objects.order_by("-id").values_list("received_at", flat=True).first(),
        outbox_due=outbox["due"], outbox_oldest_at=outbox["oldest"], outbox_failed=outbox["failed"],
        waiting=parked["waiting"], conflicts=parked["conflict"], failed=parked["failed"],
    )  # fmt: skip
