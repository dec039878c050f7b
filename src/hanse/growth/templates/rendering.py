"""Filling letters: one version for many partners, with a fixed number of queries for every 500."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from hanse.growth.templates.models import MessageVersion
from hanse.growth.templates.types import About, AddressOf, Rendered, StopAddressOf


def render_many(
    version: MessageVersion,
    enrolment_ids: Iterable[UUID],
    now: datetime,
    *,
    address_of: AddressOf | None = None,
    stop_address_of: StopAddressOf | None = None,
    about: About | None = None,
) -> Iterator[tuple[UUID, Rendered]]:
    """Yield each partner's letter, in her language where the version has it.

    `address_of` counts what is clicked, `stop_address_of` stands in the foot (without it: the portal's own page);
    `about` fills what a letter is about, as an incident. A letter that cannot be filled raises `Unfillable`.
    """
    raise NotImplementedError
