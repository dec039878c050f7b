"""Whose links are: what the pipeline asks for every batch of clicks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from hanse.traffic.links.models import Link


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whose a link is, and in which program."""

    program_id: UUID
    enrolment_id: UUID


def owners_of_links(numbers: Collection[int]) -> dict[int, LinkOwner]:
    """Return whose the links with these numbers are; unknown numbers are left out."""
    if not numbers:
        return {}
    rows = Link.objects.filter(number__in=numbers).values_list("number", "enrolment__program_id", "enrolment_id")
    return {number: LinkOwner(program_id, enrolment_id) for number, program_id, enrolment_id in rows}
