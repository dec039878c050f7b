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
    transactional letters. A kind that was switched off is not sent. Two queries, whatever the number.
    """
    ids = list(partner_ids)
    suppressed = dict(
        Suppression.objects.filter(lifted_at=None, address__in=_addresses(ids)).values_list("address", "why")
    )
    addresses = Partner.objects.filter(pk__in=ids).values_list("pk", Lower("email"))
    barred = set(Suppression.Why.values) if kind not in OWED else {Suppression.Why.BOUNCE.value}
    allowed = {pk for pk, address in addresses if address and suppressed.get(address) not in barred}
    if kind not in OPTIONAL:
        return allowed
    off = LetterChoice.objects.filter(partner__in=ids, kind=kind, is_off=True).values_list("partner_id", flat=True)
    return allowed - set(off)


def _addresses(partner_ids: list[UUID]) -> QuerySet[Partner, str]:
    return Partner.objects.filter(pk__in=partner_ids).annotate(low=Lower("email")).values_list("low", flat=True)


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
