"""Reading the request of a dry run: every value checked, every mistake told with its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import PPM, parse_rate_ppm
from hanse.kernel.reading import ObjectReader
from hanse.traffic.attribution.rules import LEVELS
from hanse.traffic.attribution.sharing import MODELS
from hanse.traffic.attribution.types import Policy, Subject, Touch

MAX_TOUCHPOINTS = 10_000
MAX_DAYS = 3_650
SELF_REFERRAL = ("block", "zero", "allow")
STATUSES = ("pending", "active", "paused", "suspended", "ended")
INVALID_CLICKS = (
    "bot_declared", "bot_suspected", "datacentre", "prefetch", "head", "duplicate", "flood", "link_disabled",
    "link_expired", "partner_suspended", "geo_blocked", "bad_signature",
)  # fmt: skip
POLICY = (
    "model", "window_days", "half_life_days", "order", "windows", "self_referral", "lifetime", "new_customers_only",
    "stand_down_minutes", "takeover_seconds", "introducer",
)  # fmt: skip
TOUCHPOINT = (
    "id", "enrolment", "kind", "occurred_at", "share", "visitor", "reason", "status", "own_purchase", "extension",
    "protected",
)  # fmt: skip
SALE = ("occurred_at", "recurring", "is_new")
_ON_THE_ORDER = frozenset(LEVELS) - {"click"}  # these need no time of their own
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sale:
    """The conversion that is decided."""

    occurred_at: datetime
    is_recurring: bool
    is_new: bool | None


@dataclass(frozen=True, slots=True)
class Point:
    """One touchpoint of a request: whose it is, by name, the object as it was sent, and what it says of the partner."""

    enrolment: str
    touch: Touch
    sent: Mapping[str, Any]
    status: str
    is_own: bool
    has_extension: bool

    def is_of(self, enrolment_id: UUID, program_id: UUID) -> bool:
        """Whoever is named belongs to the program."""
        return True

    def is_extension(self, enrolment_id: UUID) -> bool:
        """Return what was said."""
        return self.has_extension

    def status_at(self, enrolment_id: UUID, at: datetime) -> str:
        """Return what was said."""
        return self.status

    def own_signal(self, enrolment_id: UUID, subject: Subject, visitor: str, signals: Collection[str]) -> str:
        """Return what was said."""
        return "email" if self.is_own else ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be answered."""

    policy: Policy
    sale: Sale
    points: list[Point]


def read_request(request: object) -> tuple[Request | None, list[Problem]]:
    """Return what is asked, and every problem found."""
    problems: list[Problem] = []
    reader = ObjectReader(request, "", problems, ("policy", "touchpoints", "conversion"))
    policy = _policy(ObjectReader(_inner(reader, "policy"), "/policy", problems, POLICY))
    sold = ObjectReader(_inner(reader, "conversion"), "/conversion", problems, SALE)
    occurred_at = _instant(sold, required=True)
    recurring, is_new = sold.boolean("recurring"), sold.boolean("is_new")
    points = _points(reader, policy, is_recurring=recurring is not False)
    if occurred_at is None:
        return None, problems
    return Request(policy, Sale(occurred_at, recurring is not False, is_new), points), problems


