"""Events as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

PIECE, LOGIN, PRODUCT_USE = "piece", "portal_login", "product_use"


@dataclass(frozen=True, slots=True)
class GivenEvent:
    """One event as somebody tells it. `kind` is lower case with underscores; `external_id` names it once a kind."""

    enrolment_id: UUID
    kind: str
    external_id: str
    occurred_at: datetime
    detail: dict[str, str]
