"""Settling promises: the difference between what is owed and what is booked, planned first, then booked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum

from hanse.kernel.ids import new_id
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.types import EarnerRecord
from hanse.money.ledger.actions import post_many
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Posting
from hanse.money.promises.models import Promise, Settled
from hanse.money.promises.postings import POTS, promise_posting, recoup_posting
from hanse.money.promises.reading import Promised, promised_to, promising
from hanse.money.promises.rules import has_promises
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.queries import dated_terms
from hanse.spine.bulk import insert_many, update_many

Row = dict[str, Any]
Place = tuple[UUID, UUID, int, str, datetime]  # enrolment, terms, clause, kind, start
_COLUMNS = (
    "id", "program_id", "enrolment_id", "terms_id", "clause", "kind", "starts_at", "ends_at", "owed_minor", "currency",
    "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shift:
    """How much more (or less) of an advance a released commission pays back; `number` counts what is booked of it."""

    change_minor: int
    number: int
    owner: tuple[UUID, UUID, str]


@dataclass(slots=True)
class Settlement:
    """What is to be booked. Whoever books a commission anyway takes its shift; `book` posts all the rest."""

    now: datetime
    settled: dict[UUID, datetime] = field(default_factory=dict)
    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    shifts: dict[UUID, Shift] = field(default_factory=dict)

    def take_shift(self, commission_id: UUID) -> int:
        """Return how much more a commission pays back; it is the caller's to book now."""
        shift = self.shifts.pop(commission_id, None)
        return shift.change_minor if shift is not None else 0

    def book(self) -> int:
        """Store the lines, post the differences, and return how many there were."""
        moves = [
            recoup_posting(shift.owner, id, shift.number + 1, shift.change_minor, self.now)
            for id, shift in sorted(self.shifts.items())
        ]
        insert_many(Promise, self.new)
        update_many(Promise, self.changed)
        post_many([*self.postings, *moves], self.now)
        if self.settled:
            Settled.objects.bulk_create(
                [Settled(enrolment_id=id, settled_at=at) for id, at in self.settled.items()], update_conflicts=True,
                unique_fields=["enrolment"], update_fields=["settled_at"],
            )  # fmt: skip
        return len(self.postings) + len(moves)


def settlement_of(records: Mapping[UUID, EarnerRecord], now: datetime) -> Settlement:
    """Plan what is to be booked for enrolments; nothing for those that were never promised anything.

    The caller has locked the chain and stored what changed. A fixed number of queries.
    """
    found, promised = Settlement(now), promising(records)
    if not promised:
        return found
    last = dict(Settled.objects.filter(enrolment_id__in=promised).values_list("enrolment_id", "settled_at"))
    found.settled = {id: max(now, last.get(id, now)) for id in promised}  # what is closed stays closed
    wanted = promised_to(promised, found.settled)
    known = {_place(row): row for row in _known(list(promised))}
    booked = booked_recoups(list(promised))
    for one in wanted:
        _compare_lines(found, one, known)
        _compare_shifts(found, one, booked.get(one.record.id, {}))
    return found


def settlement_for(enrolment_ids: Collection[UUID], now: datetime) -> Settlement:
    """Plan as `settlement_of` does; enrolments are read only where a program promises something."""
    programs = set(Enrolment.objects.filter(id__in=enrolment_ids).order_by().values_list("program_id", flat=True))
    with_promises = any(has_promises(row.body) for rows in dated_terms(programs).values() for row in rows)
    return settlement_of(earner_records(enrolment_ids) if with_promises else {}, now)


def booked_recoups(enrolment_ids: Collection[UUID]) -> dict[UUID, dict[UUID, tuple[int, int]]]:
    """Return by enrolment what each commission has paid back of advances, and in how many entries."""
    found: dict[UUID, dict[UUID, tuple[int, int]]] = {}
    rows = Entry.objects.filter(
        account__enrolment_id__in=enrolment_ids, account__kind="advance", commission_id__isnull=False
    )
    columns = ("account__enrolment_id", "commission_id")
    sums = rows.values(*columns).order_by().annotate(sum=Sum("amount_minor"), times=Count("id"))
    for enrolment_id, commission_id, minor, times in sums.values_list(*columns, "sum", "times"):
        if commission_id is not None:
            found.setdefault(enrolment_id, {})[commission_id] = (minor, times)
    return found


def _known(enrolment_ids: Collection[UUID]) -> list[Row]:
    rows = Promise.objects.filter(enrolment_id__in=enrolment_ids).order_by("id").select_for_update()
    return [dict(row) for row in rows.values(*_COLUMNS)]


def _place(row: Mapping[str, Any]) -> Place:
    return (row["enrolment_id"], row["terms_id"], row["clause"], row["kind"], row["starts_at"])


def lines_by_place(one: Promised) -> dict[Place, Row]:
    """Return the lines that are kept and booked, as rows without id and revision."""
    record = one.record
    rows: list[Row] = [
        {
            "program_id": record.program.id, "enrolment_id": record.id, "terms_id": line.terms_id,
            "clause": line.clause, "kind": line.kind, "starts_at": line.starts_at, "ends_at": line.ends_at,
            "owed_minor": line.amount_minor, "currency": record.program.currency,
        }
        for line in one.lines
        if line.kind in POTS
    ]  # fmt: skip
    return {_place(row): row for row in rows}


def _compare_lines(found: Settlement, one: Promised, known: Mapping[Place, Row]) -> None:
    zone, wanted = one.record.program.time_zone, lines_by_place(one)
    notes: Mapping[tuple[object, ...], str] = {
        (one.record.id, line.terms_id, line.clause, line.kind, line.starts_at): line.note for line in one.lines
    }
    for place, row in wanted.items():
        if place not in known:
            made = {"id": new_id(), **row, "revision": 1, "changed_at": found.now}
            found.new.append(made)
            found.postings.append(promise_posting(made, made["owed_minor"], zone, notes.get(place, "")))
    for place, before in known.items():
        if before["enrolment_id"] != one.record.id:
            continue
        owed = wanted[place]["owed_minor"] if place in wanted else 0
        if owed != before["owed_minor"]:
            after = {"id": before["id"], "owed_minor": owed, "revision": before["revision"] + 1}
            found.changed.append({**after, "changed_at": found.now})
            note = notes.get(place, "")
            found.postings.append(promise_posting({**before, **after}, owed - before["owed_minor"], zone, note))


def _compare_shifts(found: Settlement, one: Promised, booked: Mapping[UUID, tuple[int, int]]) -> None:
    program, id = one.record.program, one.record.id
    for commission_id in sorted(one.due.keys() | booked.keys()):
        minor, times = booked.get(commission_id, (0, 0))
        change = one.due.get(commission_id, 0) - minor
        if change:
            found.shifts[commission_id] = Shift(change, times, (program.id, id, program.currency))
