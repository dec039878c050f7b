"""What a pilot's numbers suggest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hanse.growth.launch.types import Member, Suggested, Verdict
from hanse.insight.survival.rules import curve

REACHED, PROMISING = 0.5, 0.25


def verdict(members: Sequence[Member], *, size: int, aim_days: int, ends_on: date, today: date) -> Verdict:
    """Judge a pilot: half with a first sale within the aim's days is reached, a quarter is worth a change.

    Before its end nothing but success is called; with fewer than half of the partners it was meant for, nothing but a
    change: too few took part to stop for good.
    """
    had = Counter(one.days for one in members if one.sold_on is not None)
    waiting = Counter(one.days for one in members if one.sold_on is None)
    found = curve(had, waiting)
    at, is_over = found.at(aim_days), today > ends_on
    share, is_too_small = found.share_by(aim_days), 2 * len(members) < size
    return Verdict(
        members=members, curve=found, share=share,
        low=1 - at.high if at and at.high is not None else None,
        high=1 - at.low if at and at.low is not None else None,
        is_over=is_over, is_too_small=is_too_small,
        suggested=_suggested(found.median is not None and found.median <= aim_days, share, is_over, is_too_small),
    )  # fmt: skip


def _suggested(is_reached: bool, share: float, is_over: bool, is_too_small: bool) -> Suggested:
    if is_reached and not is_too_small:
        return "scale"
    if not is_over:
        return "early"
    if is_too_small or share >= PROMISING:
        return "change"
    return "stop"


def watched(since: date, sold_on: date | None, ends_on: date, today: date) -> tuple[date | None, int]:
    """Return the first sale if it came while the pilot lasted, and after how many days it came or nobody watched."""
    last = min(ends_on, today)
    if sold_on is not None and sold_on <= last:
        return sold_on, max(0, (sold_on - since).days)
    return None, max(0, (last - since).days)
