"""Reads of templates."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from hanse.growth.templates.models import MessageTemplate, MessageVersion
from hanse.kernel.errors import NotFound


def messages_of(program_id: UUID) -> QuerySet[MessageTemplate]:
    """Return a program's letters by name; those put away left out. `latest_number` is that of the newest version."""
    newest = MessageVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
    rows = MessageTemplate.objects.filter(program_id=program_id, archived_at=None)
    rows = rows.annotate(
        latest_number=Subquery(newest.values("number")[:1]), latest_contents=Subquery(newest.values("contents")[:1]),
        changed_at=Subquery(newest.values("created_at")[:1]),
    )  # fmt: skip
    return rows.order_by("name", "id")


def latest_version(message_id: UUID) -> MessageVersion:
    """Return the newest version of a letter. Raises NotFound."""
    rows = MessageVersion.objects.filter(template=message_id).select_related("template__program")
    found = rows.order_by("-number").first()
    if found is None:
        raise NotFound("message")
    return found


def latest_versions(message_ids: Collection[UUID]) -> dict[UUID, MessageVersion]:
    """Return the newest version of each letter. One query."""
    rows = MessageVersion.objects.filter(template__in=list(message_ids)).select_related("template__program")
    return {row.template_id: row for row in rows.order_by("number")}


def versions_of(message_id: UUID) -> QuerySet[MessageVersion]:
    """Return the versions of a letter, the newest first."""
    return MessageVersion.objects.filter(template=message_id).order_by("-number")
