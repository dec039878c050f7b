"""The reads behind breakdowns by link, tier, partner type and partner: through every one of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hanse.insight.breakdown.rules import total
from hanse.insight.breakdown.types import Found, Numbers, Sums
from hanse.insight.overview.reading import facts_of_enrolments, id_of, sums_by_enrolment, sums_by_link
from hanse.insight.overview.types import Span
from hanse.kernel.ids import text_id

_SUMS = ("clicks", "conversions", "value_minor - refunded_minor", "commission_minor")


def links_numbers(program_id: UUID, span: Span) -> Found:
    """Return the numbers of every link of a program by its number. One query."""
    return sums_by_link(program_id, span, _SUMS)


def everybodys_numbers(program_id: UUID, by: str, span: Span) -> tuple[Found, Found, Numbers, Numbers]:
    """Return the numbers by tier key, type slug or enrolment id (in text), now and before, with both wholes."""
    now, before = (sums_by_enrolment(program_id, part, _SUMS) for part in (span, span.before()))
    wholes = total(now.values()), total(before.values())
    if by == "partner":
        names = {key: text_id("enr", id_of(key)) for key in {**now, **before}}
        return (
            {names[key]: sums for key, sums in now.items()},
            {names[key]: sums for key, sums in before.items()},
            *wholes,
        )
    groups = facts_of_enrolments(program_id, by)
    return _grouped(now, groups), _grouped(before, groups), *wholes


def _grouped(found: Mapping[Any, Sums], groups: Mapping[Any, Sequence[str]]) -> Found:
    parts: dict[str, list[Sums]] = {}
    for key, sums in found.items():
        for name in groups.get(key, ("",)):
            parts.setdefault(name, []).append(sums)
    return {name: numbers for name, every in parts.items() if any(numbers := total(every))}
