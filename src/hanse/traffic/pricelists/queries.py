"""Reads of price lists: which one holds for whom on which day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.pricelists.models import PriceLine, PriceList, PriceVersion
from hanse.traffic.pricelists.rules import in_force


def price_lists_of(program_id: UUID) -> QuerySet[PriceList]:
    """Return a program's price lists with their versions, by name; those put away left out."""
    rows = PriceList.objects.filter(program_id=program_id, archived_at=None).select_related("enrolment__partner")
    return rows.prefetch_related(Prefetch("versions", _versions())).order_by("name", "id")


def lists_for(enrolment: Enrolment) -> list[PriceList]:
    """Return the lists that are meant for a partner, the nearest first: negotiated, of a type, for everybody."""
    types = list(enrolment.partner.types)
    meant = Q(enrolment=enrolment) | Q(enrolment=None, partner_type__in=[*types, ""])
    rows = list(price_lists_of(enrolment.program_id).filter(meant))
    return sorted(rows, key=lambda row: (row.enrolment_id is None, _place(row.partner_type, types), row.name, row.pk))


def prices_for(enrolment: Enrolment, day: date) -> PriceVersion | None:
    """Return the version by which a partner buys on a day: of the nearest list that has one in force then."""
    for row in lists_for(enrolment):
        found = in_force(row.versions.all(), day)
        if found is not None:
            return found
    return None


def with_prices(program_id: UUID, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Return those of some enrolments (with partners) for whom a price list was published. One query."""
    published = price_lists_of(program_id).filter(versions__isnull=False).order_by().distinct()
    rows = list(published.values_list("enrolment_id", "partner_type"))
    own, types = {row[0] for row in rows if row[0]}, {row[1] for row in rows if row[1]}
    for_all = any(not of and not kind for of, kind in rows)
    return [one for one in enrolments if for_all or one.pk in own or types & set(one.partner.types)]


def lines_of(version_id: UUID) -> QuerySet[PriceLine]:
    """Return a version's lines in their order."""
    return PriceLine.objects.filter(version_id=version_id).order_by("position")


def _versions() -> QuerySet[PriceVersion]:
    return PriceVersion.objects.order_by("-number")


def _place(slug: str, types: list[str]) -> int:
    return types.index(slug) if slug in types else len(types)
