"""Reads of newsletters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.newsletters.models import Newsletter
from hanse.growth.newsletters.rules import Part, readers_of
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment


def newsletters_of(program_id: UUID) -> QuerySet[Newsletter]:
    """Return a program's newsletters, the latest first."""
    rows = Newsletter.objects.filter(program_id=program_id).select_related("audience")
    return rows.order_by("-created_at", "-id")


def newsletter_by_id(program_id: UUID, newsletter_id: UUID) -> Newsletter:
    """Return one newsletter of a program. Raises NotFound."""
    found = newsletters_of(program_id).filter(pk=newsletter_id).first()
    if found is None:
        raise NotFound("newsletter")
    return found


def parts_of(newsletter: Newsletter) -> list[Part]:
    """Return a newsletter's sections in order."""
    rows = newsletter.sections.order_by("position")
    return [Part(tuple(row.tiers), row.heading, row.text) for row in rows]


def readers_now(newsletter: Newsletter, now: datetime) -> list[UUID]:
    """Return whom a newsletter means now, by id: its audience, as far as their tier reads any section."""
    condition = newsletter.audience.condition if newsletter.audience else None
    members = members_of(newsletter.program_id, read_condition(condition), now)
    tiers = readers_of(parts_of(newsletter))
    if tiers is None:
        return members
    rows = Enrolment.objects.filter(program_id=newsletter.program_id, tier__key__in=tiers)
    reading = set(rows.values_list("id", flat=True))
    return [who for who in members if who in reading]
