"""What an application and a partner may share: mailbox, phone, places; and what belongs to the brand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from hanse.growth.mentions.keys import name_key
from hanse.growth.mentions.words import PLATFORMS
from hanse.growth.recruiting.mailboxes import mailbox_of

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LEADS_SOMEWHERE = re.compile(r"^@\w|\w\.\w|\w/\w")  # a handle or an address; "blog" is everybody's
_DIGITS = re.compile(r"\D+")
_SHORTEST_PHONE, _SHORTEST_PLACE, _SHORTEST_BRAND = 7, 3, 5


@dataclass(slots=True)
class Traces:
    """Who was seen with which trace: (kind, text) → (partner or application, id), in the order they were added."""

    seen: dict[tuple[str, str], list[tuple[str, UUID]]] = field(default_factory=dict)

    def add(self, who: tuple[str, UUID], traces: Iterable[tuple[str, str]]) -> None:
        """Keep that somebody has these traces."""
        for trace in traces:
            self.seen.setdefault(trace, []).append(who)


def traces_of(
    email: str, phone: str, website: str, channels: Iterable[object], ip_hash: str = ""
) -> set[tuple[str, str]]:
    """Return what could show that two entries are one person: kinds mailbox, phone, place, network."""
    found = {("mailbox", mailbox_of(email))} if "@" in email else set()
    digits = _DIGITS.sub("", phone)[-9:]  # the country's number is written or not
    if len(digits) >= _SHORTEST_PHONE:
        found.add(("phone", digits))
    for place in (website, *channels):
        key = name_key(str(place)) if _LEADS_SOMEWHERE.search(str(place)) else ""
        if len(key) >= _SHORTEST_PLACE and key not in PLATFORMS:
            found.add(("place", key))
    if ip_hash:
        found.add(("network", ip_hash))
    return found


def brand_words(name: str, hosts: Iterable[str]) -> frozenset[str]:
    """Return the words that are the brand's own: its name in one word, and the longest part of each of its hosts."""
    words = {_plain(name), name_key(name)}
    for host in hosts:
        labels = host.partition(":")[0].lower().split(".")[:-1]
        words.add(_plain(max(labels, key=len, default="")))
    return frozenset(word for word in words if len(word) >= _SHORTEST_BRAND)


def brand_word_in(words: Iterable[str], texts: Mapping[str, str]) -> tuple[str, str]:
    """Return the first (text, word) of the brand that is part of what an applicant calls theirs; ("", "") for none."""
    for text in texts.values():
        plain = _plain(text)
        for word in sorted(words):
            if word in plain:
                return text, word
    return "", ""


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub("", text.lower())
