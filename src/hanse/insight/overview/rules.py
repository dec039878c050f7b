"""The arithmetic of Overview: medians with those who have not sold yet, concentration, funnel (domain.md §10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from heapq import nsmallest
from typing import Any

from hanse.insight.overview.types import Cohort, Concentration, Figures, Joined, Mover, Step
from hanse.insight.survival.rules import curve

ACTIVE_DAYS = 90
ACTIVATION_DAYS = 60
WARNING_SHARE = Decimal("0.4")


def cohort_of(joined: Iterable[Joined], today: date) -> Cohort:
    """Add up those whose day of joining is given, in one pass."""
    now = today.toordinal()
    since, mature_until = now - ACTIVE_DAYS, now - ACTIVATION_DAYS
    until_click, until_sale, waiting = (Counter[int]() for _ in range(3))
    clicked = active = mature = activated = 0
    for _key, _tier, _is_open, on, click, sale, last in joined:
        if on is None:
            continue
        clicked += click is not None or sale is not None
        if click is not None:
            until_click[max(0, click - on)] += 1
        if sale is None:
            waiting[max(0, now - on)] += 1
        else:
            until_sale[max(0, sale - on)] += 1
        active += last is not None and last > since
        if on <= mature_until:
            mature += 1
            activated += sale is not None and sale - on <= ACTIVATION_DAYS
    count = until_sale.total() + waiting.total()
    return Cohort(count, clicked, active, mature, activated, until_click, until_sale, waiting)


def kaplan_meier_median(events: Mapping[int, int], waiting: Mapping[int, int]) -> int | None:
    """Return the first day by which half have had their event, those still waiting counted as censored.

    `events` and `waiting` say how many had theirs after, or wait since, so many days. None while fewer than half can
    be said to have had it. Kaplan & Meier 1958.
    """
    return curve(events, waiting).median


def days_to_first_sale(cohort: Cohort) -> int | None:
    """Return the Kaplan–Meier median of days from enrolment to the first sale, not-yet-sold censored."""
    return kaplan_meier_median(cohort.until_sale, cohort.waiting)


def activation(cohort: Cohort) -> tuple[Decimal | None, int]:
    """Return the share of enrolments with a sale within 60 days, and how many are at least 60 days old."""
    return (Decimal(cohort.activated) / cohort.mature if cohort.mature else None), cohort.mature


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


def funnel(cohort: Cohort) -> list[Step]:
    """Return the way from joining to earning: enrolled, first click, first sale, active."""
    return [
        Step("enrolled", cohort.joined, None),
        Step("first_click", cohort.clicked, _median(cohort.until_click)),
        Step("first_sale", sum(cohort.until_sale.values()), _median(cohort.until_sale)),
        Step("active", cohort.active, None),
    ]


def by_tier(joined: Sequence[Joined], earned: Mapping[Any, tuple[int, int]]) -> list[tuple[Any, int, Figures]]:
    """Return, for each tier, its partners and figures; those that left count for their value, not as partners.

    `earned` has value and commission in minor units by enrolment; the other figures are left at 0.
    """
    sums: dict[Any, list[int]] = {}
    for key, tier_id, is_open, *_days in joined:
        if tier_id not in sums:
            sums[tier_id] = [0, 0, 0]
        mine = sums[tier_id]
        mine[0] += is_open
        if key in earned:
            value, commission = earned[key]
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


def _median(days: Mapping[int, int]) -> int | None:
    """Return the lower median of days, given how often each is there."""
    left = (sum(days.values()) + 1) // 2
    for one in sorted(days):
        left -= days[one]
        if left <= 0:
            return one
    return None
