"""What one conversion adds to the days of those it is credited to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hanse.insight.rollups.types import COUNTERS, NOBODY, Cells
from hanse.kernel.money import largest_remainder


def cells_of_conversion(
    program_id: UUID, day: date, *, value_minor: int, refunded_minor: int, is_new: bool, by_click: bool,
    shares: Sequence[tuple[UUID, int]],
) -> Cells:  # fmt: skip
    """Divide a conversion among the enrolments credited with it (or nobody): value by share, exactly.

    Each enrolment counts the conversion as one; sums over enrolments of value are exact, of conversions only where
    credit is not split.
    """
    owners = shares or [(NOBODY, 1)]
    weights = [share_ppm for _, share_ppm in owners]
    values, refunds = largest_remainder(value_minor, weights), largest_remainder(refunded_minor, weights)
    return {
        (program_id, enrolment_id, day): Counter(
            conversions=1, click_conversions=int(by_click), new_customers=int(is_new), value_minor=value,
            refunded_minor=refund,
        )
        for (enrolment_id, _), value, refund in zip(owners, values, refunds, strict=True)
    }  # fmt: skip


def add_up(parts: Iterable[Cells], sign: int = 1, into: Cells | None = None) -> Cells:
    """Add (or with sign −1 take away) cells."""
    total: Cells = {} if into is None else into
    for cells in parts:
        for key, counters in cells.items():
            sums = total.setdefault(key, Counter())
            for name, number in counters.items():
                sums[name] += sign * number
    return total


def differing(
    stored: Mapping[Any, Counter[str]], derived: Mapping[Any, Counter[str]], names: Sequence[str] = COUNTERS
) -> list[tuple[str, str]]:
    """Return, for each place and counter that is not as derived, where and how it differs."""
    found = []
    for place in sorted(stored.keys() | derived.keys(), key=str):
        have, should = stored.get(place, Counter()), derived.get(place, Counter())
        where = " ".join(map(str, place))
        found += [
            (f"{where} {name}", f"{have[name]} is stored, {should[name]} is right")
            for name in names
            if have[name] != should[name]
        ]
    return found
