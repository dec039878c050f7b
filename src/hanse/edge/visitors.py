"""The pseudonymous visitor: a first-party cookie, and the clicks that are only repeats."""

from __future__ import annotations

import os
import re
from binascii import b2a_base64

COOKIE = "hz_visitor"
REPEAT_MS = 30_000
_MAX_AGE_S = 400 * 86_400
_ID_BYTES, _ID_LENGTH, _POOL = 15, 20, 500
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
# the name first, then what may stand before it: a search for a fixed text is quick in the cookies of a whole shop
_FOUND = re.compile(rf"{COOKIE}=(?<![^;\s]{COOKIE}=)([A-Za-z0-9_-]{{20}})(?:;|$)")
_MAX_REMEMBERED = 400_000


def visitor_of(cookies: str | None) -> str:
    """Return the visitor that a Cookie header names, "" when none or not one of ours."""
    found = _FOUND.search(cookies) if cookies else None
    return found[1] if found else ""


class NewVisitors:
    """Gives out 120 random bits as 20 characters; asks the system in bulk, since each call costs a microsecond."""

    def __init__(self) -> None:
        self._pool: list[str] = []

    def next(self) -> str:
        """Return a visitor nobody has."""
        try:
            return self._pool.pop()
        except IndexError:
            text = b2a_base64(os.urandom(_ID_BYTES * _POOL), newline=False).translate(_URL_SAFE).decode("ascii")
            self._pool = [text[at : at + _ID_LENGTH] for at in range(_ID_LENGTH, len(text), _ID_LENGTH)]
            return text[:_ID_LENGTH]


def cookie(visitor: str, *, secure: bool) -> str:
    """Return the Set-Cookie value that keeps a visitor for 400 days, the longest that browsers allow."""
    return f"{COOKIE}={visitor}; Max-Age={_MAX_AGE_S}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


class Repeats:
    """The tokens given in the last 30 seconds by visitor and link, in two halves so that forgetting costs nothing.

    What other edges tell comes a little late, and by their clocks: a moment before the present one is no new time.
    """

    def __init__(self) -> None:
        self._young: dict[str, tuple[str, int]] = {}
        self._old: dict[str, tuple[str, int]] = {}
        self._turned_ms = 0

    def find(self, key: str, at_ms: int) -> str:
        """Return the token of the same visitor's click on the same link in the 30 s before, "" when there is none."""
        found = self._young.get(key) or self._old.get(key)
        return found[0] if found is not None and -REPEAT_MS < at_ms - found[1] < REPEAT_MS else ""

    def remember(self, key: str, token: str, at_ms: int) -> None:
        """Note a click's token."""
        if not -REPEAT_MS < at_ms - self._turned_ms < REPEAT_MS or len(self._young) >= _MAX_REMEMBERED:
            self._old, self._young, self._turned_ms = self._young, {}, at_ms
        self._young[key] = (token, at_ms)

    def holds(self, key: str, token: str) -> bool:
        """Say whether a key still stands for a token."""
        found = self._young.get(key) or self._old.get(key)
        return found is not None and found[0] == token

    def forget(self, key: str) -> None:
        """Take back a click that could not be recorded."""
        self._young.pop(key, None)
        self._old.pop(key, None)
