"""Signed addresses: with one a customer takes the offer up in one click, and nobody in somebody else's name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from hanse.growth.sharing import rules
from hanse.growth.sharing.models import SharingOffer
from hanse.growth.sharing.types import Buyer
from hanse.spine.outbox.actions import absolute_url
from hanse.spine.secrets.keys import key_for


def sharing_key(offer: SharingOffer) -> str:
    """Return the key with which the shop's server signs addresses, as it types it."""
    return _key(offer.program_id, offer.key_number)


def _key(program_id: UUID, number: int) -> str:
    return key_for(f"sharing:{program_id}:{number}").hex()


def sharing_path(slug: str) -> str:
    """Return the path of the page for customers."""
    return f"/friends/{slug}"


def signed_address(offer: SharingOffer, buyer: Buyer, now: datetime) -> str:
    """Return an address that lets this customer take the offer up in one click, for 90 days."""
    at = str(int(now.timestamp()))
    said = {"email": buyer.email, "name": buyer.name, "customer": buyer.customer, "at": at}
    signature = rules.signature(sharing_key(offer), _lines(offer, buyer, at))
    path = sharing_path(offer.program.slug)
    return absolute_url(f"{path}?{urlencode({**said, 'signature': signature})}")


def is_signed_for(offer: SharingOffer, buyer: Buyer, at: str, signature: str, now: datetime) -> bool:
    """Say whether an address was signed for this customer, lately enough."""
    if not (at.isascii() and at.isdigit() and len(at) <= 12):
        return False
    return rules.is_fresh(int(at), now) and rules.is_signed(sharing_key(offer), _lines(offer, buyer, at), signature)


def _lines(offer: SharingOffer, buyer: Buyer, at: str) -> list[str]:
    return [offer.program.slug, buyer.email, buyer.name, buyer.customer, at]
