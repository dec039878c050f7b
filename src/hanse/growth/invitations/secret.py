"""The secret of an invitation's page: derived from its id, so it can be copied again."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

from hanse.kernel import signing
from hanse.spine.secrets.keys import key_for


def secret_of(invitation_id: UUID) -> str:
    """Return the secret that goes to the one invited."""
    digest = hashlib.blake2b(invitation_id.bytes, key=key_for("invitation"), digest_size=18).digest()
    return urlsafe_b64encode(digest).decode("ascii")


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret."""
    return signing.key_hash(secret)


def invitation_path(slug: str, invitation_id: UUID) -> str:
    """Return the path of the page that the one invited lands on."""
    return f"/join/{slug}/invited/{secret_of(invitation_id)}"
