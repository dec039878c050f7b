"""Rules of deals: how long one is protected, what it is called today, and how a customer is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

STATES = ("open", "approved", "won", "declined", "expired")
OPEN_AT_ONCE = 200
_DOMAIN = re.compile(r"(?=.{3,200}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# Addresses at these say nothing of a company.
_PUBLIC = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
    "gmx.de", "gmx.net", "web.de", "t-online.de", "aol.com", "proton.me", "protonmail.com", "mail.ru", "yandex.ru",
    "wp.pl", "o2.pl", "interia.pl", "qq.com", "163.com",
})  # fmt: skip


def protected_until(registered_at: datetime, approved_at: datetime, days: int) -> datetime:
    """Return the end of a protection: so many 24-hour days from the approval, which protects from the registration."""
    return max(registered_at, approved_at) + timedelta(days=days)


def state_of(status: str, protected_until_: datetime | None, *, has_won: bool, now: datetime) -> str:
    """Return what a deal is today. One that brought an order is won; a protection that is over has expired."""
    if status == "declined":
        return "declined"
    if has_won:
        return "won"
    if status == "approved" and protected_until_ is not None and protected_until_ <= now:
        return "expired"
    return status


def plain_domain(text: str) -> str:
    """Return a company's domain in small letters, without www and anything around it."""
    domain = text.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    return domain.removeprefix("www.").rstrip(".")


def is_domain(domain: str) -> bool:
    """Say whether this can be a company's domain: mail providers for everybody are none."""
    return bool(_DOMAIN.fullmatch(domain)) and domain not in _PUBLIC


def masked_email(email: str) -> str:
    """Return what is kept of a customer's address for people to recognise: its first letter and its domain."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}" if domain else ""


def groups_of(names: Sequence[Sequence[str]]) -> list[list[int]]:
    """Put together the places whose names have one in common, over any number of steps; "" is no name."""
    groups: list[tuple[set[tuple[int, str]], list[int]]] = []
    for place, known in enumerate(names):
        mine = {(kind, name) for kind, name in enumerate(known) if name}
        meeting = [group for group in groups if group[0] & mine]
        groups = [group for group in groups if not group[0] & mine]
        places = sorted([place, *(one for group in meeting for one in group[1])])
        groups.append((mine.union(*(group[0] for group in meeting)), places))
    return sorted(places for _names, places in groups)
