"""Addresses that stand in letters: to stop them, to count a visit, to follow a link. Signed, so nobody makes their own.

`/letters/{token}` stops a kind, `/letters/seen/{token}.gif` is the picture, `/letters/go/{token}?to=…` follows a link.
The token of a link signs its destination too: it leads where the letter said, and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from urllib.parse import quote
from uuid import UUID

from hanse.kernel.signing import constant_time_equal
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.secrets.keys import key_for

_MAC_BYTES = 14


def stop_address(send_id: UUID) -> str:
    """Return where the reader of a letter stops its kind."""
    return absolute_url(f"/letters/{_token(send_id, 'stop')}")


def picture_address(send_id: UUID) -> str:
    """Return the address of the picture that tells, unreliably, that a letter was opened."""
    return absolute_url(f"/letters/seen/{_token(send_id, 'seen')}.gif")


def link_address(send_id: UUID, destination: str) -> str:
    """Return the counted address of a link in a letter."""
    token = _token(send_id, f"go {destination}")
    return absolute_url(f"/letters/go/{token}?to={quote(destination, safe='')}")


def send_of_stop(token: str) -> UUID | None:
    """Return the send of a token to stop, or None for a wrong one."""
    return _read(token, "stop")


def send_of_picture(token: str) -> UUID | None:
    """Return the send of a picture's token, or None for a wrong one."""
    return _read(token, "seen")


def send_of_link(token: str, destination: str) -> UUID | None:
    """Return the send of a link's token; None when it was not signed for this destination."""
    return _read(token, f"go {destination}")


def _token(send_id: UUID, use: str) -> str:
    return base64.urlsafe_b64encode(send_id.bytes + _mac(send_id, use)).decode().rstrip("=")


def _mac(send_id: UUID, use: str) -> bytes:
    keyed = hashlib.blake2b(send_id.bytes + use.encode(), key=key_for("letters"), digest_size=_MAC_BYTES)
    return keyed.digest()


def _read(token: str, use: str) -> UUID | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if token.isascii() else b""
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _MAC_BYTES:
        return None
    send_id = UUID(bytes=raw[:16])
    return send_id if constant_time_equal(raw[16:], _mac(send_id, use)) else None
