"""Rates as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class DailyRate:
    """How many units of a currency one euro was worth on a day, as a decimal text."""

    currency: str
    dated_on: date
    per_euro: str


@dataclass(frozen=True, slots=True)
class FrozenRate:
    """The rate of one order: units of the program's currency for one unit of the order's, exactly, and its day."""

    rate: Fraction
    dated_on: date


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import of rates did: how many are new, were corrected, were known; which codes are no currencies."""

    new: int
    corrected: int
    known: int
    skipped: tuple[str, ...]
