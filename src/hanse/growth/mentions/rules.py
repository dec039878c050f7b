"""Rules of mentions."""

from __future__ import annotations

from hanse.spine.secrets.keys import hash_email


def person_key(text: str) -> str:
    """Return what tells people apart without naming them: an id as it is, an e-mail address as its keyed hash."""
    text = text.strip()
    return hash_email(text) if "@" in text else text[:64]
