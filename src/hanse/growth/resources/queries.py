"""Reads of resources: all of a program, and what one partner may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hanse.growth.resources.files.addresses import media_href as media_href
from hanse.growth.resources.files.queries import file_of as file_of
from hanse.growth.resources.files.showing import shows_files
from hanse.growth.resources.models import Resource, ResourceUse, ResourceVersion
from hanse.growth.resources.rules import channels_of, fit_points, fits, in_best_language, is_current
from hanse.growth.resources.types import STARTER, TAKEN, Reader, Target
from hanse.growth.roadmap.blocking import Guard
from hanse.kernel.clock import local_day
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment

_CLOSED = frozenset({"pending", "suspended", "ended"})


@dataclass(frozen=True, slots=True)
class Offered:
    """A resource as one partner sees it. `taken_number` is the version that they took last."""

    resource: Resource
    points: int
    taken_number: int | None = None
    days_left: int | None = None
    is_new: bool = False

    @property
    def version(self) -> ResourceVersion:
        """What it says and holds now."""
        return self.resource.now

    @property
    def is_changed(self) -> bool:
        """Whether there is a newer version than the one that they took."""
        return self.taken_number is not None and self.taken_number < self.version.number


def reader_of(enrolment: Enrolment) -> Reader:
    """Return what is known of a partner as a reader, with tier and partner read."""
    partner = enrolment.partner
    words = [*map(str, partner.channels), *([partner.website] if partner.website else [])]
    return Reader(
        enrolment.tier.key if enrolment.tier else "", partner.types, channels_of(words), partner.language
    )  # fmt: skip


def target_of(row: Resource) -> Target:
    """Return for whom a resource is."""
    return Target(row.tiers, row.types, row.channels, row.language)


def resources_of(program_id: UUID) -> QuerySet[Resource]:
    """Return a program's resources with their newest version and its file, those put away too; `taken_by` counts who
    took them."""
    rows = Resource.objects.filter(program_id=program_id).select_related("current__file", "program", "original")
    return rows.annotate(taken_by=Count("uses__enrolment", filter=Q(uses__act__in=TAKEN), distinct=True))


def resource_by_id(program_id: UUID, resource_id: UUID) -> Resource:
    """Return one of a program's resources. Raises NotFound."""
    row = resources_of(program_id).filter(pk=resource_id).first()
    if row is None:
        raise NotFound("resource")
    return row


def versions_of(resource_id: UUID) -> QuerySet[ResourceVersion]:
    """Return a resource's versions with their files, the newest first."""
    return ResourceVersion.objects.filter(resource_id=resource_id).select_related("file").order_by("-number")


def library_for(enrolment: Enrolment, now: datetime) -> list[Offered]:
    """Return what a partner may see of the library, what suits them best in front. Three queries; a fourth
    where something mentions an embargo.

    Each thing stands there once, in the language that they read best. Who is not in the program sees nothing, and what
    mentions an embargo that they have not accepted is left out.
    """
    if enrolment.status in _CLOSED:
        return []
    today, reader = local_day(now, enrolment.program.time_zone), reader_of(enrolment)
    rows = Resource.objects.filter(program_id=enrolment.program_id, archived_at=None, current__isnull=False)
    rows = rows.filter(Q(expires_on=None) | Q(expires_on__gte=today)).select_related("current__file", "program")
    guard = Guard(enrolment.program_id, now)
    mine = [
        row for row in rows.order_by("created_at", "id")
        if fits(target_of(row), reader) and not guard.blocked_for(_words_of(row.now), [enrolment.pk])
    ]  # fmt: skip
    taken = _taken(enrolment)
    best = in_best_language(
        mine, lambda row: row.original_id or row.pk, lambda row: row.language, reader.language
    )  # fmt: skip
    offered = [_offered(row, reader, taken.get(row.pk), today, enrolment.program.time_zone) for row in best]
    return sorted(offered, key=lambda one: (-one.points, -one.version.created_at.timestamp(), one.version.title))


def offered_to(enrolment: Enrolment, resource_id: UUID, now: datetime) -> Offered | None:
    """Return one resource as a partner sees it; None for what is not for them."""
    return next((one for one in library_for(enrolment, now) if one.resource.pk == resource_id), None)


def readers_of(row: Resource, enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """Return who of these partners sees a resource: it is for them, and no other language of it suits them better.

    One query. Its last day is not asked.
    """
    mother = row.original_id or row.pk
    others = Resource.objects.filter(Q(pk=mother) | Q(original_id=mother), archived_at=None).exclude(pk=row.pk)
    family = sorted([*others, row], key=lambda one: (one.created_at, one.pk))
    return [one for one in enrolments if one.status not in _CLOSED and _best(family, reader_of(one)) == row]


def _best(family: Sequence[Resource], reader: Reader) -> Resource | None:
    mine = [one for one in family if fits(target_of(one), reader)]
    best = in_best_language(mine, lambda _one: 0, lambda one: one.language, reader.language)
    return best[0] if best else None


def has_asset_pack(program_id: UUID, today: date) -> bool:
    """Say whether every partner finds something to begin with in the library: a file or a text, for all, not over."""
    rows = Resource.objects.filter(program_id=program_id, archived_at=None, kind__in=STARTER).select_related("current")
    return any(
        is_current(row.expires_on, today) and not (row.tiers or row.types or row.channels)
        and (row.now.file_id or row.now.body)
        for row in rows
    )  # fmt: skip


def ending_soon(program_id: UUID, today: date, until: date) -> QuerySet[Resource]:
    """Return what ends between two days, both included."""
    return Resource.objects.filter(program_id=program_id, archived_at=None, expires_on__range=(today, until))


@shows_files
def library_shows(file_id: UUID, enrolment: Enrolment, now: datetime) -> bool:
    """Say whether the library shows a file to a partner: it belongs to the newest version of something for them."""
    held = Resource.objects.filter(program_id=enrolment.program_id, current__file_id=file_id, archived_at=None)
    if not held.exists():
        return False
    return any(one.version.file_id == file_id for one in library_for(enrolment, now))


def _words_of(said: ResourceVersion) -> str:
    """Return everything that a version says."""
    file_name = said.file.name if said.file else ""
    return "\n".join((said.title, said.summary, said.body, said.address, file_name))


def _taken(enrolment: Enrolment) -> dict[UUID, int]:
    rows = ResourceUse.objects.filter(enrolment=enrolment, act__in=TAKEN).order_by("last_at")
    return dict(rows.values_list("resource_id", "version__number"))


def _offered(row: Resource, reader: Reader, taken: int | None, today: date, zone: str) -> Offered:
    left = (row.expires_on - today).days if row.expires_on else None
    age = (today - local_day(row.now.created_at, zone)).days
    is_done = taken is not None and taken >= row.now.number
    points = fit_points(
        target_of(row), reader, age_days=age, is_pinned=row.is_pinned, is_taken=is_done, days_left=left
    )  # fmt: skip
    return Offered(row, points, taken, left, 0 <= age <= 14 and not is_done)
