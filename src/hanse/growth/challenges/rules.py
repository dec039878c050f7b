"""Rules of challenges: which stage one is in, who was first, when a reached goal is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import TypeVar, cast

from hanse.growth.challenges.types import AskedFor, Progress, Reached, Stage, Standing
from hanse.kernel.clock import day_starts_at

T = TypeVar("T")
LONGEST_DAYS = 731
# What refunds can take away again is settled after the program's hold; clicks and proof are settled at once.
REFUNDABLE = frozenset(("value", "conversions", "new_customers"))
PROOF = "proof"
LIVE = ("reached", "waiting", "won")


def stage_of(challenge: AskedFor, today: date, hold_days: int) -> Stage:
    """Say where a challenge is. It settles for the hold's days after its end: late orders and refunds still count."""
    if challenge.cancelled_at is not None:
        return "cancelled"
    if challenge.opened_at is None:
        return "draft"
    if today < challenge.starts_on:
        return "upcoming"
    if today <= challenge.ends_on:
        return "running"
    rest = hold_days if challenge.metric in REFUNDABLE else 0
    return "settling" if today <= challenge.ends_on + timedelta(days=rest) else "over"


def reached_on(days: Iterable[tuple[date, int]], target: int) -> date | None:
    """Return the day on which the running sum first was at the target; None where it never was. A sum that fell below
    again later still was there first: the caller asks for today's sum besides."""
    ordered = sorted(days)
    for (day, _amount), total in zip(ordered, accumulate(amount for _day, amount in ordered), strict=True):
        if total >= target:
            return day
    return None


def settles_at(metric: str, day: date, zone: str, hold_days: int, now: datetime) -> datetime:
    """Return when a goal reached on a local day is looked at again and booked: the hold's days after that day's end."""
    if metric not in REFUNDABLE:
        return now
    return max(now, day_starts_at(day + timedelta(days=1), zone) + timedelta(days=hold_days))


def first_ones(reached: Mapping[T, date], order: Sequence[T], places: int | None) -> list[T]:
    """Return who takes the places that are left: the earlier day first, then the given order (by enrolment)."""
    rank = {who: place for place, who in enumerate(order)}
    ranked = sorted(reached, key=lambda who: (reached[who], rank[who]))
    return ranked if places is None else ranked[: max(0, places)]


def progress_of(challenge: AskedFor, entry: Reached | None, amount: int, stage: Stage, taken: int) -> Progress:
    """Say how a partner stands. Without an entry they are on the way, or too late, or all prizes are taken."""
    if entry is not None:
        shown = 1 if challenge.metric == PROOF else amount
        standing = cast(Standing, entry.state)  # the states are these words
        return Progress(shown, challenge.target, standing, entry.settles_at, entry.reason)
    is_full = challenge.most_winners is not None and taken >= challenge.most_winners
    if stage in ("over", "cancelled") or (stage == "settling" and amount < challenge.target):
        return Progress(amount, challenge.target, "missed")
    return Progress(amount, challenge.target, "full" if is_full else "going")
