"""Reads of watch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.growth.watch.models import CheckedDestination
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

FAILED = 2  # looks in a row: one may be the network's fault


def broken_links(enrolment_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return who has a link in use whose destination failed when it was last looked at, and twice. One query."""
    failed = CheckedDestination.objects.filter(failed_since__isnull=False, failures__gte=FAILED).values("url")
    rows = Link.objects.filter(destination_url__in=failed, enrolment_id__in=list(enrolment_ids), archived_at=None)
    return dict(rows.order_by("-number").values_list("enrolment_id", "destination_url"))


def links_in_use(program: Program, now: datetime) -> QuerySet[Link]:
    """Return a program's links that somebody can go through: of active enrolments, not archived, not expired."""
    active = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE)
    return Link.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), archived_at=None, enrolment__in=active)