def _policy(reader: ObjectReader) -> Policy:
    model = _one_of(reader, "model", MODELS) or "last"
    window, half_life = reader.integer("window_days", 0, MAX_DAYS), reader.integer("half_life_days", 1, MAX_DAYS)
    order = reader.array("order", len(LEVELS)) or []
    at_place = ObjectReader({}, f"{reader.pointer}/order", reader.problems, ())
    for index, level in enumerate(order):
        if level not in LEVELS:
            at_place.refuse(index, _("must be one of %(options)s") % {"options": ", ".join(LEVELS)}, "not_an_option")
        elif level in order[:index]:
            at_place.refuse(index, _("names a level twice"), "twice")
    windows = ObjectReader(_inner(reader, "windows"), f"{reader.pointer}/windows", reader.problems, LEVELS)
    of_kinds = {kind: windows.integer(kind, 0, MAX_DAYS) for kind in LEVELS if kind in windows.values}
    stand_down, takeover = reader.integer("stand_down_minutes", 0, 1440), reader.integer("takeover_seconds", 0, 3600)
    return Policy(
        model, 30 if window is None else window, half_life or 7, tuple(str(level) for level in order),
        self_referral=_one_of(reader, "self_referral", SELF_REFERRAL) or "block", windows=of_kinds,
        lifetime=bool(reader.boolean("lifetime")), new_customers_only=bool(reader.boolean("new_customers_only")),
        stand_down_minutes=30 if stand_down is None else stand_down,
        takeover_seconds=5 if takeover is None else takeover, introducer_ppm=_share(reader, "introducer"),
    )  # fmt: skip


def _points(reader: ObjectReader, policy: Policy, *, is_recurring: bool) -> list[Point]:
    found = []
    for index, value in enumerate(reader.array("touchpoints", MAX_TOUCHPOINTS) or []):
        inner = ObjectReader(value, f"/touchpoints/{index}", reader.problems, TOUCHPOINT)
        kind = inner.text("kind", 20, required=True) or ""
        if kind and kind not in LEVELS:
            inner.refuse("kind", _("must be one of %(options)s") % {"options": ", ".join(LEVELS)}, "not_an_option")
        enrolment = inner.text("enrolment", 200, required=True) or ""
        touched_at = _instant(inner, required=kind not in _ON_THE_ORDER)
        level, excluded = _level(kind, policy, is_recurring=is_recurring, protected=inner.boolean("protected"))
        touch = Touch(
            level, None, touched_at, inner.text("id", 200) or "",
            excluded=_one_of(inner, "reason", INVALID_CLICKS) or excluded, share_ppm=_share(inner, "share"),
            visitor=inner.text("visitor", 100) or "",
        )  # fmt: skip
        found.append(
            Point(
                enrolment, touch, inner.values, _one_of(inner, "status", STATUSES) or "active",
                bool(inner.boolean("own_purchase")), bool(inner.boolean("extension")),
            )
        )  # fmt: skip
    return found


def _level(kind: str, policy: Policy, *, is_recurring: bool, protected: bool | None) -> tuple[str, str]:
    """Return the level of a kind: owners stand on theirs, or nowhere where a goal does not recur; a deal is protected
    unless it is said not to be."""
    if kind == "owner" and not is_recurring:
        return ("lifetime", "") if policy.lifetime else ("owner", "not_recurring")
    if kind == "deal" and protected is False:
        return "open_deal", ""
    return kind, ""


def _one_of(reader: ObjectReader, key: str, options: tuple[str, ...]) -> str:
    value = reader.text(key, 40) or ""
    if value and value not in options:
        reader.refuse(key, _("must be one of %(options)s") % {"options": ", ".join(options)}, "not_an_option")
    return value


def _share(reader: ObjectReader, key: str) -> int:
    text = reader.text(key, 20)
    try:
        share_ppm = 0 if text is None else parse_rate_ppm(text)
    except Invalid:
        share_ppm = -1
    if not 0 <= share_ppm <= PPM:
        reader.refuse(key, _("must be a percentage from 0% to 100%, written like “25%”"), "bad_rate")
    return share_ppm


def _inner(reader: ObjectReader, key: str) -> object:
    value = reader.get(key)
    return {} if value is None else value


def _instant(reader: ObjectReader, *, required: bool) -> datetime | None:
    text = reader.text("occurred_at", 40, required=required)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text.strip().upper())
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        if not _FIRST <= at <= _LAST:
            raise ValueError("too far away")
    except (ValueError, OverflowError):
        reader.refuse("occurred_at", _("must be an instant like 2026-10-02T20:14:00Z"), "bad_time")
        return None
    return at.astimezone(UTC)
