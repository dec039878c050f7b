"""Links for a list: found by partner, slug or label, with the clicks of those that are shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hanse.traffic.clicks.models import Click
from hanse.traffic.links.models import Link

State = Literal["working", "archived", "all"]


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """How often a link was clicked, and how often that did not count."""

    valid: int = 0
    invalid: int = 0


def links_in(program_id: UUID, *, search: str = "", state: State = "working") -> QuerySet[Link]:
    """Return a program's links with partner and offer."""
    links = Link.objects.filter(enrolment__program_id=program_id).select_related("enrolment__partner", "offer")
    if state != "all":
        links = links.filter(archived_at__isnull=state == "working")
    if search:
        words = Q(slug__icontains=search) | Q(label__icontains=search) | Q(initiative__icontains=search)
        links = links.filter(words | Q(enrolment__partner__name__icontains=search))
    return links


def clicks_of_links(numbers: Collection[int], since: datetime) -> dict[int, LinkClicks]:
    """Return the clicks of links since a moment, in one query; links without any are left out."""
    if not numbers:
        return {}
    rows = Click.objects.filter(link_number__in=numbers, occurred_at__gte=since).order_by().values("link_number")
    counted = rows.annotate(valid=Count("id", filter=Q(reason="")), invalid=Count("id", filter=~Q(reason="")))
    return {row["link_number"]: LinkClicks(row["valid"], row["invalid"]) for row in counted}


def links_by_number(numbers: Collection[int]) -> dict[int, Link]:
    """Return links with partner by their numbers, in one query: clicks know no more of their link."""
    rows = Link.objects.filter(number__in=numbers).select_related("enrolment__partner")
    return {link.number: link for link in rows}
