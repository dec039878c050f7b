"""The tracer's answer: checks in the order in which the product makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from hanse.insight.why.losers import Loser

Kind = Literal["order", "click", "coupon", "customer"]
Status = Literal["passed", "failed", "not_needed", "not_reached"]
Outcome = Literal["earned", "nothing", "waiting", "unknown"]
KINDS: tuple[Kind, ...] = ("order", "click", "coupon", "customer")


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `reason` names why it failed, `fix` what would help; `numbers` holds what was compared."""

    code: str
    status: Status
    reason: str = ""
    fix: str = ""
    numbers: Mapping[str, object] = field(default_factory=dict)

    @property
    def has_failed(self) -> bool:
        """Whether this is one of the answers to "why not"."""
        return self.status == "failed"


@dataclass(frozen=True, slots=True)
class Earned:
    """A commission that an order led to. `partner` is "" where the reader may not know the name."""

    commission_id: UUID
    enrolment_id: UUID
    partner: str
    owed_minor: int
    currency: str
    held_until: datetime
    approved_at: datetime | None
    paid_at: datetime | None
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pointer:
    """Something else to look at: another order of this customer, a code that looks alike."""

    kind: Kind
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tracer:
    """What became of something, and why. `subject` holds the facts to show above the checks."""

    kind: Kind
    text: str
    outcome: Outcome
    checks: tuple[Check, ...]
    subject: Mapping[str, object] = field(default_factory=dict)
    earned: tuple[Earned, ...] = ()
    conversion_id: UUID | None = None
    parked_ids: tuple[UUID, ...] = ()
    suggestions: tuple[Pointer, ...] = ()
    related: tuple[Pointer, ...] = ()
    losers: tuple[Loser, ...] = ()

    @property
    def first_failure(self) -> Check | None:
        """The check that answers "why not" in one line."""
        return next((check for check in self.checks if check.has_failed), None)


def stop_at(gates: frozenset[str], checks: Sequence[Check]) -> tuple[Check, ...]:
    """Mark everything behind the first failed gate as not reached: the product did not come that far."""
    stopped, kept = False, list[Check]()
    for check in checks:
        kept.append(replace(check, status="not_reached", reason="", fix="", numbers={}) if stopped else check)
        stopped = stopped or (check.code in gates and check.has_failed)
    return tuple(kept)
