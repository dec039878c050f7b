"""Signatures of webhooks that we send, after the Standard Webhooks specification: HMAC-SHA256 over id, time, body."""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signing_secret(text: str) -> bytes:
    """Return the key of a secret as it is written: base64, prefix or not. Raises ValueError under 24 bytes."""
    key = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    if len(key) < 24:
        raise ValueError("a webhook secret has at least 24 bytes")
    return key


def signed_headers(key: bytes, message_id: str, at_seconds: int, body: bytes) -> dict[str, str]:
    """Return the three headers that let a receiver check who sent a body and when."""
    content = f"{message_id}.{at_seconds}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(at_seconds), "webhook-signature": f"v1,{signature}"}
