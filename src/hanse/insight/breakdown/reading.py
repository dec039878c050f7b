"""The read behind breakdowns by tier, partner type and partner: through every enrolment once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hanse.insight.breakdown.types import Numbers
from hanse.insight.overview.reading import id_of, sums_by_enrolment
from hanse.insight.overview.types import Span
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_SUMS = ("clicks", "conversions", "value_minor - refunded_minor", "commission_minor")
Found = dict[str, Numbers]


def everybodys_numbers(program_id: UUID, by: str, span: Span) -> tuple[Found, Found, Numbers, Numbers]:
    """Return the numbers by tier key, type slug or enrolment id (in text), now and before, with both wholes."""
    sums = [sums_by_enrolment(program_id, part, _SUMS) for part in (span, span.before())]
    whole = [Numbers(*map(sum, zip(*part.values(), strict=True))) if part else Numbers() for part in sums]
    groups = _groups(program_id, by)
    now, before = (_grouped(part, groups) for part in sums)
    return now, before, whole[0], whole[1]


def _groups(program_id: UUID, by: str) -> Mapping[Any, list[str]] | None:
    if by == "partner":
        return None
    rows = Enrolment.objects.filter(program_id=program_id)
    if by == "tier":
        return {key: [tier or ""] for key, tier in rows.values_list("id", "tier__key")}
    return {key: [str(one) for one in types] or [""] for key, types in rows.values_list("id", "partner__types")}


def _grouped(sums: Mapping[Any, list[int]], groups: Mapping[Any, list[str]] | None) -> Found:
    found: dict[str, list[int]] = {}
    for raw, numbers in sums.items():
        names = groups.get(id_of(raw), [""]) if groups is not None else [text_id("enr", id_of(raw))]
        for name in names:
            mine = found.setdefault(name, [0, 0, 0, 0])
            for place, number in enumerate(numbers):
                mine[place] += number
    return {name: Numbers(*numbers) for name, numbers in found.items() if any(numbers)}
