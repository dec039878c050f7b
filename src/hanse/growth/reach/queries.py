"""Reads of reach: may this partner be written to, and what did they choose."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from hanse.growth.reach.models import LetterChoice, Suppression
from hanse.growth.reach.rules import OPTIONAL, OWED
from hanse.people.partners.models import Partner


def may_write(partner_ids: Iterable[UUID], kind: str) -> set[UUID]:
    """Return those who may get a letter of this kind (a `LetterKind`, or "note" for a colleague's own words).

    Nobody gets anything at an address that bounced for good. After a complaint only what is owed goes out: honesty and
    transactional letters. A kind that was switched off is not sent. Three queries, whatever the number.
    """
    ids = set(partner_ids)
    return ids - set(barred(ids, kind))


def barred(partner_ids: Iterable[UUID], kind: str) -> dict[UUID, str]:
    """Return who may not get a letter of this kind, and why: `unreachable` or `switched_off`. Three queries."""
    ids = list(partner_ids)
    addresses = dict(Partner.objects.filter(pk__in=ids).annotate(low=Lower("email")).values_list("pk", "low"))
    closed = Suppression.objects.filter(lifted_at=None, address__in=list(addresses.values()))
    if kind in OWED:
        closed = closed.filter(why=Suppression.Why.BOUNCE)
    suppressed = set(closed.values_list("address", flat=True))
    found = {}
    if kind in OPTIONAL:
        off = LetterChoice.objects.filter(partner__in=ids, kind=kind, is_off=True).values_list("partner_id", flat=True)
        found = dict.fromkeys(off, "switched_off")
    return found | {pk: "unreachable" for pk in ids if not addresses.get(pk) or addresses[pk] in suppressed}


def choices_of(partner_id: UUID) -> dict[str, bool]:
    """Return every kind that can be stopped, with whether the partner gets it."""
    off = set(LetterChoice.objects.filter(partner=partner_id, is_off=True).values_list("kind", flat=True))
    return {kind: kind not in off for kind in OPTIONAL}


def suppression_of(address: str) -> Suppression | None:
    """Return why an address is not written to, or None."""
    return Suppression.objects.filter(address=address.strip().lower(), lifted_at=None).first()


def suppressions() -> QuerySet[Suppression]:
    """Return the addresses that are not written to, the latest first."""
    return Suppression.objects.filter(lifted_at=None).order_by("-since")
