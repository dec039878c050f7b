"""Reads of questions and answers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hanse.growth.faq.models import FaqEntry
from hanse.growth.faq.searching import Document, search
from hanse.growth.resources.queries import reader_of
from hanse.growth.resources.rules import fits, in_best_language
from hanse.growth.resources.types import Target
from hanse.growth.roadmap.blocking import Guard
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment

_CLOSED = frozenset({"pending", "suspended", "ended"})


def entries_of(program_id: UUID, place: str = "") -> QuerySet[FaqEntry]:
    """Return a program's questions by topic, pinned ones first, with `helped` and `votes`; those put away too."""
    rows = FaqEntry.objects.filter(program_id=program_id, **({"place": place} if place else {}))
    counted = rows.annotate(helped=Count("votes", filter=Q(votes__has_helped=True)), heard=Count("votes"))
    return counted.order_by("-is_pinned", "topic", "created_at", "id")


def entry_by_id(program_id: UUID, entry_id: UUID) -> FaqEntry:
    """Return one of a program's questions. Raises NotFound."""
    row = entries_of(program_id).filter(pk=entry_id).first()
    if row is None:
        raise NotFound("answer")
    return row


def target_of(entry: FaqEntry) -> Target:
    """Return for whom an answer is."""
    return Target(entry.tiers, entry.types, entry.channels, entry.language)


def found(query: str, entries: Iterable[FaqEntry]) -> list[FaqEntry]:
    """Return what answers a query, the best first; all of it in its order without one."""
    by_id = {entry.pk: entry for entry in entries}
    documents = [Document(pk, entry.question, entry.topic, entry.answer) for pk, entry in by_id.items()]
    return [by_id[key] for key in search(query, documents) if isinstance(key, UUID)]


def answers_for(enrolment: Enrolment, query: str = "") -> list[FaqEntry]:
    """Return the answers that are for a partner, each in the language that they read best. Two queries; a third where
    one of them mentions an embargo: then it is left out for who has not accepted it.

    A search looks through every language; what is for the team never shows.
    """
    if enrolment.status in _CLOSED:
        return []
    reader = reader_of(enrolment)
    rows = FaqEntry.objects.filter(
        program_id=enrolment.program_id, place=FaqEntry.Place.PARTNERS, archived_at=None
    ).order_by("-is_pinned", "topic", "created_at", "id")
    guard = Guard(enrolment.program_id, clock.now())
    mine = [
        row for row in rows if fits(target_of(row), reader)
        and not guard.blocked_for(f"{row.question}\n{row.topic}\n{row.answer}", [enrolment.pk])
    ]  # fmt: skip
    shown = in_best_language(mine, lambda row: row.original_id or row.pk, lambda row: row.language, reader.language)
    if not query:
        return shown
    best = {row.original_id or row.pk: row for row in shown}
    matches = dict.fromkeys(row.original_id or row.pk for row in found(query, mine))
    return [best[family] for family in matches]


def has_playbook(program_id: UUID) -> bool:
    """Say whether the team has written down how it answers."""
    return FaqEntry.objects.filter(program_id=program_id, place=FaqEntry.Place.TEAM, archived_at=None).exists()
