"""Rules of conversations: where a message goes, until when it is answered, what the quiet of our own side is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median_low
from uuid import UUID

from hanse.growth.conversations.types import CareOf, Routed
from hanse.kernel.conditions import Condition, FieldKind, Group, Test, compiled, parse_condition
from hanse.kernel.errors import Problem

FIELDS: Mapping[str, FieldKind] = {
    "message.text": "text", "message.subject": "text", "message.channel": "text", "message.is_reply": "boolean",
    "partner.country": "country", "partner.types": "texts", "partner.tags": "texts", "partner.language": "text",
    "enrolment.tier": "text", "enrolment.status": "text",
}  # fmt: skip
"""What a rule can ask; `message.text` and `message.subject` compare in small letters."""
DEFAULT_CARE: Mapping[str, CareOf] = {
    "power": CareOf(24, 14, is_urgent=True), "growth": CareOf(24, 30), "casual": CareOf(48, 60), "new": CareOf(24, 21),
    "inactive": CareOf(72, 180),
}  # fmt: skip
OTHER_CARE = CareOf(48, 60)
OPEN_AT_ONCE = 20
MOST_RULES = 50
REOPENS_WITHIN = timedelta(days=90)
_IN_SMALL = ("message.text", "message.subject")
_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|odp|ref|fwd?|wg|tr|rv|pd|回复|回覆|答复|轉寄|转发)\s*(?:\[\d{1,3}\])?"
    r"\s*[:：]\s*)+",
    re.IGNORECASE,
)


def care_of(tier_key: str, own: Mapping[str, CareOf]) -> CareOf:
    """Return what a tier is promised: the program's own word, else the default of its kind."""
    return own.get(tier_key) or DEFAULT_CARE.get(tier_key, OTHER_CARE)


def promised_at(asked_at: datetime, care: CareOf) -> datetime:
    """Return until when an answer is promised."""
    return asked_at + timedelta(hours=care.answer_hours)


def plain_subject(subject: str) -> str:
    """Return a subject without the signs of replies and forwards before it."""
    return _PREFIX.sub("", subject).strip()[:200]


def read_rule(body: object, problems: list[Problem], pointer: str = "/condition") -> Condition | None:
    """Read a routing rule's condition; what is wrong goes to `problems`."""
    return parse_condition(body, FIELDS, pointer, problems)


def route(rules: Iterable[tuple[str, Condition, Routed]], values: Mapping[str, object]) -> Routed:
    """Return where the first rule that holds sends a message; without one to support."""
    for _name, condition, routed in rules:
        if compiled(in_small(condition))(values):
            return routed
    return Routed("support")


def in_small(condition: Condition) -> Condition:
    """Return a condition whose texts about the message are in small letters, as the message's own are."""
    if isinstance(condition, Group):
        return Group(condition.how, tuple(in_small(one) for one in condition.conditions))
    if condition.field not in _IN_SMALL:
        return condition
    value = condition.value
    if isinstance(value, str):
        return Test(condition.field, condition.op, value.casefold())
    if isinstance(value, tuple):
        return Test(condition.field, condition.op, tuple(v.casefold() if isinstance(v, str) else v for v in value))
    return condition


def median_minutes(times: Sequence[timedelta]) -> int | None:
    """Return the median of times to the first answer in whole minutes, None without any."""
    return int(median_low(times).total_seconds() // 60) if times else None


def days_between(earlier: datetime, later: datetime) -> int:
    """Return whole days of 24 hours between two moments, never below zero."""
    return max(0, (later - earlier).days)


def newest(*found: Mapping[UUID, datetime]) -> dict[UUID, datetime]:
    """Return for each id the latest of its moments."""
    latest: dict[UUID, datetime] = {}
    for one in found:
        for id_, at in one.items():
            if id_ not in latest or at > latest[id_]:
                latest[id_] = at
    return latest


def unique(ids: Iterable[str], known: Collection[str] = ()) -> list[str]:
    """Return texts once each in their order, without empty and known ones."""
    return [one for one in dict.fromkeys(ids) if one and one not in known]
