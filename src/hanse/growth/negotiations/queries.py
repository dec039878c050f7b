"""Reads of negotiations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hanse.growth.negotiations.models import Proposal
from hanse.programs.terms.rules import deliverables_in, parse_terms
from hanse.programs.terms.types import TermsBody


def proposals_of(enrolment_id: UUID) -> QuerySet[Proposal]:
    """Return the whole history of an enrolment's negotiations, the newest first."""
    rows = Proposal.objects.filter(enrolment_id=enrolment_id).select_related("terms", "enrolment__program")
    return rows.order_by("-created_at", "-id")


def waiting_for_team(program_ids: Collection[UUID], now: datetime) -> QuerySet[Proposal]:
    """Return the partners' proposals that wait for our answer and can still have one, the oldest first."""
    rows = open_proposals(now).filter(enrolment__program_id__in=program_ids, side="partner")
    return rows.select_related("enrolment__partner", "enrolment__program").order_by("created_at", "id")


def open_proposals(now: datetime) -> QuerySet[Proposal]:
    """Return the proposals of either side that can still be accepted."""
    return Proposal.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), answer=Proposal.Answer.OPEN)


def is_on_offer(deliverable_id: UUID, enrolment_id: UUID, now: datetime) -> bool:
    """Say whether an open proposal of either side would pay a fee for a deliverable. One query."""
    rows = open_proposals(now).filter(enrolment_id=enrolment_id).select_related("enrolment__program")
    return any(deliverable_id in deliverables_in(body_of_proposal(row)) for row in rows)


def body_of_proposal(proposal: Proposal) -> TermsBody:
    """Return the clauses of a proposal."""
    return parse_terms(proposal.body, currency=proposal.enrolment.program.currency, goals=None)
