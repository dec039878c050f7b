"""Rules of partners: what can be an account to pay to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from stdnum import iban

RAILS = ("manual", "csv", "paypal", "wise", "sepa", "credit")
DEFAULT_TYPES = ("affiliate", "creator", "ambassador", "strategic", "channel", "agency")

_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def compact(account: str) -> str:
    """Return an account number as banks store it: capital letters, no blanks."""
    return "".join(account.split()).upper()


def is_iban(account: str) -> bool:
    """Say whether an account is an IBAN of its country's length and form whose check digits hold (ISO 13616), as the
    rails ask that pay to it."""
    plain = compact(account)
    return plain.isascii() and plain.isalnum() and bool(iban.is_valid(plain))


def is_bic(bic: str) -> bool:
    """Say whether a text is a BIC (ISO 9362): 8 or 11 characters."""
    return _BIC.fullmatch(compact(bic)) is not None


def looks_like_iban(account: str) -> bool:
    """Say whether somebody meant an IBAN, so that a wrong check digit can be told."""
    return re.match(r"[A-Z]{2}[0-9]{2}", compact(account)) is not None and len(compact(account)) >= 15


def first_clash(types: Sequence[str], excludes: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """Return the first two types that one partner cannot be at once, or None. It is enough that one says so."""
    for one, other in combinations(types, 2):
        if other in excludes.get(one, ()) or one in excludes.get(other, ()):
            return one, other
    return None
