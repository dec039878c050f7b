"""Reads of mentions: candidates by how often, how lately and by how many people they were named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, CharField, Count, F, IntegerField, Max, Min, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf

from hanse.growth.mentions.grouping import likely_same
from hanse.growth.mentions.keys import name_key
from hanse.growth.mentions.models import Answer, Candidate, Mention
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment

FRESH_DAYS = 90
AGED_DAYS = 365


def candidates_of(program_id: UUID | None, now: datetime) -> QuerySet[Candidate]:
    """Return a program's candidates (None: everybody's) with `times`, `people`, `first_at`, `last_at` and `weight`.

    The weight is four for each mention of the last 90 days, two for each of the last year, one for each older one.
    Where the person behind an answer is not known, each answer counts as a person of its own.
    """
    person = Coalesce(NullIf(F("mentions__person"), Value("")), Cast("mentions__answer_id", CharField()))
    fresh, aged = now - timedelta(days=FRESH_DAYS), now - timedelta(days=AGED_DAYS)
    weigh = Case(
        When(mentions__named_at__gt=fresh, then=4),
        When(mentions__named_at__gt=aged, then=2),
        default=1,
        output_field=IntegerField(),
    )
    rows = Candidate.objects.filter(program_id=program_id) if program_id else Candidate.objects.all()
    return rows.annotate(
        times=Count("mentions"), people=Count(person, distinct=True), weight=Coalesce(Sum(weigh), 0),
        last_at=Max("mentions__named_at"), first_at=Min("mentions__named_at"),
    )  # fmt: skip


def sources_of(candidate_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how often each source named each candidate."""
    rows = Mention.objects.filter(candidate_id__in=list(candidate_ids)).values_list("candidate_id", "source")
    found: dict[UUID, dict[str, int]] = {}
    for candidate_id, source, times in rows.annotate(times=Count("id")):
        found.setdefault(candidate_id, {})[source] = times
    return found


def spellings_of(candidate_id: UUID) -> list[tuple[str, str, int]]:
    """Return a candidate's spellings as (key, the way most write it, times), the most used first."""
    rows = Mention.objects.filter(candidate_id=candidate_id).values_list("key", "name").annotate(times=Count("id"))
    best: dict[str, tuple[str, int, int]] = {}
    for key, name, times in rows.order_by("-times", "name"):
        known = best.get(key, (name, 0, 0))
        best[key] = (known[0], known[1] + times, times)
    return sorted(((key, name, whole) for key, (name, whole, _) in best.items()), key=lambda row: (-row[2], row[0]))


def mentions_of(candidate_id: UUID) -> QuerySet[Mention]:
    """Return a candidate's mentions with the answers behind them, the latest first."""
    return Mention.objects.filter(candidate_id=candidate_id).select_related("answer").order_by("-named_at", "-id")


def unclear_answers(program_id: UUID) -> QuerySet[Answer]:
    """Return the answers that a person has to read, the oldest first."""
    return Answer.objects.filter(program_id=program_id, status=Answer.Status.UNCLEAR).order_by("named_at", "id")


def suggested_merges(program_id: UUID, most: int = 20) -> list[tuple[Candidate, Candidate]]:
    """Return pairs of candidates that may be one, the most named first."""
    rows = Candidate.objects.filter(program_id=program_id, dismissed_at=None, spellings__is_decided=False)
    named = list(rows.annotate(times=Count("mentions")).order_by("-times", "key"))
    by_key = {row.key: row for row in named}
    return [(by_key[one], by_key[other]) for one, other in likely_same(by_key, most)]


def partner_keys(program_id: UUID) -> dict[str, UUID]:
    """Return the keys by which a program's partners may be named: name, company, website, channels."""
    ids = Enrolment.objects.filter(program_id=program_id).values("partner_id")
    found: dict[str, UUID] = {}
    fields = ("id", "name", "company", "website", "channels")
    for id_, name, company, website, channels in Partner.objects.filter(id__in=ids).values_list(*fields):
        for text in (name, company, website, *channels):
            key = name_key(str(text)) if text else ""
            if len(key) > 2:
                found.setdefault(key, id_)
    return found


def never_named(program_id: UUID, most: int = 100) -> QuerySet[Partner]:
    """Return active partners whom nobody named: yours, but on nobody's lips."""
    active = Enrolment.objects.filter(program_id=program_id, status="active", is_test=False).values("partner_id")
    named = Candidate.objects.filter(program_id=program_id).exclude(partner=None).values("partner_id")
    return Partner.objects.filter(id__in=active).exclude(id__in=named).order_by("name", "id")[:most]
