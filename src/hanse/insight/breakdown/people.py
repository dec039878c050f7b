"""How many customers stand behind the groups of one partner's breakdown."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hanse.insight.breakdown.types import Scope
from hanse.insight.overview.types import Span
from hanse.insight.rollups.models import CountedCredit
from hanse.kernel.clock import day_starts_at
from hanse.traffic.links.models import Link

_MOST = 5_000  # the latest credits; where there are more, a group may be taken for smaller than it is, never larger


def people_by_group(scope: Scope, by: str, span: Span, zone: str) -> dict[str, int]:
    """Return the distinct customers of each group; orders that name no customer count as one each. Two queries."""
    begin, end = day_starts_at(span.first, zone), day_starts_at(span.last + timedelta(days=1), zone)
    rows = CountedCredit.objects.filter(
        enrolment_id=scope.own_id, occurred_at__gte=begin, occurred_at__lt=end, conversions__gt=0
    )
    if scope.link_number is not None:
        rows = rows.filter(link_number=scope.link_number)
    columns = ("conversion_id", "customer_id", "link_number", "facets")
    names = dict(Link.objects.filter(enrolment_id=scope.own_id).values_list("number", "initiative"))
    people: dict[str, set[UUID]] = {}
    for conversion_id, customer_id, link, facets in rows.order_by("-occurred_at").values_list(*columns)[:_MOST]:
        key = (
            str(link)
            if by == "link"
            else facets.get(by) or names.get(link, "")
            if by == "initiative"
            else facets.get(by, "")
        )
        people.setdefault(key, set()).add(customer_id or conversion_id)
    return {key: len(found) for key, found in people.items()}
