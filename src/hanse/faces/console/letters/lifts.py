"""A lift as rows of a table: rates of both arms, the difference with its interval, and its picture."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hanse.growth.sends.lift import LEAST, Lift

_SCALE = 0.8  # picture units for a point of difference
_LEFT, _RIGHT = -50, 100


@dataclass(frozen=True, slots=True)
class LiftRow:
    """One comparison; the picture's places are in its own units, with no difference at 0."""

    name: str
    tier: object
    lift: Lift
    points: str
    interval: str
    low_at: float
    middle_at: float
    high_at: float
    why_not: str

    @property
    def written_percent(self) -> int:
        """Return the action rate of those who got it."""
        return round(self.lift.written.share_ppm / 10_000)

    @property
    def held_percent(self) -> int:
        """Return the action rate of those held out."""
        return round(self.lift.held_out.share_ppm / 10_000)


def lift_row(name: str, lift: Lift, tier: object = None) -> LiftRow:
    """Return a comparison as a row."""
    if lift.difference_ppm is None or lift.low_ppm is None or lift.high_ppm is None:
        few = min(lift.written.people, lift.held_out.people)
        why = _("too few to say (%(n)d, needs %(least)d)") % {"n": few, "least": LEAST}
        return LiftRow(name, tier, lift, "", "", 0, 0, 0, why)
    said = _("%(low)s to %(high)s") % {"low": _signed(lift.low_ppm), "high": _signed(lift.high_ppm)}
    return LiftRow(
        name, tier, lift, _signed(lift.difference_ppm), said, _at(lift.low_ppm), _at(lift.difference_ppm),
        _at(lift.high_ppm), "",
    )  # fmt: skip


def _signed(ppm: int) -> str:
    points = round(ppm / 10_000)
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def _at(ppm: int) -> float:
    return round(max(_LEFT, min(_RIGHT, ppm / 10_000)) * _SCALE, 1)
