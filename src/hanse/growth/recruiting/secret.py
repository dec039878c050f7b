"""The secret of an application's status page: derived from its id, so the table holds only its hash."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

from hanse.kernel import signing
from hanse.spine.secrets.keys import key_for


def secret_of(application_id: UUID) -> str:
    """Return the secret that is mailed to the applicant and to nobody else."""
    digest = hashlib.blake2b(application_id.bytes, key=key_for("application"), digest_size=24).digest()
    return urlsafe_b64encode(digest).decode("ascii")


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret."""
    return signing.key_hash(secret)


def status_path(application_id: UUID) -> str:
    """Return the path of the page where an applicant confirms, answers and sees the state."""
    return f"/apply/{secret_of(application_id)}"
