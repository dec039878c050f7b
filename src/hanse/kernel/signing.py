"""Keys and keyed hashes: one master secret, one derived key for each purpose."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from typing import Literal

Purpose = Literal["click-token", "email-hash", "ip-hash", "django", "at-rest", "sign-in"]


def derive(master: bytes, purpose: Purpose | str) -> bytes:
    """Return the 32-byte key of a purpose. Knowing one derived key says nothing about the master or the others."""
    if len(master) < 16:
        raise ValueError("the master secret has at least 16 bytes")
    strong = master if len(master) <= 64 else hashlib.blake2b(master).digest()
    return hashlib.blake2b(purpose.encode(), key=strong, digest_size=32, person=b"hanse key").digest()


def email_hash(key: bytes, email: str) -> str:
    """Return the 32 hexadecimal characters that stand for an address, however it is spaced or capitalised."""
    return hashlib.blake2b(email.strip().lower().encode(), key=key, digest_size=16, person=b"hanse email").hexdigest()


def ip_hash(key: bytes, ip: str, day: date) -> str:
    """Return 16 hexadecimal characters for an address on one UTC day; the next day it has another hash."""
    dated = f"{day.isoformat()} {ip}".encode()
    return hashlib.blake2s(dated, key=key[:32], digest_size=8, person=b"hanse ip").hexdigest()


def key_hash(secret: str) -> str:
    """Return the SHA-256 of an API key: keys are long and random, so a plain fast hash is enough to store."""
    return hashlib.sha256(secret.encode()).hexdigest()


def constant_time_equal(left: str | bytes, right: str | bytes) -> bool:
    """Compare two secrets without telling by time where they differ."""
    return hmac.compare_digest(_as_bytes(left), _as_bytes(right))


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
