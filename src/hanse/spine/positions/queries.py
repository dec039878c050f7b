"""Where readers of the journal stand."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from hanse.kernel import clock
from hanse.spine.positions.models import Lease, Position
from hanse.spine.positions.types import Place


def place_of(name: str) -> tuple[Place, str]:
    """Return where a reader stands and in which journal; a reader that never moved stands at the beginning of none."""
    row = Position.objects.filter(name=name).values_list("sequence", "index", "journal_id").first()
    return (Place(row[0], row[1]), row[2]) if row else (Place(), "")


def database_now() -> datetime:
    """Return the present by the clock that all workers of a database share; with one file, by our own."""
    if connection.vendor != "postgresql":
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def is_led(name: str) -> bool:
    """Say whether some worker, on whatever machine, has the lease now."""
    return Lease.objects.filter(name=name, until__gt=database_now()).exists()


def last_moved_at(name: str) -> datetime | None:
    """Return when a reader moved for the last time."""
    return Position.objects.filter(name=name).values_list("moved_at", flat=True).first()
