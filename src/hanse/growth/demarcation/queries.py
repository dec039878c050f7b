"""Reads of demarcation: the page and its versions, rules, suggestions."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from hanse.growth.demarcation.defaults import default_page
from hanse.growth.demarcation.models import TypeRule, TypesPage, TypeSuggestion
from hanse.growth.demarcation.rules import read_page
from hanse.growth.demarcation.types import PageText, TypeText
from hanse.people.partners.queries import partner_types


def published_versions() -> QuerySet[TypesPage]:
    """Return the published versions of the page, the newest first."""
    return TypesPage.objects.filter(is_draft=False).order_by("-number")


def draft() -> TypesPage | None:
    """Return the version that somebody writes now."""
    return TypesPage.objects.filter(is_draft=True).first()


def page_of(version: TypesPage) -> PageText:
    """Return what a version says."""
    return read_page(version.body)


def page_now() -> PageText:
    """Return the page in force; before anybody published one, what is usually said of the types."""
    newest = published_versions().first()
    return page_of(newest) if newest else default_page(partner_types())


def types_of(slugs: Collection[str]) -> list[TypeText]:
    """Return what the page in force says of some types, in the page's order; unknown ones are left out."""
    return [one for one in page_now().types if one.slug in slugs]


def type_names() -> dict[str, str]:
    """Return the names of all types."""
    return {kind.slug: kind.name for kind in partner_types()}


def rules_of(program_id: UUID) -> QuerySet[TypeRule]:
    """Return a program's rules by name."""
    return TypeRule.objects.filter(program_id=program_id, removed_at=None).order_by("name", "id")


def suggestions_of(program_id: UUID) -> QuerySet[TypeSuggestion]:
    """Return a program's suggestions with partner and rule, the newest first."""
    rows = TypeSuggestion.objects.filter(program_id=program_id).select_related("partner", "rule", "enrolment")
    return rows.order_by("-found_at", "-id")


def open_suggestions(program_id: UUID) -> QuerySet[TypeSuggestion]:
    """Return the suggestions that wait for an answer, the oldest first."""
    return suggestions_of(program_id).filter(state=TypeSuggestion.State.OPEN).order_by("found_at", "id")


def suggestions_about(partner_id: UUID) -> QuerySet[TypeSuggestion]:
    """Return what was suggested about a partner, the newest first; what lapsed unanswered is left out."""
    rows = TypeSuggestion.objects.filter(partner_id=partner_id).exclude(state=TypeSuggestion.State.LAPSED)
    return rows.select_related("rule").order_by("-found_at", "-id")
