"""Our proposals that wait for an answer, as budgets weigh them: by what they promise beyond what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hanse.growth.budgets.fixed import Place, kept_of, more_than, span_from
from hanse.growth.negotiations.queries import body_of_proposal, open_proposals
from hanse.kernel.clock import Period
from hanse.programs.programs.models import Program
from hanse.programs.terms.types import DatedTerms, TermsBody


@dataclass(frozen=True, slots=True)
class Waiting:
    """Terms that one partner may still say yes to, and when they would hold."""

    enrolment_id: UUID
    body: TermsBody
    within: Period

    def beyond(
        self, body: TermsBody | None, place: Place, quarter: Period, zone: str, work: Mapping[UUID, date]
    ) -> tuple[int, int]:
        """Return what it promises in a quarter beyond terms that are for a place: sums that stand, and sums that
        commission counts against; never below zero, for the partner need not say yes."""
        kept = kept_of(body, place, (self.enrolment_id, None))
        fixed, covered = more_than(self.body, kept, self.within, quarter, zone, work)
        return max(0, fixed), max(0, covered)


def waiting_offers(program: Program, now: datetime) -> list[Waiting]:
    """Return what we have proposed and nobody has answered in time, at most one for each enrolment. One query."""
    rows = open_proposals(now).filter(enrolment__program=program, side="team").select_related("enrolment__program")
    return [
        Waiting(row.enrolment_id, body_of_proposal(row), span_from(max(row.starts_at or now, now), row.ends_at))
        for row in rows.order_by("id")
    ]


def place_of(version: DatedTerms | None) -> Place:
    """Return whom a version is for."""
    return (version.enrolment_id, version.tier_id) if version is not None else (None, None)
