"""Deals as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# program, the customer's outside id, the e-mail's hash, the company's domain; "" where it is not known
CustomerKey = tuple[UUID, str, str, str]


@dataclass(frozen=True, slots=True)
class RegisteredDeal:
    """A deal as attribution reads it."""

    id: UUID
    enrolment_id: UUID
    status: str
    registered_at: datetime
    protected_until: datetime | None

    @property
    def protected_until_text(self) -> str:
        """Return the end of the protection as evidence keeps it."""
        return self.protected_until.isoformat() if self.protected_until else ""

    def level_at(self, at: datetime) -> tuple[str, str]:
        """Return the level on which it stands at a moment, and why it does not count then, or "".

        An approval protects from the registration on: how long we took to look is not the partner's fault.
        """
        if self.status == "declined":
            return "open_deal", "deal_declined"
        if self.status == "approved" and self.protected_until is not None:
            return "deal", "" if at < self.protected_until else "deal_expired"
        return "open_deal", ""
