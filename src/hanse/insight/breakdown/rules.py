"""The arithmetic of breakdowns: what is left over, and what is of too few people to be shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hanse.insight.breakdown.types import Breakdown, Group, Numbers
from hanse.insight.overview.types import Span
from hanse.insight.rollups.facets import OTHER

FEWEST = 10  # domain.md §12: groups under ten people are not shown to partners
NOTHING = Numbers()


def assembled(
    by: str, span: Span, now: Mapping[str, Numbers], before: Mapping[str, Numbers], whole: Numbers,
    whole_before: Numbers, *, has_rest: bool = True,
) -> Breakdown:  # fmt: skip
    """Put the groups of both periods side by side; what has no value of the dimension makes a group of its own."""
    keys = {*now, *before} - {"", "0"} if by == "link" else {*now, *before} - {""}
    groups = [
        Group(key, "other" if key == OTHER else "value", now.get(key, NOTHING), before.get(key, NOTHING))
        for key in sorted(keys)
        if any(now.get(key, NOTHING)) or any(before.get(key, NOTHING))
    ]
    if has_rest:
        rest = whole.less(total(one.now for one in groups)), whole_before.less(total(one.before for one in groups))
    else:
        rest = now.get("", NOTHING), before.get("", NOTHING)
    if any(rest[0]) or any(rest[1]):
        groups.append(Group("", "rest", *rest))
    return Breakdown(by, span, groups, whole, whole_before)


def regrouped(found: Mapping[str, Numbers], names: Mapping[str, str]) -> dict[str, Numbers]:
    """Add the numbers of keys up by their names; keys without a name are left to the rest."""
    sums: dict[str, Numbers] = {}
    for key, numbers in found.items():
        if key in names:
            sums[names[key]] = sums.get(names[key], NOTHING).plus(numbers)
    return sums


def total(every: Iterable[Numbers]) -> Numbers:
    """Return the sum of many."""
    whole = NOTHING
    for one in every:
        whole = whole.plus(one)
    return whole


def shielded(whole: Breakdown, people: Mapping[str, int], people_before: Mapping[str, int]) -> Breakdown:
    """Leave out what tells of fewer than ten people: sales of such groups, and groups of as few clicks altogether.

    Groups that are left out are added up in one, which is shown as any other.
    """
    kept: list[Group] = []
    small: list[Group] = []
    for one in whole.groups:
        enough, then = people.get(one.key, 0) >= FEWEST, people_before.get(one.key, 0) >= FEWEST
        if enough or (not one.now.conversions and one.now.clicks >= FEWEST):
            kept.append(replace(one, before=one.before if then else _clicks_of(one.before)))
        elif one.now.clicks >= FEWEST:
            kept.append(replace(one, now=_clicks_of(one.now), before=_clicks_of(one.before), is_hidden=True))
        else:
            small.append(one)
    return replace(whole, groups=[*kept, *_together(small, people, people_before)])


def _together(small: Sequence[Group], people: Mapping[str, int], people_before: Mapping[str, int]) -> list[Group]:
    if not small:
        return []
    now, before = total(one.now for one in small), total(one.before for one in small)
    enough = sum(people.get(one.key, 0) for one in small) >= FEWEST
    then = sum(people_before.get(one.key, 0) for one in small) >= FEWEST
    clicks = _clicks_of(now)
    return [Group("", "small", now if enough else clicks, before if then else _clicks_of(before), not enough)]


def _clicks_of(numbers: Numbers) -> Numbers:
    return Numbers(clicks=numbers.clicks if numbers.clicks >= FEWEST else 0)
