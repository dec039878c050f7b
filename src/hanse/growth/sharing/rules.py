"""Rules of sharing: signed addresses for one click, how a code is made, what friends' orders have earned in kind."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

VALID_FOR: Final = timedelta(days=90)
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else over the telephone
_CODE_LENGTH: Final = 6


def signature(secret: str, parts: Sequence[str]) -> str:
    """Return the hexadecimal HMAC-SHA256 of lines of text; the shop's own server makes the same one."""
    return hmac.new(secret.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def is_signed(secret: str, parts: Sequence[str], given: str) -> bool:
    """Say whether a signature is that of these lines, in the same time for every answer."""
    return hmac.compare_digest(signature(secret, parts).encode(), given.strip().lower().encode())


def is_fresh(at_seconds: int, now: datetime) -> bool:
    """Say whether an address signed at a moment may still be used: for 90 days, and not from the future."""
    age = now.timestamp() - at_seconds
    return -300 <= age <= VALID_FOR.total_seconds()


def new_code(prefix: str) -> str:
    """Return a code that is easy to say and hard to guess: `FRIEND-7Q2KXD`."""
    tail = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    return f"{prefix}-{tail}" if prefix else tail


def products_owed(orders: int, orders_each: int) -> int:
    """Return how many products so many orders of friends have earned."""
    return max(orders, 0) // max(orders_each, 1)
