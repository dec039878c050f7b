"""Sharing as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program wants to offer its customers. `tier` is a key, "" for the newcomers' tier."""

    is_open: bool
    headline: str = ""
    friend_gets: str = ""
    paid_in: str = "money"
    product: str = ""
    product_worth_minor: int = 0
    orders_each: int = 1
    tier: str = ""
    code_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer who may share: their address, what they are called, and the shop's own id of them."""

    email: str
    name: str = ""
    customer: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a customer has to share."""

    partner_id: str
    email: str
    link: str
    code: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """What a list of customers did: who is new, and who was with us before."""

    new: int
    known: int
    all: Sequence[Sharing] = field(default_factory=tuple)
