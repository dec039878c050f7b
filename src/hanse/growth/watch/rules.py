"""Rules of watch: when fewer sales or fewer click tokens than usual are a fault and not chance. Pure.

One look compares everything with its own past at once and may raise `FALSE_ALARMS_A_YEAR / 365` false alarms on
average, however many links there are: the exact tests share that. What is only a little less is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import ceil
from typing import Final

from hanse.growth.watch.exact import level_for, lower_rate, lower_share
from hanse.growth.watch.types import Compared, Counts, Judgement, Verdict

FALSE_ALARMS_A_YEAR: Final = 0.5
LEVEL: Final = FALSE_ALARMS_A_YEAR / 365
LINK_SPANS: Final = (3, 7, 14, 28)
HOST_SPANS: Final = (1, 3, 7, 14)
PAST_DAYS: Final = 90
FEWEST_SALES: Final = 10  # with fewer in all, now and before, nothing can be said of a link
FEWEST_ORDERS: Final = 10
STOPPED_AT: Final = 0.2  # of what was to be expected: above it sales are fewer, not stopped
LOST_AT: Final = 1 / 3
_NEVER: Final = 1_000_000  # days
BACK_AT: Final = 0.5  # a fault has healed where half of the usual is back, and that is no chance
BACK_DAYS: Final = 7  # over so many days
UNCLICKED_DAYS: Final = 28  # of what nobody clicks for so long nothing can be said any more


def judge_links(compared: Iterable[Compared], spread: Callable[[Compared], float] = lambda _one: 1.0) -> Judgement:
    """Say which links have stopped selling: clicks go on, sales are a fifth of the usual at most, and not by chance.

    They have to be too few for the clicks and for the days: a crowd that only looks is no fault of the link, and days
    without clicks are none either. `spread` says how lively a link is; it is asked for those alone that seem to stop.
    """
    least, low, back = list[float](), list[Compared](), dict[str, int]()
    for one in compared:
        if can_tell(one):
            _note_back(back, one)
            least.append(chance_of(one, 0, one.now.good + one.past.good))
            if one.now.good <= STOPPED_AT * one.expected:
                low.append(one)
    level = level_for(least, LEVEL)
    return Judgement(len(back), len(least), level, [_link_verdict(one, level, spread, back[one.key]) for one in low])


def can_tell(one: Compared) -> bool:
    """Say whether a comparison of clicks and sales is made at all; the answer hangs on nothing that is tested."""
    return one.now.good + one.past.good >= FEWEST_SALES and 0 < one.now.tries <= one.past.tries


def judge_hosts(compared: Iterable[Compared]) -> Judgement:
    """Say on which checkout hosts orders have lost their click tokens: a third of the usual share at most.

    Its `change` says how many valid clicks there were against as many usual days. Where these are fewer, fewer tokens
    are to be expected: then tokens have to be too few against clicks, too, and not only against orders.
    """
    rows = [one for one in compared if one.now.tries >= FEWEST_ORDERS and one.past.tries and one.past.good]
    back: dict[str, int] = {}
    for one in rows:
        _note_back(back, one)
    level = level_for([_share_chance(one, 0, one.now.good + one.past.good) for one in rows], LEVEL)
    low = [(one, _host_chance(one)) for one in rows if one.now.good <= LOST_AT * one.expected]
    verdicts = [Verdict(one, chance, level, chance <= level and one.span_days <= back[one.key]) for one, chance in low]
    return Judgement(len(back), len(rows), level, verdicts)


def has_healed(now: Counts, usual_share: float) -> bool:
    """Say whether what had stopped is back: half of the usual share and more, of which three good and more."""
    return now.good >= 3 and now.share >= BACK_AT * usual_share


def is_kin(host: str, listed: Iterable[str]) -> bool:
    """Say whether a host shares its site with a listed one: `pay.shop.example` and `shop.example` do.

    The site is what a listed host is without a leading `www.`; a site of one label is none.
    """
    sites = {one.partition(":")[0].removeprefix("www.") for one in listed}
    return any("." in site and (host == site or host.endswith(f".{site}")) for site in sites)


def spread_of(spans: Sequence[Counts]) -> float:
    """Return how much more equal spans of a past differ than chance lets them: Pearson's statistic by its freedom.

    1 where they differ no more, or where there are too few of them to say. Spans without tries say nothing.
    """
    counted = [span for span in spans if span.tries]
    whole = sum(counted, Counts())
    if len(counted) < 4 or not whole.good or whole.good >= whole.tries:
        return 1.0
    usual = whole.good / whole.tries
    squares = sum((span.good - span.tries * usual) ** 2 / (span.tries * usual) for span in counted)
    return max(1.0, squares / (len(counted) - 1))


def program_change(now: Counts, past: Counts, own_now: Counts, own_past: Counts) -> float:
    """Return what everybody else's rate has become against before: 1 the same, 0.5 half; never more than 1.

    A link is compared with its own past less what happened to all: a shop that is closed for a week is no link's fault.
    """
    others, before = now - own_now, past - own_past
    if before.good < FEWEST_SALES or not others.tries:
        return 1.0
    return min(1.0, others.share / before.share)


def _note_back(back: dict[str, int], one: Compared) -> None:
    """Note the shortest span in which something is as usual: longer ones that look worse tell of what has healed."""
    span = one.span_days if has_healed(one.now, one.past.share) else _NEVER
    back[one.key] = min(span, back.get(one.key, _NEVER))


def _link_verdict(one: Compared, level: float, spread: Callable[[Compared], float], back: int) -> Verdict:
    chance = chance_of(one)
    if chance <= level:
        one = replace(one, spread=spread(one))
        chance = chance_of(one)
    return Verdict(one, chance, level, chance <= level and one.span_days <= back)


def chance_of(one: Compared, good: int | None = None, past_good: int | None = None) -> float:
    """Return how likely so few sales are for the clicks, or for the days, whichever is likelier."""
    now = ceil((one.now.good if good is None else good) / one.spread)
    past = int((one.past.good if past_good is None else past_good) / one.spread)
    by_clicks = lower_rate(now, one.now.tries * one.change, past, one.past.tries)
    return max(by_clicks, lower_rate(now, one.span_days, past, one.past_days))


def _host_chance(one: Compared) -> float:
    by_share = _share_chance(one, one.now.good, one.past.good)
    if one.change >= 1:
        return by_share
    now, past = ceil(one.now.good / one.spread), int(one.past.good / one.spread)
    return max(by_share, lower_rate(now, one.now.tries * one.change, past, one.past.tries))


def _share_chance(one: Compared, good: int, past_good: int) -> float:
    tries, past_tries = max(1, int(one.now.tries / one.spread)), max(1, ceil(one.past.tries / one.spread))
    return lower_share(
        min(tries, ceil(good / one.spread)), tries, min(past_tries, int(past_good / one.spread)), past_tries
    )
