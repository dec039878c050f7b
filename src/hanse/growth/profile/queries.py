"""Reads of the ideal partner: what counts, scores of prospects, and the test on the program's own partners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from hanse.growth.mentions.models import Candidate, Mention
from hanse.growth.profile import rules
from hanse.growth.profile.models import Judgement, Profile
from hanse.growth.profile.types import DEFAULT_WEIGHTS, BackTest, Known, Score, Weighing
from hanse.growth.prospects.models import Prospect
from hanse.insight.rollups.models import EnrolmentMonth
from hanse.programs.enrolments.models import Enrolment


def weighing_of(program_id: UUID) -> Weighing:
    """Return what counts in a program; before anybody said so, the usual weights."""
    row = Profile.objects.filter(pk=program_id).first()
    return Weighing(row.weights, row.reach_cap, row.qualify_at) if row else Weighing(DEFAULT_WEIGHTS)


def scores_of(program_id: UUID, prospects: Sequence[Prospect]) -> dict[UUID, Score]:
    """Return the scores of prospects. Five queries for any number.

    Mentions come from the candidate behind a prospect, sales from the partner that they are or were; what a person said
    of the prospect stands before what somebody said of the candidate.
    """
    weighing = weighing_of(program_id)
    behind = {row.candidate_id for row in prospects if row.candidate_id}
    named, earlier = (
        _named("candidate_id", behind),
        _judged(Judgement.objects.filter(candidate_id__in=behind), "candidate_id"),
    )
    sold = _sold(program_id, {row.partner_id for row in prospects if row.partner_id})
    judged = _judged(Judgement.objects.filter(prospect_id__in=[row.pk for row in prospects]), "prospect_id")
    return {
        row.pk: rules.score(
            weighing,
            _known(
                named.get(row.candidate_id) if row.candidate_id else None,
                sold.get(row.partner_id) if row.partner_id else None,
            ) | dict(earlier.get(row.candidate_id, {}) if row.candidate_id else {}) | dict(judged.get(row.pk, {})),
        )
        for row in prospects
    }  # fmt: skip


def scores_of_candidates(program_id: UUID, candidates: Sequence[Candidate]) -> dict[UUID, Score]:
    """Return the scores of candidates, those in the pipeline as there. Six queries for any number."""
    weighing, ids = weighing_of(program_id), [row.pk for row in candidates]
    named = _named("candidate_id", ids)
    sold = _sold(program_id, {row.partner_id for row in candidates if row.partner_id})
    judged = _judged(Judgement.objects.filter(candidate_id__in=ids), "candidate_id")
    later = _judged(Judgement.objects.filter(prospect__candidate_id__in=ids), "prospect__candidate_id")
    return {
        row.pk: rules.score(
            weighing,
            _known(named.get(row.pk), sold.get(row.partner_id) if row.partner_id else None)
            | judged.get(row.pk, {})
            | later.get(row.pk, {}),
        )
        for row in candidates
    }


def back_test_of(program_id: UUID) -> BackTest:
    """Ask the profile about the program's own partners: those enrolled, with the value that they brought so far.

    Evidence of conversion is left out here, as it would foretell the value from itself. Six queries.
    """
    enrolled = Enrolment.objects.filter(program_id=program_id, is_test=False).exclude(status="pending")
    partners = list(enrolled.values_list("partner_id", "partner__name", "id"))
    months = EnrolmentMonth.objects.filter(program_id=program_id).values_list("enrolment_id")
    values = dict(months.annotate(value=Sum(F("value_minor") - F("refunded_minor"))))
    weighing = weighing_of(program_id)
    kept = {name: weight for name, weight in weighing.weights.items() if name != "evidence"}
    fair = Weighing(kept, weighing.reach_cap, weighing.qualify_at)
    named = _named("candidate__partner_id", {row[0] for row in partners}, candidate__program_id=program_id)
    earlier = _judged(
        Judgement.objects.filter(candidate__program_id=program_id).exclude(candidate__partner=None),
        "candidate__partner_id",
    )
    judged = _judged(
        Judgement.objects.filter(prospect__program_id=program_id).exclude(prospect__partner=None),
        "prospect__partner_id",
    )

    def score(partner_id: UUID) -> Score:
        known = _known(named.get(partner_id), None) | earlier.get(partner_id, {}) | judged.get(partner_id, {})
        return rules.score(fair, known)

    rows = [(id_, name, values.get(enrolment_id) or 0, score(id_)) for id_, name, enrolment_id in partners]
    return rules.back_test(rows)


def _named(key: str, ids: Iterable[UUID], **among: UUID) -> dict[UUID, tuple[int, int]]:
    """Return how often each was named, and by how many people; nameless answers count as a person each."""
    person = Coalesce(NullIf(F("person"), Value("")), Cast("answer_id", CharField()))
    rows: Any = Mention.objects.filter(**{f"{key}__in": list(ids)}, **among).values_list(key)
    return {id_: (times, people) for id_, times, people in rows.annotate(
        times=Count("id"), people=Count(person, distinct=True)
    )}  # fmt: skip


def _sold(program_id: UUID, partner_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many conversions each partner brought to a program."""
    enrolled = Enrolment.objects.filter(program_id=program_id, partner_id__in=list(partner_ids))
    partner_of = dict(enrolled.values_list("id", "partner_id"))
    months = EnrolmentMonth.objects.filter(enrolment_id__in=list(partner_of)).values_list("enrolment_id")
    return {partner_of[id_]: count for id_, count in months.annotate(n=Sum("conversions"))}


def _judged(rows: QuerySet[Judgement], key: str) -> dict[UUID, dict[str, Known]]:
    found: dict[UUID, dict[str, Known]] = {}
    for id_, criterion, value, note, by in rows.values_list(key, "criterion", "value", "note", "by"):
        found.setdefault(id_, {})[criterion] = Known(value, note, by)
    return found


def _known(named: tuple[int, int] | None, sold: int | None) -> dict[str, Known]:
    """Return what the numbers say."""
    found: dict[str, Known] = {}
    if named:
        times, people = named
        found["audience"] = Known(rules.value_of_people(people), count=people)
        found["trust"] = Known(rules.value_of_trust(times, people), count=times)
    if sold:
        found["evidence"] = Known(rules.value_of_conversions(sold), count=sold)
    return found
