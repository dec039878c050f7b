"""How a fact is made: the kind's least n is held here, once for all of them. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.material import Material
from hanse.insight.facts.types import FoundFact

QUARTER = 90
MILLION = 1_000_000


def fact(
    of: Material, kind: str, n: int, days: int | tuple[date, date] = QUARTER, /, strength: float = 0.5,
    **numbers: int | str,
) -> FoundFact | None:  # fmt: skip
    """Return a fact about the last so many days, or None where `n` is below the kind's least.

    `strength` (0 to 1) is how striking it is: it moves a fact by up to a fifth among those of like use.
    """
    known = KINDS[kind]
    if n < known.least_n:
        return None
    first, last = (of.today - timedelta(days=days - 1), of.today) if isinstance(days, int) else days
    rank = round(known.weight * 10_000 * (0.8 + 0.2 * min(1.0, max(0.0, strength))))
    return FoundFact(kind, of.enrolment_id, first, last, n, numbers, min(MILLION, rank))


def ppm(part: int, whole: int) -> int:
    """Return a share in parts per million, rounded half up; 0 of nothing."""
    return (part * MILLION + whole // 2) // whole if whole > 0 else 0


def since(of: Material, day: date | None, within: int) -> bool:
    """Say whether a day lies within the last so many days, this one included."""
    return day is not None and 0 <= (of.today - day).days < within
