"""Reads of the roadmap: what a partner may see now, features that are on, open embargoes, who accepted and who saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Q, QuerySet, Value

from hanse.growth.audiences.meant import is_meant, is_meant_for
from hanse.growth.roadmap.actions import can_see
from hanse.growth.roadmap.models import EmbargoAcceptance, Preview, PreviewSight
from hanse.growth.roadmap.rules import has_feature, is_under_embargo
from hanse.growth.roadmap.types import Content, Embargo, Shown
from hanse.growth.training.models import Lesson
from hanse.programs.enrolments.models import Enrolment


def previews_of(program_id: UUID) -> QuerySet[Any]:
    """Return a program's previews, the newest first, with how many accepted the embargo as it is, and how many saw."""
    agreed = Q(acceptances__embargo_digest=F("embargo_digest"))
    return Preview.objects.filter(program_id=program_id).annotate(
        accepted=Count("acceptances__enrolment", filter=agreed, distinct=True),
        seen=Count("sights__enrolment", distinct=True),
    ).order_by("-created_at", "-id")  # fmt: skip


def previews_for(enrolment: Enrolment, now: datetime) -> list[Shown]:
    """Return what is there for a partner, what comes out first on top; contents only of what she may read. Two queries.

    Everything that is shown to partners, by whatever face, is read here.
    """
    mine = shown_to(enrolment)
    if not mine:
        return []
    agreed = EmbargoAcceptance.objects.filter(enrolment=enrolment)
    accepted = {(pk, digest): at for pk, digest, at in agreed.values_list(
        "preview_id", "embargo_digest", "accepted_at")}  # fmt: skip
    shown = [_shown(row, accepted.get((row.pk, row.embargo_digest)), now) for row in mine]
    return sorted(shown, key=lambda one: (one.content is not None, not one.is_under_embargo))


def shown_to(enrolment: Enrolment) -> list[Preview]:
    """Return the previews that are there for a partner, the newest first. One query.

    Of these nothing but the teaser and the embargo may be told her; `previews_for` says what more.
    """
    rows = Preview.objects.filter(program_id=enrolment.program_id, withdrawn_at=None).exclude(published_at=None)
    return [row for row in rows.order_by("-published_at", "-id") if can_see(row, enrolment)]


def fresh_for(enrolment: Enrolment, since: datetime) -> list[tuple[datetime, str, UUID]]:
    """Return lessons and previews shown since a moment that are there for a partner, the newest first. One query.

    Each with its moment, its teaser ("" for a lesson) and its id: nothing that an embargo keeps back.
    """
    if enrolment.status not in (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED):
        return []
    columns = ("published_at", "tiers", "types", "said", "pk")
    here = {"program_id": enrolment.program_id, "published_at__gte": since}
    previews = Preview.objects.filter(**here, withdrawn_at=None).annotate(said=F("teaser"))
    none = Value("", output_field=CharField())
    lessons = Lesson.objects.filter(**here, archived_at=None).annotate(said=none)
    rows = previews.order_by().values_list(*columns).union(lessons.order_by().values_list(*columns), all=True)
    found = [(at, said, pk) for at, tiers, types, said, pk in rows if at and is_meant_for(tiers, types, enrolment)]
    return sorted(found, reverse=True)


def _shown(row: Preview, accepted_at: datetime | None, now: datetime) -> Shown:
    is_secret = is_under_embargo(row.embargo_until, now)
    is_readable = not is_secret or accepted_at is not None
    return Shown(
        preview_id=row.pk, number=row.number, teaser=row.teaser, embargo_until=row.embargo_until,
        embargo_text=row.embargo_text, digest=row.embargo_digest, accepted_at=accepted_at, is_under_embargo=is_secret,
        content=Content(row.title, row.text, row.address) if is_readable else None,
        feature=row.feature if is_readable else "",
        has_feature=has_feature(row.feature, row.feature_from, row.feature_until, now, is_readable=is_readable),
        feature_from=row.feature_from if is_readable else None,
        feature_until=row.feature_until if is_readable else None, published_at=row.published_at,
    )  # fmt: skip


def preview_for(enrolment: Enrolment, preview_id: UUID, now: datetime) -> Shown | None:
    """Return one of those above."""
    return next((one for one in previews_for(enrolment, now) if one.preview_id == preview_id), None)


def features_on(enrolment: Enrolment, now: datetime) -> list[str]:
    """Return the features that are switched on for a partner now, by name."""
    return sorted({one.feature for one in previews_for(enrolment, now) if one.has_feature})


def open_embargoes(program_id: UUID, now: datetime) -> list[Embargo]:
    """Return the embargoes that are open in a program: of previews once shown, also of those withdrawn. One query."""
    rows = Preview.objects.filter(program_id=program_id, embargo_until__gt=now).exclude(published_at=None)
    return [
        Embargo(row.pk, row.title, row.embargo_until, tuple(row.words), row.embargo_digest)
        for row in rows.order_by("embargo_until", "id")
        if row.embargo_until is not None
    ]


def accepted_by(embargoes: Collection[Embargo], enrolment_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return of each embargo's preview who of some enrolments has accepted it as it is. One query."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    digests = {one.preview_id: one.digest for one in embargoes}
    rows = EmbargoAcceptance.objects.filter(preview__in=list(digests))
    if len(enrolment_ids) <= 500:
        rows = rows.filter(enrolment__in=list(enrolment_ids))
    for preview_id, who, digest in rows.values_list("preview_id", "enrolment_id", "embargo_digest"):
        if digests[preview_id] == digest:
            found[preview_id].add(who)
    return found


def meant_for(preview: Preview) -> QuerySet[Enrolment]:
    """Return the open enrolments that a preview is meant for, by name; for its page alone."""
    rows = Enrolment.objects.filter(program_id=preview.program_id, is_test=False, status__in=("active", "paused"))
    if preview.tiers:
        rows = rows.filter(tier__key__in=preview.tiers)
    rows = rows.select_related("partner", "tier").order_by("partner__name", "id")
    if not preview.types:
        return rows
    kept = [pk for pk, types in rows.values_list("pk", "partner__types") if is_meant((), preview.types, "", types)]
    return rows.filter(pk__in=kept)


def sights_of(preview: Preview) -> QuerySet[PreviewSight]:
    """Return who saw a preview, the latest first."""
    return PreviewSight.objects.filter(preview=preview).select_related("enrolment__partner").order_by("-last_at", "-id")


def acceptances_of(preview: Preview) -> QuerySet[EmbargoAcceptance]:
    """Return who accepted a preview's embargoes, the latest first."""
    rows = EmbargoAcceptance.objects.filter(preview=preview).select_related("enrolment__partner")
    return rows.order_by("-accepted_at", "-id")


def near_end(program_id: UUID, since: datetime, until: datetime) -> list[tuple[Preview, int]]:
    """Return shown previews whose embargo ends within a span, the earliest first, with how many accepted. One query."""
    rows = previews_of(program_id).filter(embargo_until__gt=since, embargo_until__lte=until)
    return [(row, row.accepted) for row in rows.exclude(published_at=None).order_by("embargo_until", "id")[:20]]
