"""Reads of domains."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from hanse.programs.domains.models import Domain


def domains_of(program_id: UUID) -> list[Domain]:
    """Return a program's domains, the oldest first: on that one its links are shown."""
    return list(Domain.objects.filter(program_id=program_id).order_by("created_at", "id"))


def link_base(program_id: UUID) -> str:
    """Return what stands before a link's slug, without a final slash: the program's first domain, else our address.

    A domain takes scheme and port of HANSE_PUBLIC_URL: both are served by the same proxy. One query.
    """
    ours = str(settings.HANSE_PUBLIC_URL).rstrip("/")
    first = Domain.objects.filter(program_id=program_id).order_by("created_at", "id").first()
    return on_host(ours, first.host) if first else ours


def link_bases(program_ids: set[UUID]) -> dict[UUID, str]:
    """Return `link_base` of several programs in one query."""
    ours = str(settings.HANSE_PUBLIC_URL).rstrip("/")
    bases = dict.fromkeys(program_ids, ours)
    rows = Domain.objects.filter(program_id__in=program_ids).order_by("-created_at", "-id")
    bases.update({domain.program_id: on_host(ours, domain.host) for domain in rows})
    return bases


def on_host(address: str, host: str) -> str:
    """Return an address with another host: scheme and port stay."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"
