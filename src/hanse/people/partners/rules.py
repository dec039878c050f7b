"""Rules of partners: what can be an account to pay to."""

from __future__ import annotations

import re

RAILS = ("manual", "csv", "paypal", "wise", "sepa", "credit")
DEFAULT_TYPES = ("affiliate", "creator", "ambassador", "strategic", "channel", "agency")

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def compact(account: str) -> str:
    """Return an account number as banks store it: capital letters, no blanks."""
    return "".join(account.split()).upper()


def is_iban(account: str) -> bool:
    """Say whether an account is an IBAN whose check digits hold (ISO 13616, mod 97)."""
    iban = compact(account)
    if not _IBAN.fullmatch(iban):
        return False
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_bic(bic: str) -> bool:
    """Say whether a text is a BIC (ISO 9362): 8 or 11 characters."""
    return _BIC.fullmatch(compact(bic)) is not None


def looks_like_iban(account: str) -> bool:
    """Say whether somebody meant an IBAN, so that a wrong check digit can be told."""
    return re.match(r"[A-Z]{2}[0-9]{2}", compact(account)) is not None and len(compact(account)) >= 15
