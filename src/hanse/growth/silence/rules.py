"""Who is silent, and why (domain.md §9). Pure: days come in, a look goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hanse.growth.silence.types import SALES, Look, Pools, Rhythm, Signal, Signs

WINDOW = 365
FEWEST_DAYS = 5  # active days that make a rhythm of one's own
FEWEST_GAPS = 20  # gaps of a tier that make a pool
USUAL = Decimal(30)  # the pool where there are fewer
SHORTEST = Decimal(7)
LAUNCH_DAYS = 14
MANY_CLICKS = 100
FADED_SALES = 5
_FACTOR, _SPREADS, _NORMAL = Decimal("1.5"), Decimal(3), Decimal("1.4826")
_HALF = Decimal("0.5")
_MONTHS_AT_STAKE = 6


def gaps(days: Sequence[date]) -> list[int]:
    """Return the days between one active day and the next."""
    return [(later - earlier).days for earlier, later in pairwise(days)]


def median(numbers: Iterable[int | Decimal]) -> Decimal:
    """Return the middle one, or the mean of the two in the middle; raises ValueError for none."""
    ranked = sorted(map(Decimal, numbers))
    if not ranked:
        raise ValueError("no numbers")
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def median_of_counts(counts: Mapping[int, int]) -> Decimal:
    """Return the median of numbers that are given by how often each is there."""
    total, seen, lower = sum(counts.values()), 0, None
    for number in sorted(counts):
        seen += counts[number]
        if lower is None and seen >= (total + 1) // 2:
            lower = number
        if seen >= total // 2 + 1:
            assert lower is not None
            return Decimal(lower + number) / 2
    raise ValueError("no numbers")


def pool_of(counts: Counter[int]) -> Decimal:
    """Return the usual gap of a tier: the median of its gaps if there are 20, else 30 days."""
    return median_of_counts(counts) if counts.total() >= FEWEST_GAPS else USUAL


def limit_of(usual: Decimal, spread: Decimal) -> Decimal:
    """Return after how many days a signal is quiet: max(7, 1.5 m, m + 3 · 1.4826 · d)."""
    return max(SHORTEST, _FACTOR * usual, usual + _SPREADS * _NORMAL * spread)


def rhythm_of(days: Sequence[date], today: date, pool: Decimal) -> Rhythm:
    """Return a signal's rhythm from its active days of the last 365, in order.

    With fewer than five of them the usual gap is the pool's, and its spread is not known (0).
    """
    usual, spread, is_own = pool, Decimal(0), len(days) >= FEWEST_DAYS
    if is_own:
        between = gaps(days)
        usual = median(between)
        spread = median(abs(gap - usual) for gap in between)
    last = days[-1] if days else None
    since = (today - last).days if last else None
    return Rhythm(len(days), is_own, usual, spread, limit_of(usual, spread), last, since)


def look_at(signs: Signs, today: date, pools: Pools) -> Look:
    """Return what is seen of one enrolment: its rhythms and, if it is silent, since when, why and what is at stake.

    A signal has a rhythm once it was there; one that was there only before the last 365 days is quiet. Who never had a
    sales signal is silent from 14 days on.
    """
    rhythms = {
        signal: rhythm_of(signs.days.get(signal, ()), today, pools.gaps.get((signs.tier_id, signal), USUAL))
        for signal in Signal if signal in signs.had or signs.days.get(signal)
    }  # fmt: skip
    sales = [rhythms[signal] for signal in SALES if signal in rhythms]
    if any(not rhythm.is_quiet for rhythm in sales):
        return Look(signs.enrolment_id, rhythms)
    if not sales and (today - signs.enrolled_on).days < LAUNCH_DAYS:
        return Look(signs.enrolment_id, rhythms)
    last = max((rhythm.last_on for rhythm in sales if rhythm.last_on), default=signs.last_seen)
    decisive = max(sales, key=quiet_from, default=None)
    since = signs.enrolled_on + timedelta(days=LAUNCH_DAYS)
    if decisive is not None:
        since = quiet_from(decisive) if decisive.last_on else today - timedelta(days=WINDOW)  # for a year at least
    return Look(
        signs.enrolment_id, rhythms, cause_of(signs, rhythms, pools), min(since, today), last,
        decisive.usual_gap if decisive else LAUNCH_DAYS, at_stake(signs, last),
    )  # fmt: skip


def quiet_from(rhythm: Rhythm) -> date:
    """Return the first day on which a signal counts as quiet."""
    return rhythm.last_on + timedelta(days=int(rhythm.limit_days) + 1) if rhythm.last_on else date.min


def cause_of(signs: Signs, rhythms: Mapping[Signal, Rhythm], pools: Pools) -> str:
    """Return the first cause that matches somebody who is silent.

    Clicks are counted since the last sale of the year. What none of the seven explains is `unexplained`: a sale without
    any click or code, for instance, of somebody who still reads the portal.
    """
    if not any(signal in rhythms for signal in SALES):
        return "never_launched"
    if signs.has_broken_link:
        return "link_broken"
    if signs.clicks_since_sale >= MANY_CLICKS:
        return "clicks_no_sales"
    if _quiet(rhythms, Signal.PIECE):
        return "content_stopped"
    if _quiet(rhythms, Signal.CLICK) or _quiet(rhythms, Signal.COUPON):
        return "link_cold"
    if _quiet(rhythms, Signal.LOGIN):
        return "login_lapsed"
    return "faded" if has_faded(signs, pools) else "unexplained"


def has_faded(signs: Signs, pools: Pools) -> bool:
    """Say whether value fell by half against the prior quarter beyond the program's own change, from 5 sales on."""
    if signs.sales_before < FADED_SALES or signs.before_minor <= 0:
        return False
    own = Decimal(signs.value_minor) / signs.before_minor
    whole = Decimal(pools.now_minor) / pools.before_minor if pools.before_minor > 0 else Decimal(1)
    return own <= _HALF * whole


def at_stake(signs: Signs, last: date | None) -> int:
    """Return a usual month of theirs: the value of the 180 days until the last sign, divided by six."""
    if last is None:
        return 0
    first = last - timedelta(days=30 * _MONTHS_AT_STAKE - 1)
    return max(0, sum(value for on, value in signs.value_days if first <= on <= last) // _MONTHS_AT_STAKE)


def _quiet(rhythms: Mapping[Signal, Rhythm], signal: Signal) -> bool:
    return signal in rhythms and rhythms[signal].is_quiet
