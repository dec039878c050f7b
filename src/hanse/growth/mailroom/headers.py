"""Headers of mails that anybody may have written: bounded, decoded as far as they can be, and made safe to show."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from hanse.growth.mailroom.types import Address

_LONGEST_HEADER = 4_000
_LONGEST_REFERENCES = 20_000
_MOST_REFERENCES = 50
_MOST_ADDRESSES = 100
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,250}>")  # PostgreSQL takes no NUL
_PARTED = re.compile(r"<[^<>]*\s[^<>]*>")
_ANGLED = re.compile(r"([^<>,]{0,200})<([^<>\s,]{3,254})>")  # where the strict reading finds nobody
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_GONE = {ord(character): None for character in _TURNING + "\ufeff"} | {
    code: None for code in (*range(32), *range(127, 160)) if code not in (9, 10, 13)
}
_SLOW = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})


def shown(text: str, limit: int) -> str:
    """Return a text that any page and database can take: no control or turning characters, unpaired signs replaced."""
    text = text[: limit * 4].encode("utf-8", "replace").decode("utf-8").translate(_GONE)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")[:limit]


def one_line(text: str, limit: int) -> str:
    """Return a text for one line: no line break is left that could begin another header."""
    return " ".join(shown(text, limit * 2).split())[:limit]


def decoded(raw: bytes, charset: str) -> str:
    """Turn bytes into text by the charset that they claim, else as UTF-8 or Latin-1; whatever is broken is replaced."""
    name = charset.strip().strip("\"'").lower()[:40]
    try:
        known = codecs.lookup(name).name if name else ""
        if known and known not in _SLOW:
            return raw.decode(known, "replace")
    except (LookupError, ValueError, UnicodeError, TypeError):
        pass
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def header(message: Message, name: str, limit: int = 300) -> str:
    """Return one header as a line of text, "" without it."""
    return one_line(_decoded_header(_raw(message, name, _LONGEST_HEADER)), limit)


def addresses(message: Message, *names: str) -> list[Address]:
    """Return who is named in address headers, each address once and in small letters."""
    found: dict[str, Address] = {}
    for name in names:
        for value in (message.get_all(name) or ())[:5]:
            raw = _PARTED.sub("<>", one_line(_as_text(value), _LONGEST_HEADER))  # a blank inside: no address
            for person, email in getaddresses([raw])[:_MOST_ADDRESSES] + _ANGLED.findall(raw)[:_MOST_ADDRESSES]:
                plain = plain_email(email)
                if plain and plain not in found:
                    found[plain] = Address(one_line(_decoded_header(person), 200), plain)
    return list(found.values())[:_MOST_ADDRESSES]


def plain_email(text: str) -> str:
    """Return an address in small letters, or "" for what is none."""
    text = text.strip().strip("<>").strip()
    return text.lower() if len(text) <= 254 and _EMAIL.fullmatch(text) and ".." not in text else ""


def message_ids(message: Message, *names: str) -> list[str]:
    """Return the Message-IDs in some headers, each once."""
    found: Iterable[str] = ()
    for name in names:
        found = [*found, *_MESSAGE_ID.findall(_raw(message, name, _LONGEST_REFERENCES))]
    return list(dict.fromkeys(found))[-_MOST_REFERENCES:]


def _raw(message: Message, name: str, limit: int) -> str:
    return _as_text(message.get(name) or "")[:limit]


def _as_text(value: object) -> str:
    try:
        return str(value)
    except (UnicodeError, LookupError, ValueError, HeaderParseError):
        return ""


def _decoded_header(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, LookupError):
        return text
    return "".join(decoded(part, charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)
