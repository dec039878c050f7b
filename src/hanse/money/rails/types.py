"""Rails as values: what is paid, what a file holds, which settings a rail asks for, what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

FieldKind = Literal["text", "lines", "secret", "email", "url", "iban", "bic", "country", "choice"]
Outcome = Literal["paid", "failed", "came_back", "waiting"]


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as a rail sees it. `id` is how files and answers name it; the account is the one of the draft."""

    payout_id: UUID
    id: str
    amount_minor: int
    currency: str
    partner_name: str
    email: str
    details: Mapping[str, str]
    is_business: bool = False
    address: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name on the account."""
        return self.details.get("account_name", "")

    @property
    def account(self) -> str:
        """The IBAN, address or words that say where the money goes."""
        return self.details.get("account", "")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a rail needs to know of a run: its number, whose program, when it was opened; `file_number` counts on.

    `made_at` is when files are made anew; None: when the run was opened.
    """

    number: str
    program_name: str
    currency: str
    opened_at: datetime
    time_zone: str
    file_number: int = 1
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RailFile:
    """One file to hand to a bank, with the payments in it."""

    name: str
    media_type: str
    body: str
    payout_ids: tuple[UUID, ...]
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsField:
    """One thing that a rail's settings ask for. Labels are marked for translation and said at view time."""

    name: str
    label: str
    kind: FieldKind = "text"
    limit: int = 200
    is_required: bool = False
    hint: str = ""
    default: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What a rail says became of one payment. `payment` is our id of it."""

    payment: str
    outcome: Outcome
    state: str
    reference: str = ""
    reason: str = ""
    outside_id: str = ""
    fee_minor: int = 0
    fee_currency: str = ""


class Rail(Protocol):
    """A way money leaves. Implementations hold no state and touch no database."""

    key: str
    name: str
    fields: tuple[SettingsField, ...]

    def takes(self, details: Mapping[str, str]) -> bool:
        """Say whether somebody with these payout details is paid this way."""
        ...

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """Say in one sentence why this payment cannot go out this way, or ""."""
        ...

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """Say what is missing before any run can go this way."""
        ...

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """Return the files of a run; none for rails that are called."""
        ...
