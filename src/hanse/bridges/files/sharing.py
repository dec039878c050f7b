"""Reads a list of customers who become partners."""

from __future__ import annotations

from hanse.bridges.files.invitations import read_people
from hanse.growth.sharing.actions import MOST_AT_ONCE
from hanse.growth.sharing.types import Buyer

_COLUMNS = {
    "email": ("email", "e-mail", "mail", "address"),
    "name": ("name", "customer name", "full name", "full_name"),
    "customer": ("customer", "customer_id", "customer id", "id", "external_id"),
    "language": ("language", "locale"),
}


def read_buyers(body: bytes) -> list[Buyer]:
    """Return the rows of a CSV file. Raises Invalid when it is too large, no text, or has no column of addresses."""
    return [Buyer(**{"email": "", **given}) for given in read_people(body, _COLUMNS, MOST_AT_ONCE)]
