"""Reads of watch."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from hanse.growth.watch.models import CheckedDestination
from hanse.traffic.links.models import Link

FAILED = 2  # looks in a row: one may be the network's fault


def broken_links(enrolment_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return who has a link in use whose destination failed when it was last looked at, and twice. One query."""
    failed = CheckedDestination.objects.filter(failed_since__isnull=False, failures__gte=FAILED).values("url")
    rows = Link.objects.filter(destination_url__in=failed, enrolment_id__in=list(enrolment_ids), archived_at=None)
    return dict(rows.order_by("-number").values_list("enrolment_id", "destination_url"))
