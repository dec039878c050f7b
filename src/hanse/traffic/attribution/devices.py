"""Noting what tells a partner's own purchases: the browsers in which they use the portal, the customer they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.spine.bulk import insert_many
from hanse.traffic.attribution.models import OwnCustomer, OwnDevice

MOST = 50  # a partner with more browsers than this is an office; the first ones are enough to know an own order by


def note_own_device(partner_id: UUID, visitor: str, now: datetime) -> bool:
    """Keep that a browser is the partner's own; once is enough. Returns whether it is new."""
    known = OwnDevice.objects.filter(partner_id=partner_id)
    if not visitor or known.filter(visitor=visitor[:32]).exists() or known.count() >= MOST:
        return False
    row = {"id": new_id(), "partner_id": partner_id, "visitor": visitor[:32], "seen_at": now}
    insert_many(OwnDevice, [row], ignore_known=True)
    return True


def note_own_customer(enrolment_id: UUID, external_id: str, now: datetime) -> None:
    """Keep that a partner is the shop's customer of this id; once is enough."""
    if external_id:
        row = {"id": new_id(), "enrolment_id": enrolment_id, "external_id": external_id, "noted_at": now}
        insert_many(OwnCustomer, [row], ignore_known=True)
