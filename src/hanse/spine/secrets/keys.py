"""The derived keys, and the keyed hashes that are made with them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from hanse.kernel import signing


def key_for(purpose: str) -> bytes:
    """Return the 32-byte key of a purpose, from the installation's master secret."""
    return _derived(settings.HANSE_MASTER_KEY, purpose)


@lru_cache(maxsize=32)
def _derived(master: bytes, purpose: str) -> bytes:
    return signing.derive(master, purpose)


def hash_email(email: str) -> str:
    """Return the keyed hash that stands for an address wherever customers and partners are compared."""
    return signing.email_hash(key_for("email-hash"), email) if email else ""


def hash_account(account: str) -> str:
    """Return a keyed hash of a bank account or wallet, however it is spaced or capitalised; "" for none."""
    plain = "".join(account.split()).lower()
    return signing.email_hash(key_for("payout-account"), plain) if plain else ""
