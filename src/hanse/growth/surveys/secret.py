"""The secret in the address of a log form: derived from its row, so that it can be shown again; a hash is stored."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

from hanse.kernel import signing
from hanse.spine.secrets.keys import key_for


def secret_of(door_id: UUID) -> str:
    """Return the secret of a team's address."""
    digest = hashlib.blake2b(door_id.bytes, key=key_for("log-door"), digest_size=18).digest()
    return urlsafe_b64encode(digest).decode("ascii")


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret."""
    return signing.key_hash(secret)


def log_path(door_id: UUID) -> str:
    """Return the path of a team's log form."""
    return f"/log/{secret_of(door_id)}"
