"""Reads of links."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.programs.domains.queries import link_base
from hanse.traffic.links.models import Link


def links_of(enrolment_id: UUID) -> QuerySet[Link]:
    """Return an enrolment's links that are not archived, the newest first."""
    return Link.objects.filter(enrolment_id=enrolment_id, archived_at=None).order_by("-created_at", "-id")


def slugs_like(slug: str) -> set[str]:
    """Return the slugs, also of archived links, that begin like this one in any capitalisation."""
    return set(Link.objects.filter(slug__istartswith=slug).values_list("slug", flat=True))


def link_address(link: Link) -> str:
    """Return what a partner shares: the slug on the program's own domain, where it has one. One query or two."""
    return f"{link_base(link.enrolment.program_id)}/{link.slug}"
