"""Firsts and lasts of enrolments: moved outwards as days come, looked up again where the outermost day is gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Q

from hanse.insight.rollups.models import EnrolmentDay, EnrolmentMark
from hanse.insight.rollups.types import NOBODY, Cells
from hanse.spine.bulk import insert_many, update_many

Mark = dict[str, date | None]
_SIGNS = (("clicks", "first_click", "last_click"), ("conversions", "first_sale", "last_sale"))
NAMES = ("first_click", "last_click", "first_sale", "last_sale")


def move_marks(cells: Cells) -> None:
    """Take in what cells changed, after the days of enrolments have. One query; one more where something was undone."""
    touched = {key[1]: key[0] for key, sums in cells.items() if key[1] != NOBODY and _counts(sums)}
    if not touched:
        return
    known = stored_marks(touched)
    moved: dict[UUID, Mark] = {}
    again: set[UUID] = set()
    for (_, who, day), sums in cells.items():
        if who not in touched:
            continue
        mark = moved.get(who) or known.get(who) or dict.fromkeys(NAMES)
        for sign, first, last in _SIGNS:
            if sums[sign] > 0 and not _within(mark, first, last, day):
                mark = moved[who] = _widened(mark, first, last, day)
            elif sums[sign] < 0 and day in (mark[first], mark[last]):
                again.add(who)
    moved |= {who: marks.get(who, dict.fromkeys(NAMES)) for marks in [derived_marks(again)] for who in again}
    for who in touched.keys() - known.keys():
        moved.setdefault(who, dict.fromkeys(NAMES))  # earned without selling: known by a row of its own
    _write({who: mark for who, mark in moved.items() if mark != known.get(who)}, known.keys(), touched)


def stored_marks(enrolment_ids: Collection[UUID]) -> dict[UUID, Mark]:
    """Return the marks of enrolments. One query."""
    rows = EnrolmentMark.objects.filter(enrolment_id__in=enrolment_ids).values_list("enrolment_id", *NAMES)
    return {who: dict(zip(NAMES, days, strict=True)) for who, *days in rows}


def derived_marks(enrolment_ids: Collection[UUID]) -> dict[UUID, Mark]:
    """Return the marks as the days of enrolments have them. One query, none for nobody."""
    if not enrolment_ids:
        return {}
    return _derived(EnrolmentDay.objects.filter(enrolment_id__in=enrolment_ids))


def marks_of_program(program_id: UUID) -> tuple[dict[UUID, Mark], dict[UUID, Mark]]:
    """Return all marks of a program as they are stored, and as the days have them."""
    rows = EnrolmentMark.objects.filter(program_id=program_id).values_list("enrolment_id", *NAMES)
    stored = {who: dict(zip(NAMES, days, strict=True)) for who, *days in rows}
    return stored, _derived(EnrolmentDay.objects.filter(program_id=program_id).exclude(enrolment_id=NOBODY))


def mend_marks(program_id: UUID) -> None:
    """Make the marks of a program what its days say."""
    stored, derived = marks_of_program(program_id)
    empty: Mark = dict.fromkeys(NAMES)
    wrong = {who: derived.get(who, empty) for who in stored.keys() | derived.keys()}
    wrong = {who: mark for who, mark in wrong.items() if mark != stored.get(who, empty)}
    _write(wrong, stored.keys(), dict.fromkeys(wrong, program_id))


def _derived(days: Any) -> dict[UUID, Mark]:
    clicked, sold = Q(clicks__gt=0), Q(conversions__gt=0)
    rows = days.order_by().values("enrolment_id").annotate(
        first_click=Min("day", filter=clicked), last_click=Max("day", filter=clicked),
        first_sale=Min("day", filter=sold), last_sale=Max("day", filter=sold),
    )  # fmt: skip
    marks = {who: dict(zip(NAMES, found, strict=True)) for who, *found in rows.values_list("enrolment_id", *NAMES)}
    return {who: mark for who, mark in marks.items() if any(mark.values())}


def _counts(sums: Any) -> bool:
    return bool(sums["clicks"] or sums["conversions"] or sums["commission_minor"])


def _within(mark: Mark, first: str, last: str, day: date) -> bool:
    begin, end = mark[first], mark[last]
    return begin is not None and end is not None and begin <= day <= end


def _widened(mark: Mark, first: str, last: str, day: date) -> Mark:
    begin, end = mark[first], mark[last]
    return {**mark, first: min(begin or day, day), last: max(end or day, day)}


def _write(marks: dict[UUID, Mark], known: Collection[UUID], programs: dict[UUID, UUID]) -> None:
    new = [
        {"enrolment_id": who, "program_id": programs[who], **mark} for who, mark in marks.items() if who not in known
    ]
    insert_many(EnrolmentMark, new)
    update_many(EnrolmentMark, [{"enrolment_id": who, **mark} for who, mark in marks.items() if who in known])
