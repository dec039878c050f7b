"""Secrets of other systems at rest: sealed with a key derived from the installation's own, opened only for use."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hanse.spine.secrets.keys import key_for

_NONCE_BYTES = 12


class CannotOpen(ValueError):
    """The text was sealed with another key, for another use, or was altered."""


def seal(values: Mapping[str, str], use: str) -> str:
    """Return secrets as one sealed text (AES-256-GCM). `use` is bound to it: it opens for the same use only."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = json.dumps(dict(values), sort_keys=True).encode()
    return base64.b64encode(nonce + AESGCM(key_for("at-rest")).encrypt(nonce, plain, use.encode())).decode()


def open_sealed(text: str, use: str) -> dict[str, str]:
    """Return sealed secrets; none for "". Raises CannotOpen."""
    if not text:
        return {}
    try:
        raw = base64.b64decode(text, validate=True)
        plain = AESGCM(key_for("at-rest")).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], use.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("The secret cannot be opened with this installation's key.") from error
    return {str(name): str(value) for name, value in json.loads(plain).items()}
