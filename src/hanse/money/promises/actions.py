"""Verbs of promises: close periods that are over, open those that began, pay fees that are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hanse.money.commissions.earners import earner_records
from hanse.money.ledger.actions import lock_chain
from hanse.money.promises.reading import promised_to, promising
from hanse.money.promises.rules import has_promises, total_of
from hanse.money.promises.settling import settlement_for
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms


def promised_ids(after: UUID | None = None, limit: int | None = None) -> list[UUID]:
    """Return the enrolments of programs that promise floors, advances or fees, by id, from behind one on."""
    rows = Enrolment.objects.filter(program_id__in=_promising_programs(), is_test=False).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.values_list("id", flat=True)[:limit])


def settle(enrolment_ids: Collection[UUID], now: datetime) -> int:
    """Book what floors, advances and fees are worth to enrolments by now; return how many transactions that took.

    It looks at all periods, so that a second run books nothing and one after a long pause books all that was missed;
    what changed since (someone left, terms, a tier) posts its difference.
    """
    lock_chain()
    return settlement_for(enrolment_ids, now).book() if enrolment_ids else 0


def net_by_enrolment(program_id: UUID, now: datetime) -> dict[UUID, int]:
    """Return what everybody in a program who is promised something has earned in all, commissions included."""
    ids = Enrolment.objects.filter(program_id=program_id).values_list("id", flat=True)
    found = promised_to(promising(earner_records(list(ids))), defaultdict(lambda: now))
    return {one.record.id: one.owed_minor + total_of(one.lines) for one in found}


def _promising_programs() -> list[UUID]:
    programs = list(Program.objects.order_by("id").values_list("id", flat=True))
    return [id for id, rows in dated_terms(programs).items() if any(has_promises(row.body) for row in rows)]
