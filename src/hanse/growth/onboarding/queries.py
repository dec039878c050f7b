"""Reads of onboarding: paths in force, how far somebody is, what our own people have to do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.onboarding.evidence import begun_firsts
from hanse.growth.onboarding.models import Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.rules import DEFAULT, choose_path, progress_on
from hanse.growth.onboarding.types import Path, Progress, Step
from hanse.programs.enrolments.models import Enrolment


def version_in_force(program_id: UUID) -> OnboardingVersion | None:
    """Return the newest version of a program's paths; None where those that are shipped count."""
    return OnboardingVersion.objects.filter(program_id=program_id).order_by("-number").first()


def versions_of(program_id: UUID) -> QuerySet[OnboardingVersion]:
    """Return every version, the newest first."""
    return OnboardingVersion.objects.filter(program_id=program_id).order_by("-number")


def paths_in(version: OnboardingVersion | None) -> list[Path]:
    """Return the paths of a version; None: those that are shipped."""
    if version is None:
        return list(DEFAULT)
    return [
        Path(row["key"], row["name"], row["types"], row["tiers"], [Step(**step) for step in row["steps"]])
        for row in version.body["paths"]
    ]


def path_in(version: OnboardingVersion | None, key: str) -> Path:
    """Return a path by its key; the last one where it is unknown."""
    paths = paths_in(version)
    return next((path for path in paths if path.key == key), paths[-1])


def path_for(enrolment: Enrolment, version: OnboardingVersion | None) -> Path:
    """Return the path that an enrolment takes when it begins."""
    tier = enrolment.tier.key if enrolment.tier else ""
    return choose_path(paths_in(version), enrolment.partner.types, tier)


def progress_of(enrolment: Enrolment, *, skip: Collection[str] = ()) -> Progress:
    """Return how far an enrolment is as of now, also before its row is written. A fixed number of queries.

    No step of the kinds in `skip` comes next.
    """
    path_key, version, firsts = begun_firsts(enrolment)
    path = path_in(version, path_key) if path_key else path_for(enrolment, version)
    return progress_on(path, firsts, skip=skip)


def under_way(program_id: UUID) -> QuerySet[Onboarding]:
    """Return those who have a step of their own to take, who waits longest first."""
    rows = Onboarding.objects.filter(program_id=program_id, left_on=None, completed_on=None).exclude(next_step="")
    return rows.select_related("enrolment__partner__owner", "enrolment__tier", "version").order_by("next_since", "pk")


def open_tasks(program_id: UUID, until: date | None = None) -> QuerySet[OwnerTask]:
    """Return what our people have to do for partners, the earliest due first; with `until` what is due by then."""
    rows = OwnerTask.objects.filter(program_id=program_id, done_at=None, dropped_at=None)
    rows = rows.filter(due_on__lte=until) if until else rows
    return rows.select_related("onboarding__enrolment__partner", "owner").order_by("due_on", "pk")
