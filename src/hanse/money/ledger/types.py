"""Postings as values: what a verb asks the ledger to book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from hanse.spine.findings import Finding as Finding

PotKind = Literal[
    "program_cost",
    "program_bank",
    "program_credit",
    "program_loss",
    "held",
    "payable",
    "advance",
    "in_transit",
]
WRITTEN_OFF: Final = "written_off"
"""The cause of a debt that a person gave up: no earning, no supply, and nothing that is paid."""
PARTNER_POTS: frozenset[str] = frozenset(("held", "payable", "advance", "in_transit"))


@dataclass(frozen=True, slots=True)
class Line:
    """One signed line of a posting. Partner pots name their enrolment, program pots have none."""

    kind: PotKind
    program_id: UUID
    enrolment_id: UUID | None
    amount_minor: int
    currency: str
    commission_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A balanced set of lines with one cause. The same key with the same content is one transaction for ever."""

    key: str
    cause: str
    occurred_at: datetime
    entries: tuple[Line, ...]
    note: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Balances:
    """What an enrolment's pots hold now, in minor units of one currency."""

    currency: str
    held_minor: int = 0
    payable_minor: int = 0
    advance_minor: int = 0
    in_transit_minor: int = 0
    paid_minor: int = 0
