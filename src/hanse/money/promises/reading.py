"""Reading what decides the promises of many enrolments, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hanse.money.commissions.models import Commission
from hanse.money.commissions.types import EarnerRecord
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import WRITTEN_OFF
from hanse.money.promises.models import Acceptance
from hanse.money.promises.rules import has_promises, promised_lines
from hanse.money.promises.types import Accepted, Earning, Facts, PeriodLine, Pool, Stay, WrittenOff
from hanse.programs.enrolments.models import Agreement, Enrolment, StatusChange
from hanse.programs.terms.types import Span

_AWAY = ("pending", "ended")
Times = tuple[tuple[datetime | None, datetime | None], ...]
_COLUMNS = (
    "enrolment_id", "id", "occurred_at", "conversion__external_id", "owed_minor", "earned_minor", "voided_at",
    "approved_at",
)  # fmt: skip


@dataclass(slots=True)
class Promised:
    """What is promised to one enrolment at a moment. `due` is what each released commission pays back by now."""

    record: EarnerRecord
    lines: list[PeriodLine]
    owed_minor: int
    due: dict[UUID, int] = field(default_factory=dict)


def promising(records: Mapping[UUID, EarnerRecord]) -> dict[UUID, EarnerRecord]:
    """Return the enrolments whose terms ever promised something for a time. Test enrolments are promised nothing."""
    return {
        id: record
        for id, record in records.items()
        if not record.is_test and any(has_promises(version.body) for version in record.versions)
    }


def promised_to(
    records: Mapping[UUID, EarnerRecord], as_of: Mapping[UUID, datetime], *, sign_at: datetime | None = None
) -> list[Promised]:
    """Return what is promised to each enrolment by its moment; with `sign_at` as if everybody signed then whatever
    still waits for their name. Six queries."""
    if not records:
        return []
    times, signed, earned, released = times_of(records), signed_by(records), defaultdict(list), set()
    accepted, given_up = accepted_by(records, as_of), written_off_of(records)
    if sign_at is not None:
        for id, record in records.items():
            signed[id] = dict.fromkeys((one.id for one in record.versions), sign_at) | signed.get(id, {})
    for enrolment_id, id, at, order, owed, sold_for, voided_at, approved_at in (
        Commission.objects.filter(enrolment_id__in=records).values_list(*_COLUMNS)
    ):  # fmt: skip
        earned[enrolment_id].append(Earning(at, order, owed, owed if voided_at is None else sold_for, id))
        if approved_at is not None:
            released.add(id)
    return [
        _promised(
            record,
            times[id],
            (signed.get(id, {}), accepted.get(id, {})),
            earned[id],
            released,
            as_of[id],
            given_up.get(id, ()),
        )
        for id, record in records.items()
    ]


def _promised(
    record: EarnerRecord, times: Times, agreed: tuple[Mapping[UUID, datetime], Mapping[UUID, Accepted]],
    earned: list[Earning], released: Collection[UUID], now: datetime, given_up: Iterable[tuple[datetime, int]],
) -> Promised:  # fmt: skip
    stay, pool, (signed, accepted) = Stay(record.program.time_zone, times), Pool(earned), agreed
    moments = tuple(at for at, _tier in record.tier_moves)
    facts = Facts(stay, pool, signed, moments, accepted, WrittenOff(given_up))

    def frame(_span: Span) -> tuple[datetime, datetime] | None:
        return (times[0][0] or record.enrolled_at, now) if times else None

    lines = promised_lines(record.earner, facts, frame, now, ahead=True)
    due = {id: minor for id, minor in pool.taken.items() if id in released}
    return Promised(record, lines, sum(one.owed_minor for one in earned), due)


def times_of(records: Mapping[UUID, EarnerRecord]) -> dict[UUID, Times]:
    """Return when each enrolment was there: neither waiting nor ended, in a program that is not archived."""
    changes: defaultdict[UUID, list[tuple[datetime, bool]]] = defaultdict(list)
    rows = StatusChange.objects.filter(enrolment_id__in=records).order_by("at", "id")
    for enrolment_id, at, status in rows.values_list("enrolment_id", "at", "status"):
        changes[enrolment_id].append((at, status not in _AWAY))
    columns = ("id", "enrolled_at", "ended_at", "program__archived_at")
    return {
        id: _until(_spans(changes[id]) if changes[id] else ((enrolled_at, ended_at),), archived_at)
        for id, enrolled_at, ended_at, archived_at in Enrolment.objects.filter(id__in=records).values_list(*columns)
    }


def _spans(changes: Iterable[tuple[datetime, bool]]) -> Times:
    found: list[tuple[datetime, datetime | None]] = []
    for at, is_there in changes:
        is_open = bool(found) and found[-1][1] is None
        if is_there and not is_open:
            found.append((at, None))
        elif not is_there and is_open:
            found[-1] = (found[-1][0], at)
    return tuple(found)


def _until(times: Times, end: datetime | None) -> Times:
    if end is None:
        return times
    kept = (pair for pair in times if pair[0] is None or pair[0] < end)
    return tuple((since, end if until is None else min(until, end)) for since, until in kept)


def signed_by(records: Mapping[UUID, EarnerRecord]) -> dict[UUID, dict[UUID, datetime]]:
    """Return when each enrolment accepted which version."""
    found: defaultdict[UUID, dict[UUID, datetime]] = defaultdict(dict)
    rows = Agreement.objects.filter(enrolment_id__in=records)
    for enrolment_id, terms_id, at in rows.values_list("enrolment_id", "terms_id", "accepted_at"):
        found[enrolment_id][terms_id] = at
    return found


def accepted_by(
    records: Mapping[UUID, EarnerRecord], as_of: Mapping[UUID, datetime]
) -> dict[UUID, dict[UUID, Accepted]]:
    """Return which deliverables of each enrolment are accepted at its moment, by their ids. One query."""
    found: defaultdict[UUID, dict[UUID, Accepted]] = defaultdict(dict)
    rows = Acceptance.objects.filter(enrolment_id__in=records).order_by("accepted_at", "id")
    columns = ("enrolment_id", "deliverable", "accepted_at", "withdrawn_at", "name")
    for enrolment_id, deliverable, at, withdrawn_at, name in rows.values_list(*columns):
        moment = as_of[enrolment_id]
        if at <= moment and (withdrawn_at is None or moment < withdrawn_at):
            found[enrolment_id][deliverable] = Accepted(at, name)
    return found


def written_off_of(records: Mapping[UUID, EarnerRecord]) -> dict[UUID, list[tuple[datetime, int]]]:
    """Return what a person gave up of the advances of each enrolment, and when. One query."""
    found: defaultdict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    rows = Entry.objects.filter(
        account__enrolment_id__in=records, account__kind="advance", transaction__cause=WRITTEN_OFF
    )
    columns = ("account__enrolment_id", "transaction__occurred_at", "amount_minor")
    for enrolment_id, at, minor in rows.order_by("transaction_id").values_list(*columns):
        if enrolment_id is not None:
            found[enrolment_id].append((at, minor))
    return found
