"""The arithmetic of Overview: medians with those who have not sold yet, concentration, funnel (domain.md §10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from heapq import nsmallest
from typing import Any

from hanse.insight.overview.types import Concentration, Figures, Joined, Mover, Step

ACTIVE_DAYS = 90
ACTIVATION_DAYS = 60
WARNING_SHARE = Decimal("0.4")


def kaplan_meier_median(waits: Iterable[tuple[int, bool]]) -> int | None:
    """Return the first day by which half have had their event, those still waiting counted as censored.

    `waits` are (days, happened). None while fewer than half can be said to have had it. Kaplan & Meier 1958.
    """
    events: dict[int, int] = {}
    leaving: dict[int, int] = {}
    for days, happened in waits:
        leaving[days] = leaving.get(days, 0) + 1
        events[days] = events.get(days, 0) + happened
    at_risk, surviving = sum(leaving.values()), Decimal(1)
    for days in sorted(leaving):
        surviving *= 1 - Decimal(events[days]) / at_risk
        if surviving <= Decimal("0.5"):
            return days
        at_risk -= leaving[days]
    return None


def days_to_first_sale(joined: Sequence[Joined], today: date) -> int | None:
    """Return the Kaplan–Meier median of days from enrolment to the first sale, not-yet-sold censored."""
    waits = []
    for one in joined:
        end = one.milestones.first_sale or today
        waits.append((max(0, (end - one.enrolled_on).days), one.milestones.first_sale is not None))
    return kaplan_meier_median(waits)


def activation(joined: Sequence[Joined], today: date) -> tuple[Decimal | None, int]:
    """Return the share of enrolments with a sale within 60 days, and how many are at least 60 days old."""
    cohort = [one for one in joined if (today - one.enrolled_on).days >= ACTIVATION_DAYS]
    limit = timedelta(days=ACTIVATION_DAYS)
    won = sum(1 for one in cohort if one.milestones.first_sale and one.milestones.first_sale - one.enrolled_on <= limit)
    return (Decimal(won) / len(cohort) if cohort else None), len(cohort)


def concentration(values: Mapping[Any, int]) -> Concentration:
    """Return the value share of the top ⌈10 %⌉ of those who brought any, and the largest one; over 40 % warns."""
    ranked = sorted(((value, key) for key, value in values.items() if value > 0), reverse=True)
    if not ranked:
        return Concentration(0, None, None, 0, False)
    whole = sum(value for value, _key in ranked)
    count = -(-len(ranked) // 10)
    share = Decimal(sum(value for value, _key in ranked[:count])) / whole
    largest, largest_id = ranked[0]
    warns = share > WARNING_SHARE or Decimal(largest) / whole > WARNING_SHARE
    return Concentration(count, share, largest_id, largest, warns)


def movers(changes: Iterable[tuple[Any, int, int]], limit: int) -> list[Mover]:
    """Return the enrolments whose value changed most, up or down. `changes` are (enrolment, now, before)."""
    moved = (change for change in changes if change[1] != change[2])
    most = nsmallest(limit, moved, key=lambda change: (-abs(change[1] - change[2]), change[0]))
    return [Mover(key, now, before) for key, now, before in most]


def funnel(joined: Sequence[Joined], today: date) -> list[Step]:
    """Return the way from joining to earning: enrolled, first click, first sale, active."""
    clicked = [one for one in joined if one.milestones.first_click or one.milestones.first_sale]
    sold = [one for one in joined if one.milestones.first_sale]
    active = [one for one in sold if is_active(one, today)]
    return [
        Step("enrolled", len(joined), None),
        Step("first_click", len(clicked), _median([_until(one, one.milestones.first_click) for one in clicked])),
        Step("first_sale", len(sold), _median([_until(one, one.milestones.first_sale) for one in sold])),
        Step("active", len(active), None),
    ]


def is_active(one: Joined, today: date) -> bool:
    """Say whether an enrolment had a sale in the last 90 days."""
    last = one.milestones.last_sale
    return last is not None and (today - last).days < ACTIVE_DAYS


def by_tier(joined: Sequence[Joined], earned: Mapping[Any, tuple[int, int]]) -> list[tuple[Any, int, Figures]]:
    """Return, for each tier, its partners and figures; those that left count for their value, not as partners.

    `earned` has value and commission in minor units by enrolment; the other figures are left at 0.
    """
    sums: dict[Any, list[int]] = {}
    for one in joined:
        mine = sums.setdefault(one.tier_id, [0, 0, 0])
        value, commission = earned.get(one.enrolment_id, (0, 0))
        mine[0] += one.is_open
        mine[1] += value
        mine[2] += commission
    return [
        (tier_id, partners, Figures(value_minor=value, commission_minor=commission))
        for tier_id, (partners, value, commission) in sums.items()
    ]


def add(one: Figures, other: Figures) -> Figures:
    """Return the sum of two sets of figures."""
    return Figures(
        one.value_minor + other.value_minor,
        one.refunded_minor + other.refunded_minor,
        one.commission_minor + other.commission_minor,
        one.sales + other.sales,
        one.click_sales + other.click_sales,
        one.clicks + other.clicks,
        one.new_customers + other.new_customers,
    )


def total(every: Iterable[Figures]) -> Figures:
    """Return the sum of many."""
    whole = Figures()
    for one in every:
        whole = add(whole, one)
    return whole


def _until(one: Joined, day: date | None) -> int | None:
    return max(0, (day - one.enrolled_on).days) if day else None


def _median(days: Iterable[int | None]) -> int | None:
    known = sorted(day for day in days if day is not None)
    return known[(len(known) - 1) // 2] if known else None
