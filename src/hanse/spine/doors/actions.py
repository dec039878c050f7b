"""Verbs of doors: tell the edge, in the transaction of the change, what it must know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Model

from hanse.spine.doors.models import DoorKey, DoorLink, DoorProgram, DoorState
from hanse.spine.doors.types import KeyRow, LinkRow, ProgramRow

Door = TypeVar("Door", bound=Model)


def next_version() -> int:
    """Return the next version of the doors and keep all other publishers waiting until this transaction ends.

    The row lock makes versions appear in the order of commit: the edge, which asks for what is newer, misses nothing.
    """
    if not DoorState.objects.filter(pk=1).update(version=F("version") + 1):
        DoorState.objects.bulk_create([DoorState(pk=1, version=0)], ignore_conflicts=True)
        DoorState.objects.filter(pk=1).update(version=F("version") + 1)
    return DoorState.objects.values_list("version", flat=True).get(pk=1)


def publish_link(row: LinkRow) -> None:
    """Make one link known at the edge, or change what is known of it."""
    publish_links([row])


def publish_links(rows: Iterable[LinkRow]) -> None:
    """Make many links known under one version."""
    version = next_version()
    doors = [DoorLink(**(_values(row) | {"allowed_hosts": list(row.allowed_hosts)}), version=version) for row in rows]
    _store(DoorLink, doors, "number")


def publish_program(row: ProgramRow) -> None:
    """Make a program known at the edge, or change what is known of it."""
    names = ("goals", "allowed_hosts", "click_hosts", "allowed_countries", "blocked_countries")
    lists = {name: list(getattr(row, name)) for name in names}
    _store(DoorProgram, [DoorProgram(**(_values(row) | lists), version=next_version())], "program_id")


def publish_key(row: KeyRow) -> None:
    """Make an API key known at the edge, or revoke it there."""
    _store(DoorKey, [DoorKey(**(_values(row) | {"scopes": list(row.scopes)}), version=next_version())], "hash")


def block_links_of(enrolment_id: UUID) -> None:
    """Count no more clicks on a suspended enrolment's working links; visitors go where they went."""
    working = DoorLink.objects.filter(enrolment_id=enrolment_id, status="")
    working.update(status="partner_suspended", version=next_version())


def unblock_links_of(enrolment_id: UUID) -> None:
    """Count clicks on an enrolment's links again, save those that do not work for another reason."""
    blocked = DoorLink.objects.filter(enrolment_id=enrolment_id, status="partner_suspended")
    blocked.update(status="", version=next_version())


def publish_offer_hosts(offer_id: UUID, allowed_hosts: Sequence[str]) -> None:
    """Change where the deep links of an offer may lead."""
    DoorLink.objects.filter(offer_id=offer_id).update(allowed_hosts=list(allowed_hosts), version=next_version())


def _values(row: LinkRow | ProgramRow | KeyRow) -> dict[str, object]:
    return asdict(row)


def _store(model: type[Door], rows: Sequence[Door], key: str) -> None:
    columns = [column.attname for column in model._meta.concrete_fields if column.attname != key]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=columns)
