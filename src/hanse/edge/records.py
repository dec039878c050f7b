"""The rows of the door tables, as the edge holds them in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class LinkRow(NamedTuple):
    """A link: `status` "" works, else the named reason why not; `expires_ms` 0 means never; `routes` is JSON or ""."""

    number: int
    slug: str
    program_id: UUID
    destination: str
    allowed_hosts: frozenset[str]
    status: str
    expires_ms: int
    version: int
    routes: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A program: what its links and facts need to be answered."""

    program_id: UUID
    slug: str
    fallback_url: str
    token_param: str
    currency: str
    goals: frozenset[str]
    allowed_hosts: frozenset[str]
    click_hosts: frozenset[str]
    browser_conversions: bool
    consent_mode: bool
    archived: bool
    version: int
    bare_click_ids: bool = False
    token_form: str = "text"  # noqa: S105  # a form of ids, no password
    allowed_countries: frozenset[str] = frozenset()
    blocked_countries: frozenset[str] = frozenset()

    def serves(self, country: str) -> bool:
        """Say whether visitors from a country may pass. One whose country is not known may: we do not guess."""
        if not country or not (self.allowed_countries or self.blocked_countries):
            return True
        allowed = self.allowed_countries
        return country not in self.blocked_countries and (not allowed or country in allowed)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key: its owner's id, the program it is bound to (None: all) and what it may do."""

    key_id: UUID
    program_id: UUID | None
    scopes: frozenset[str]
    revoked: bool
    version: int

    def allows(self, scope: str) -> bool:
        """Say whether the key may do a thing."""
        return not self.revoked and (scope in self.scopes or "all" in self.scopes)


class VerdictRow(NamedTuple):
    """What the pipeline decided about one fact of a journal record."""

    place: int
    http_status: int
    body: object


def milliseconds(moment: datetime | None) -> int:
    """Return milliseconds since 1970, 0 for None."""
    return 0 if moment is None else int(moment.timestamp() * 1000)
