"""Shapes of doors: what upper wings tell the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

LinkStatus = Literal["", "link_disabled", "link_expired", "partner_suspended"]


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as the edge needs it. `routes` is JSON (`traffic.links.routes`) or "": everybody goes to `destination`."""

    number: int
    slug: str
    program_id: UUID
    destination: str
    allowed_hosts: tuple[str, ...]
    status: LinkStatus = ""
    expires_at: datetime | None = None
    enrolment_id: UUID | None = None
    offer_id: UUID | None = None
    routes: str = ""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A program as the edge needs it."""

    program_id: UUID
    slug: str
    fallback_url: str
    token_param: str
    currency: str
    goals: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    click_hosts: tuple[str, ...] = field(default=())
    browser_conversions: bool = False
    consent_mode: bool = False
    bare_click_ids: bool = False
    token_form: str = "text"  # noqa: S105  # the name of a form, no secret
    allowed_countries: tuple[str, ...] = field(default=())
    blocked_countries: tuple[str, ...] = field(default=())
    archived: bool = False


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key as the edge needs it: its hash only."""

    hash: str
    key_id: UUID
    program_id: UUID | None
    scopes: tuple[str, ...]
    revoked: bool = False
