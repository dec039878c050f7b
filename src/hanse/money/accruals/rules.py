"""What a transaction means for the pots it touches: accrued, taken back, moved between pots, paid. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.money.accruals.types import Part, Place
from hanse.money.ledger.types import PARTNER_POTS

Line = tuple[Place, int]
_COSTS = frozenset(("program_cost", "program_loss"))
_OUTSIDE = frozenset(("program_bank", "program_credit"))


def month_of(text: str) -> date:
    """Read a month like 2026-05 and return its first day. Raises Invalid."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        first = None
    if first is None or not 1970 < first.year < 2200:
        raise Invalid([Problem("/month", _("A month is written like 2026-05."), "bad_month")])
    return first


def parts_of(lines: Sequence[Line]) -> Iterator[tuple[Place, Part]]:
    """Say what one transaction did to each of its pots.

    With the bank or a credit it is a payment; with a cost it accrues, or takes back, what the partner's pots gain or
    lose in all, and the rest of it moves between them; among partner's pots alone it only moves.
    """
    kinds = {place[0] for place, _minor in lines}
    if not kinds & PARTNER_POTS:
        yield from _by_cost(lines)
    elif kinds & _OUTSIDE:
        for place, minor in lines:
            yield place, Part(paid_minor=-minor)
    elif kinds & _COSTS:
        yield from _with_cost(lines)
    else:
        for place, minor in lines:
            yield place, Part(moved_minor=minor)


def _by_cost(lines: Sequence[Line]) -> Iterator[tuple[Place, Part]]:
    """What concerns no partner: a fee of the bank costs the program."""
    cost = sum(minor for (kind, _who, _currency), minor in lines if kind in _COSTS)
    for place, minor in lines:
        yield place, Part(accrued_minor=minor) if cost <= 0 else Part(reversed_minor=-minor)


def _with_cost(lines: Sequence[Line]) -> Iterator[tuple[Place, Part]]:
    own: dict[UUID, list[Line]] = defaultdict(list)
    costs: list[Line] = []
    for place, minor in lines:
        if place[1] is None:
            costs.append((place, minor))
        else:
            own[place[1]].append((place, minor))
    nets = {who: sum(minor for _place, minor in theirs) for who, theirs in own.items()}
    for who, theirs in own.items():
        yield from _of_one(theirs, nets[who])
    if len(costs) == 1:
        up, down = sum(net for net in nets.values() if net > 0), sum(net for net in nets.values() if net < 0)
        yield costs[0][0], Part(accrued_minor=-up, reversed_minor=down)
    else:
        for place, minor in costs:
            yield place, Part(accrued_minor=minor) if minor < 0 else Part(reversed_minor=-minor)


def _of_one(lines: Iterable[Line], net: int) -> Iterator[tuple[Place, Part]]:
    """Give the net to the pots that changed the same way, the first ones first; what is more was moved."""
    left = net
    for place, minor in lines:
        same_way = (minor > 0) is (net > 0)
        taken = min(abs(minor), abs(left)) * (1 if net > 0 else -1) if same_way else 0
        left -= taken
        yield (
            place,
            Part(
                accrued_minor=max(0, taken),
                reversed_minor=max(0, -taken),
                moved_minor=minor - taken,
            ),
        )
