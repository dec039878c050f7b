"""Rules of deliverables: on whom one waits, until when, what is late, and how a piece is marked as advertising."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from hanse.growth.deliverables.types import Dated, DeliverableFields, Side, Waits
from hanse.kernel.clock import local_day

OPEN: Final = ("asked", "agreed", "review", "changes")
ON_PARTNER: Final = ("asked", "agreed", "changes")
DONE: Final = ("accepted", "live")
PUT_AWAY: Final = ("declined", "cancelled")
SOON_DAYS: Final = 2
AGAIN_DAYS: Final = 7
LONGEST_DAYS: Final = 731

# How readers are told that they read an advertisement, where the law or its keeper names a word. A hint: who publishes
# answers for it.
DISCLOSURES: Final[Mapping[str, str]] = {
    "AT": "Werbung", "AU": "#ad", "BE": "#publicité / #advertentie", "BR": "#publi", "CA": "#ad / #pub",
    "CZ": "#reklama", "CH": "Werbung", "DE": "Anzeige", "DK": "Reklame", "ES": "Publicidad", "FI": "Mainos",
    "FR": "Publicité", "GB": "#ad", "HK": "#廣告", "IE": "#ad", "IT": "#pubblicità", "JP": "#PR", "KR": "#광고",
    "MX": "Publicidad",
    "NL": "#advertentie", "NO": "Reklame", "NZ": "#ad", "PL": "#reklama", "PT": "#publicidade", "RU": "Реклама",
    "SE": "Reklam", "SK": "#reklama", "TW": "#廣告", "UA": "#реклама", "US": "#ad",
}  # fmt: skip


def disclosure_hint(country: str) -> str:
    """Return how a piece is marked as advertising in a country; `#ad` where no own word is known."""
    return DISCLOSURES.get(country, "#ad")


def mark_of(row: object) -> str:
    """Return a mark of what is asked for in a deliverable: another word, sum or day has another mark."""
    said = [str(getattr(row, name)) for name in DeliverableFields.__annotations__]
    return sha256(repr(said).encode()).hexdigest()[:16]


def waits(row: Dated, today: date, zone: str) -> Waits | None:
    """Say on whom a deliverable waits now, or None.

    A draft waits on us for the agreed days; before it and when changes are asked, the partner has until the due day;
    accepted, until the day on which it should be public. A partner's question that nobody answered waits on us first.
    """
    asked_us = row.unanswered_at if row.state in (*OPEN, "accepted") else None
    if row.state == "review" or asked_us is not None:
        moments = [row.state_at] if row.state == "review" else []
        first = min([*moments, *([asked_us] if asked_us is not None else [])])
        return _until("team", local_day(first, zone) + timedelta(days=row.answer_days), today)
    if row.state in ON_PARTNER:
        return _until("partner", row.due_on, today)
    if row.state == "accepted" and row.live_on is not None:
        return _until("partner", max(row.live_on, local_day(row.state_at, zone)), today)
    return None


def _until(on: Side, day: date, today: date) -> Waits:
    return Waits(on, day, max(0, (today - day).days))


def due_again(due_on: date, today: date, answer_days: int) -> date:
    """Return the new due day when changes are asked: never earlier, and as many days as we take for an answer."""
    return max(due_on, today + timedelta(days=max(1, answer_days)))


def reminder(row: Dated, today: date, zone: str) -> str:
    """Return which reminder is due today, named with the day it is about, or "".

    The partner is reminded two days before the day, on the day after it, and once more a week later; we when our answer
    is late.
    """
    found = waits(row, today, zone)
    if found is None:
        return ""
    if found.on == "team":
        return f"answer:{found.until}" if found.days_late else ""
    if found.days_late > AGAIN_DAYS:
        return f"again:{found.until}"
    if found.days_late:
        return f"late:{found.until}"
    began = local_day(row.state_at, zone)
    is_soon = (found.until - today).days <= SOON_DAYS and (found.until - began).days > SOON_DAYS
    return f"soon:{found.until}" if is_soon else ""
