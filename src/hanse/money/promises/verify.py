"""Proof of promises: each line derived again from the facts, each compared with what the ledger holds for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from hanse.money.commissions.earners import earner_records
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.promises.models import Promise, Settled
from hanse.money.promises.postings import POTS
from hanse.money.promises.reading import Promised, promised_to, promising
from hanse.money.promises.settling import Place, booked_recoups, lines_by_place

_STEP = 500


def verify_promises() -> list[Finding]:
    """Derive floors, advances, fees and what was paid back anew, as of when they were last settled; return the wrong.

    Whoever has come, left or accepted terms since then is settled by the schedule’s next turn.
    """
    findings: list[Finding] = []
    settled = dict(Settled.objects.values_list("enrolment_id", "settled_at"))
    ids = sorted(settled)
    for start in range(0, len(ids), _STEP):
        findings += _check({id: settled[id] for id in ids[start : start + _STEP]})
    return findings


def _check(settled: Mapping[UUID, datetime]) -> Iterator[Finding]:
    ids = list(settled)
    booked, recouped, kept = _booked(ids), booked_recoups(ids), _kept(ids)
    for one in promised_to(promising(earner_records(ids)), settled):
        id = one.record.id
        yield from _compare(one, kept.get(id, {}), {key: minor for key, (minor, _n) in recouped.get(id, {}).items()})
        sums: dict[str, int] = {}
        for place, minor in kept.get(id, {}).items():
            sums[place[3]] = sums.get(place[3], 0) + minor
        for kind in POTS:
            if sums.get(kind, 0) != booked.get((id, kind), 0):
                message = f"{kind}: {sums.get(kind, 0)} by lines, {booked.get((id, kind), 0)} in the ledger."
                yield Finding("promise books", str(id), message)


def _compare(one: Promised, kept: dict[Place, int], recouped: dict[UUID, int]) -> Iterator[Finding]:
    wanted = {place: row["owed_minor"] for place, row in lines_by_place(one).items()}
    for place in sorted(wanted.keys() | kept.keys(), key=str):
        if wanted.get(place, 0) != kept.get(place, 0):
            message = f"{place[3]} from {place[4]}: kept {kept.get(place, 0)}, derived {wanted.get(place, 0)}."
            yield Finding("promise", str(one.record.id), message)
    for commission_id in sorted(one.due.keys() | recouped.keys()):
        found = (recouped.get(commission_id, 0), one.due.get(commission_id, 0))
        if found[0] != found[1]:
            yield Finding("promise recouped", str(commission_id), f"Paid back {found[0]}, derived {found[1]}.")


def _kept(ids: Collection[UUID]) -> dict[UUID, dict[Place, int]]:
    found: dict[UUID, dict[Place, int]] = {}
    columns = ("enrolment_id", "terms_id", "clause", "kind", "starts_at", "owed_minor")
    for *place, minor in Promise.objects.filter(enrolment_id__in=ids).values_list(*columns):
        found.setdefault(place[0], {})[tuple(place)] = minor
    return found


def _booked(ids: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """Return what the ledger holds for each enrolment and kind of line, on the partner's side."""
    rows = Entry.objects.filter(account__enrolment_id__in=ids, transaction__cause__in=POTS, commission_id=None)
    sums = rows.values("account__enrolment_id", "account__kind", "transaction__cause").order_by()
    return {
        (row["account__enrolment_id"], row["transaction__cause"]): row["sum"]
        for row in sums.annotate(sum=Sum("amount_minor"))
        if row["account__kind"] == POTS[row["transaction__cause"]][1]
    }
