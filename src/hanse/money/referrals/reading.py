"""Reading who recruited whom, and what that earns, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.models import Commission
from hanse.money.commissions.types import EarnerRecord
from hanse.money.referrals.models import ReferralShare
from hanse.money.referrals.rules import counted_minor, referred
from hanse.money.referrals.types import Referred
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.standing import Standing

Row = Mapping[str, Any]
_SOURCE = (
    "id", "program_id", "enrolment_id", "currency", "occurred_at", "owed_minor", "explanation", "approved_at",
    "voided_at", "conversion__is_test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recruit:
    """An enrolment that somebody else brought: since when, and the recruiter's enrolment in the same program."""

    enrolled_at: datetime
    recruiter_id: UUID


@dataclass(frozen=True, slots=True)
class Recruits:
    """Recruits among some enrolments, with all that decides what their recruiters are promised."""

    by_enrolment: Mapping[UUID, Recruit]
    recruiters: Mapping[UUID, EarnerRecord]
    standing: Standing

    def share_of(self, source: Row) -> tuple[UUID, Referred] | None:
        """Return whom a commission earns something besides, and what; only recruiters who are active then."""
        recruit = self.by_enrolment.get(source["enrolment_id"])
        record = self.recruiters.get(recruit.recruiter_id) if recruit is not None else None
        if recruit is None or record is None or record.is_test or source["conversion__is_test"]:
            return None
        at = source["occurred_at"]
        if self.standing.status_at(record.id, at) != "active":
            return None
        base = counted_minor(source["owed_minor"], source["explanation"]) if source["voided_at"] is None else 0
        since = max(recruit.enrolled_at, record.enrolled_at)
        zone = record.program.time_zone
        found = referred(base, at, recruit.enrolled_at, zone, record.version_at(since), record.version_at(at))
        return (record.id, found) if found is not None else None


def recruits_among(enrolment_ids: Collection[UUID]) -> Recruits:
    """Return those of the enrolments whose partner was recruited by one of the same program. One query where none."""
    rows = Enrolment.objects.filter(id__in=enrolment_ids, is_test=False).exclude(partner__recruited_by=None)
    brought = list(rows.values_list("id", "program_id", "enrolled_at", "partner__recruited_by_id"))
    if not brought:
        return Recruits({}, {}, Standing())
    wanted = Enrolment.objects.filter(
        program_id__in={row[1] for row in brought}, partner_id__in={row[3] for row in brought}
    )
    theirs: dict[tuple[UUID, UUID | None], UUID] = {(program, partner): id
              for id, program, partner in wanted.values_list("id", "program_id", "partner_id")}  # fmt: skip
    found = {
        id: Recruit(enrolled_at, theirs[program_id, by])
        for id, program_id, enrolled_at, by in brought
        if (program_id, by) in theirs
    }
    standing = Standing()
    standing.load({one.recruiter_id for one in found.values()})
    return Recruits(found, earner_records({one.recruiter_id for one in found.values()}), standing)


def sources(commission_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Return commissions as far as referrals look at them."""
    return [dict(row) for row in Commission.objects.filter(id__in=commission_ids).values(*_SOURCE)]


def shares_of(commission_id: UUID) -> list[ReferralShare]:
    """Return what recruiters earn from a commission, for its receipt."""
    rows = ReferralShare.objects.filter(commission_id=commission_id).exclude(owed_minor=0).order_by("id")
    return list(rows.select_related("enrolment__partner"))
