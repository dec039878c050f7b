"""Lift: how much more often those acted who got a letter than those who were held out. Pure.

The interval is Newcombe's (1998, his method 10: Wilson's intervals of both shares put together), which holds for small
groups and shares near nothing or everything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959963984540054
LEAST: Final = 30
PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison: how many people, and how many of them acted."""

    people: int
    acted: int

    @property
    def share_ppm(self) -> int:
        """Return the action rate in parts per million; 0 of nobody."""
        return round(self.acted * PPM / self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Lift:
    """The difference of two action rates with its 95 % interval, in parts per million.

    Hidden (None) as long as an arm has fewer than thirty people: then chance says more than the letter.
    """

    written: Arm
    held_out: Arm
    difference_ppm: int | None = None
    low_ppm: int | None = None
    high_ppm: int | None = None

    @property
    def is_shown(self) -> bool:
        """Say whether both arms are large enough to be compared."""
        return self.difference_ppm is not None

    @property
    def is_clear(self) -> bool:
        """Say whether the interval leaves out no difference at all."""
        return self.low_ppm is not None and self.high_ppm is not None and (self.low_ppm > 0 or self.high_ppm < 0)


def lift_of(written: Arm, held_out: Arm) -> Lift:
    """Compare two arms; with fewer than thirty people in either, nothing is told."""
    if written.people < LEAST or held_out.people < LEAST:
        return Lift(written, held_out)
    one, other = written.acted / written.people, held_out.acted / held_out.people
    low_one, high_one = wilson(written.acted, written.people)
    low_other, high_other = wilson(held_out.acted, held_out.people)
    below = math.sqrt((one - low_one) ** 2 + (high_other - other) ** 2)
    above = math.sqrt((high_one - one) ** 2 + (other - low_other) ** 2)
    difference = one - other
    return Lift(
        written, held_out, round(difference * PPM), round((difference - below) * PPM),
        round((difference + above) * PPM),
    )  # fmt: skip


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    share, z2 = count / of, Z95 * Z95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)
