"""Identifiers that sort by time (UUIDv7, RFC 9562 §5.7) and their text form with a type prefix."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from uuid import UUID

from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LENGTH = 26

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new_id(at: datetime | None = None) -> UUID:
    """Return a fresh UUIDv7; ids made in one process at the same millisecond still ascend."""
    milliseconds = int((at or clock.now()).timestamp() * 1000)
    global _last_ms, _counter
    with _lock:
        if milliseconds == _last_ms:
            _counter = (_counter + 1) & 0xFFF
        else:
            _last_ms, _counter = milliseconds, int.from_bytes(os.urandom(1), "big")
        counter = _counter
    random_bits = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds & ((1 << 48) - 1)) << 80 | 7 << 76 | counter << 64 | 2 << 62 | random_bits)


def first_id(at: datetime) -> UUID:
    """Return the lowest id that can be made at a moment: what was made since then is not below it."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def made_at(value: UUID) -> datetime:
    """Return when an id was made, to the millisecond."""
    return datetime.fromtimestamp((value.int >> 80) / 1000, UTC)


def text_id(prefix: str, value: UUID) -> str:
    """Write an id the way people and programs see it: `cnv_01K6…` (prefix, 26 characters of Crockford's base 32)."""
    number, characters = value.int, []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        characters.append(ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(characters))}"


def parse_id(prefix: str, text: str) -> UUID:
    """Read the text form back. Raises Invalid when prefix, length or a character is wrong."""
    head, _, body = text.partition("_")
    if head != prefix or len(body) != _LENGTH:
        raise _bad(prefix, text)
    number = 0
    for character in body.upper():
        if character not in _VALUES:
            raise _bad(prefix, text)
        number = number * 32 + _VALUES[character]
    if number >= 1 << 128:
        raise _bad(prefix, text)
    return UUID(int=number)


def _bad(prefix: str, text: str) -> Invalid:
    return Invalid(
        [Problem("", f"“{text[:60]}” is not an id of the form {prefix}_… with 26 letters and digits.", "bad_id")]
    )
