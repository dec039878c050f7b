"""Rules tried on a program's past: sizes by month, moves, flapping, and what the terms of the tiers would have cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hanse.growth.tiers.history import History
from hanse.growth.tiers.replay import Day, Move, flapping, replay
from hanse.growth.tiers.types import TierRules
from hanse.kernel.clock import add_months, day_starts_at, local_day
from hanse.money.whatif.tiering import TierCost, cost_of_tiers, credits_before
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

MONTHS = 6
MOST_EVALUATIONS = 200_000  # a page may take that many; a larger field is looked at less often
MOST_CREDITS = 60_000
WARM_UP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """From one date shown to the next: who rose and fell, and what the tiers' terms cost more than one for all."""

    since: date
    until: date
    rose: int
    fell: int
    cost: TierCost | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """`sizes` at each date of `dates`; `flaps` are moves back within 90 days; `every_days` how often it was looked.

    `grew_top` and `grew_rest` compare the last window with the one before it; None where there was nothing before.
    """

    dates: Sequence[date]
    sizes: Sequence[Mapping[str, int]]
    spans: Sequence[Span]
    moves: Sequence[Move]
    flaps: int
    every_days: int
    placed: Mapping[str, str]
    grew_top: Decimal | None
    grew_rest: Decimal | None

    @property
    def rose(self) -> int:
        """How many moves went up."""
        return sum(span.rose for span in self.spans)

    @property
    def fell(self) -> int:
        """How many moves went down."""
        return sum(span.fell for span in self.spans)

    @property
    def cost_minor(self) -> int | None:
        """What the tiers' terms cost more (or, below zero, less) than the program's terms for everybody."""
        costs = [span.cost for span in self.spans]
        return None if None in costs else sum(cost.more_minor for cost in costs if cost is not None)


def backtest(
    program: Program, rules: TierRules, now: datetime, *, since: date | None = None, months: int = MONTHS,
    is_whole: bool = False,
) -> Backtest:  # fmt: skip
    """Replay rules day by day up to now and say what they would have done since a day (default: six months).

    The replay begins a stay earlier, so that the first months are not all arrivals. With `is_whole` every day is looked
    at and every order priced, however long that takes; without it large programs are looked at every few days, and
    their cost is left out.
    """
    today = local_day(now, program.time_zone)
    since = since or add_months(today.replace(day=1), 1 - months)
    since = max(min(since, today), local_day(program.created_at, program.time_zone))
    since = min(since, today)
    begins = since - timedelta(days=rules.stay_days + WARM_UP_DAYS)
    history = History(program, rules, begins, today, now)
    days = (today - begins).days + 1
    every = 1 if is_whole else -(-days * history.size // MOST_EVALUATIONS) or 1
    shown, last, moves = set(_dates(since, today)), None, list[Move]()
    sizes: dict[date, Mapping[str, int]] = {}
    course: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for day in replay(history.days(every), rules):
        _note(day, sizes, shown, last)
        last = day
        for move in day.moves:
            course[move.id].append((move.at, move.after))
        moves += [move for move in day.moves if move.on >= since]
    dates = sorted(sizes)
    placed = {who: state.tier or "" for who, state in (last.states if last else {}).items()}
    costs = _costs(program, course, dates, now, is_whole)
    spans = [
        Span(
            first, until, _moved(moves, "up", first, until), _moved(moves, "down", first, until),
            costs[place] if costs else None,
        )
        for place, (first, until) in enumerate(pairwise(dates))
    ]  # fmt: skip
    grew = _grown(program, history, rules, now, placed)
    return Backtest(dates, [sizes[on] for on in dates], spans, moves, flapping(moves), every, placed, *grew)


def _moved(moves: Sequence[Move], way: str, after: date, until: date) -> int:
    return sum(after < move.on <= until and move.moved == way for move in moves)


def _dates(since: date, today: date) -> list[date]:
    """Return the day begun with, each first of a month after it, and today."""
    found, month = [since], add_months(since.replace(day=1), 1)
    while month < today:
        found.append(month)
        month = add_months(month, 1)
    return [*found, today] if today > since else found


def _note(day: Day, sizes: dict[date, Mapping[str, int]], shown: set[date], last: Day | None) -> None:
    """Keep the sizes of a day that is shown; where that day was passed over, those of the next that was looked at."""
    passed = {on for on in shown if on <= day.on and (last is None or on > last.on)}
    for on in passed:
        sizes[on] = day.sizes


def _costs(
    program: Program, course: Mapping[str, Sequence[tuple[datetime, str]]], dates: Sequence[date], now: datetime,
    is_whole: bool,
) -> list[TierCost] | None:  # fmt: skip
    if len(dates) < 2 or (not is_whole and credits_before(program.pk, now) > MOST_CREDITS):
        return None
    ids = dict(Tier.objects.filter(program=program).values_list("key", "pk"))
    moves = {
        UUID(who): [(at, ids.get(tier)) for at, tier in own]
        for who, own in course.items()
    }  # fmt: skip
    starts = [day_starts_at(on, program.time_zone) for on in dates[:-1]]
    return cost_of_tiers(program.pk, moves, starts, now)


def _grown(
    program: Program, history: History, rules: TierRules, now: datetime, placed: Mapping[str, str]
) -> tuple[Decimal | None, Decimal | None]:
    window = timedelta(days=rules.window_days)
    if day_starts_at(history.first, program.time_zone) - window > now - 2 * window:
        history = History(program, rules, local_day(now - window, program.time_zone), history.last, now)
    this, before = history.value_between(now - window, now), history.value_between(now - 2 * window, now - window)
    top = {who for who, tier in placed.items() if tier == rules.tiers[0].key}
    found = []
    for is_top in (True, False):
        was = sum(value for who, value in before.items() if (who in top) is is_top)
        is_ = sum(value for who, value in this.items() if (who in top) is is_top)
        found.append(Decimal(is_ - was) / was if was > 0 else None)
    return found[0], found[1]
