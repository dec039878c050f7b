"""Meaning: which of some enrolments a stored condition means at a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hanse.growth.audiences.queries import read_condition
from hanse.growth.audiences.rows import rows_for
from hanse.kernel.conditions import compiled, fields_of


def meant(program_id: UUID, condition: object, enrolment_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Return those of the enrolments that a condition means at a moment; no condition means all."""
    read = read_condition(condition)
    if read is None or not enrolment_ids:
        return set(enrolment_ids)
    check = compiled(read)
    rows = rows_for(program_id, enrolment_ids, now, set(fields_of(read)))
    return {who for who, row in rows.items() if check(row)}
