"""Shapes of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

HAPPENINGS: Final = (
    "enrolled", "terms_accepted", "link_made", "first_click", "click", "first_sale", "sale", "paid", "tier_up",
    "tier_down", "portal_login", "product_use", "piece_published", "replied",
)  # fmt: skip
"""What can happen to an enrolment at a moment; sequences begin and stop with it."""

TRIGGERS: Final = (
    "enrolled", "enrolled_for", "terms_accepted", "link_made", "first_click", "first_sale", "sales", "paid", "tier_up",
    "tier_down", "silent", "fact", "anniversary", "season", "piece_published", "product_use",
)  # fmt: skip
"""What can begin a sequence."""

STOPS: Final = (
    "sale", "click", "link_made", "portal_login", "piece_published", "product_use", "tier_up", "tier_down", "replied",
)  # fmt: skip
"""What can end a way through a sequence early."""


OFTEN: Final = (
    "link_made", "paid", "tier_up", "tier_down", "silent", "fact", "piece_published", "product_use",
)  # fmt: skip
"""What can happen to somebody again and again."""

AGAIN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Trigger:
    """What begins a sequence: a kind, and what it needs.

    `days` of `enrolled_for`, `count` of `sales`, `name` the tier, cause or kind of fact ("": any), `month` and `day` of
    a season (every year on that local day). What happens often begins a sequence again after `again_days` (0: always).
    """

    kind: str
    days: int = 0
    count: int = 0
    name: str = ""
    month: int = 0
    day: int = 0
    again_days: int = AGAIN_DAYS


@dataclass(frozen=True, slots=True, order=True)
class Happened:
    """Something that happened to an enrolment. `mark` names this very happening: it begins a sequence once."""

    at: datetime
    enrolment_id: UUID
    mark: str
    is_left_alone: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One letter of a sequence, as a plan."""

    id: UUID
    position: int
    wait_days: int
    message_id: UUID
    message: str = ""
