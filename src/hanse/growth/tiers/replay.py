"""Rules replayed over days: the daily evaluation again and again, each from where the one before left. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from hanse.growth.tiers.rules import evaluate, next_state
from hanse.growth.tiers.types import Moved, Standing, TierRules


@dataclass(frozen=True, slots=True)
class Move:
    """One change of tier; `moved` None for a first placing and for leaving *new*."""

    id: str
    on: date
    at: datetime
    before: str | None
    after: str
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class Day:
    """One day's evaluation: how many are in each tier after it, and who changed."""

    on: date
    at: datetime
    sizes: Mapping[str, int]
    moves: tuple[Move, ...]
    states: Mapping[str, Standing]


def replay(
    days: Iterable[tuple[date, datetime, Iterable[Standing]]], rules: TierRules,
    states: Mapping[str, Standing] | None = None,
) -> Iterator[Day]:  # fmt: skip
    """Evaluate day after day. `states` is where everybody stood before (None: nobody was placed yet).

    The numbers come from `days`, tier, date and counter from the day before. Cut into pieces anywhere, each begun with
    the last day's `states`, it ends as in one pass.
    """
    known = dict(states or {})
    for on, at, numbers in days:
        field = [_carried(one, known.get(one.id)) for one in numbers]
        by_id, moves = {one.id: one for one in field}, []
        for decided in evaluate(field, rules, at):
            before = by_id[decided.id]
            after = known[decided.id] = next_state(before, decided, at)
            if after.tier != before.tier and after.tier is not None:
                moves.append(Move(decided.id, on, at, before.tier, after.tier, decided.moved))
        sizes = Counter(known[id].tier or "" for id in by_id)
        yield Day(on, at, dict(sizes), tuple(moves), dict(known))


def _carried(one: Standing, before: Standing | None) -> Standing:
    if before is None:
        return one
    return replace(one, tier=before.tier, tier_since=before.tier_since, below_exit=before.below_exit)


def flapping(moves: Iterable[Move], within_days: int = 90) -> int:
    """Count moves back into a tier that was left so few days before: what bands and stays are there to prevent."""
    left: dict[tuple[str, str], date] = {}
    count = 0
    for move in moves:
        gone = left.get((move.id, move.after))
        if gone is not None and (move.on - gone).days <= within_days:
            count += 1
        if move.before is not None:
            left[move.id, move.before] = move.on
    return count
