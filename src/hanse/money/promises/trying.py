"""What floors and fees would have come to over a time, under terms as they were or under a draft. Nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hanse.money.commissions.models import Commission
from hanse.money.commissions.types import EarnerRecord
from hanse.money.promises.reading import accepted_by, promising, signed_by, times_of
from hanse.money.promises.rules import promised_lines, total_of
from hanse.money.promises.types import Earning, Facts, Pool, Stay
from hanse.programs.terms.types import Span

Owed = Mapping[UUID, Mapping[UUID, int]]  # by enrolment, then by conversion
_COLUMNS = (
    "enrolment_id", "conversion_id", "occurred_at", "conversion__external_id", "owed_minor", "earned_minor",
    "voided_at",
)  # fmt: skip


def promised_between(
    records: Mapping[UUID, EarnerRecord], owed: Owed, since: datetime, until: datetime, *, draft_id: UUID | None = None
) -> dict[UUID, int]:
    """Return what promises add for each enrolment: periods that closed in `[since, until)`, fees that were due in it.

    `owed` says what conversions are owed instead of what is booked; a draft counts as signed at the beginning. What
    was accepted until then counts as it stands at the end. Five queries.
    """
    found = promising(records)
    if not found:
        return {}
    times, signed, earned = times_of(found), signed_by(found), defaultdict(list)
    accepted = accepted_by(found, dict.fromkeys(found, until))
    rows = Commission.objects.filter(enrolment_id__in=found, occurred_at__lt=until)
    for enrolment_id, conversion_id, at, order, booked, sold_for, voided_at in rows.values_list(*_COLUMNS):
        minor = owed.get(enrolment_id, {}).get(conversion_id, booked) if voided_at is None else 0
        earned[enrolment_id].append(Earning(at, order, minor, minor if voided_at is None else sold_for))
    sums = {}
    for id, record in found.items():
        stay = Stay(record.program.time_zone, times[id])
        agreed = {**signed.get(id, {}), **({draft_id: since} if draft_id is not None else {})}
        moves = tuple(at for at, _tier in record.tier_moves)
        facts = Facts(stay, Pool(earned[id]), agreed, moves, accepted.get(id, {}))

        def frame(_span: Span, stay: Stay = stay) -> tuple[datetime, datetime] | None:
            return (max(since, stay.times[0][0] or since), until) if stay.times else None

        lines = promised_lines(record.earner, facts, frame, until, ahead=False)
        sums[id] = total_of(line for line in lines if line.kind != "fee" or since <= line.starts_at < until)
    return sums
