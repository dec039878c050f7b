"""Reading enrolments as earners: terms, tiers and partner in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hanse.money.commissions.types import EarnerRecord, ProgramRules
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.terms.queries import dated_terms
from hanse.programs.tiers.models import Tier

Moves = tuple[tuple[datetime, UUID | None], ...]
_COLUMNS = (
    "enrolled_at", "is_test", "tier_id", "partner__types", "partner__country", "program__currency",
    "program__time_zone", "program__hold_days", "program__approval_ceiling_minor",
)  # fmt: skip


def earner_records(enrolment_ids: Collection[UUID]) -> dict[UUID, EarnerRecord]:
    """Return enrolments with what decides their terms. Four queries."""
    if not enrolment_ids:
        return {}
    rows = list(Enrolment.objects.filter(pk__in=enrolment_ids).select_related("program", "partner").only(*_COLUMNS))
    versions = dated_terms({row.program_id for row in rows})
    moves = _tier_moves(rows)
    keys = dict(Tier.objects.filter(program_id__in={row.program_id for row in rows}).values_list("id", "key"))
    return {
        row.id: EarnerRecord(
            id=row.id,
            program=ProgramRules(
                row.program.id, row.program.currency, row.program.time_zone, row.program.hold_days,
                row.program.approval_ceiling_minor,
            ),
            enrolled_at=row.enrolled_at, is_test=row.is_test, types=tuple(row.partner.types),
            country=row.partner.country, tier_moves=moves[row.id], tier_keys=keys,
            versions=tuple(
                version for version in versions[row.program_id]
                if version.enrolment_id == row.id
                or (version.enrolment_id is None
                    and (version.tier_id is None or version.tier_id in {tier for _at, tier in moves[row.id]}))
            ),
        )
        for row in rows
    }  # fmt: skip


def _tier_moves(rows: Collection[Enrolment]) -> dict[UUID, Moves]:
    moves: defaultdict[UUID, list[tuple[datetime, UUID | None]]] = defaultdict(list)
    changes = TierChange.objects.filter(enrolment_id__in=[row.id for row in rows])
    for enrolment_id, at, tier_id in changes.order_by("at", "id").values_list("enrolment_id", "at", "tier_id"):
        moves[enrolment_id].append((at, tier_id))
    return {row.id: tuple(moves[row.id]) or ((row.enrolled_at, row.tier_id),) for row in rows}
