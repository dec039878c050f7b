"""Customers as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

CustomerKey = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class KnownCustomers:
    """Ids by (program, outside id); `earlier` are those that had a row before this batch, `renamed` those of them whose
    address is another now."""

    ids: Mapping[CustomerKey, UUID]
    earlier: frozenset[UUID]
    renamed: frozenset[UUID] = frozenset()
