"""The arithmetic of breakdowns: what is left over, and what is of too few people to be shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from heapq import nsmallest

from hanse.insight.breakdown.types import Breakdown, First, Found, Group, Kind, Numbers, Sums
from hanse.insight.overview.types import Span
from hanse.insight.rollups.facets import LINK, OTHER

FEWEST = 10  # domain.md §12: groups under ten people are not shown to partners
NOTHING = Numbers()


def assembled(
    by: str, span: Span, now: Found, before: Found, whole: Numbers, whole_before: Numbers, *,
    first: First | None = None, has_rest: bool = True,
) -> Breakdown:  # fmt: skip
    """Put the groups of both periods side by side; what has no value of the dimension makes a group of its own."""
    keys = [
        key for key in {**now, **before}
        if key and (key != "0" or by != LINK) and (any(now.get(key, NOTHING)) or any(before.get(key, NOTHING)))
    ]  # fmt: skip
    rest = now.get("", NOTHING), before.get("", NOTHING)
    if has_rest:
        rest = _left(whole, now, keys), _left(whole_before, before, keys)
    groups = [_group(key, now, before) for key in _first(keys, now, before, first)]
    if any(rest[0]) or any(rest[1]):
        groups.append(Group("", "rest", Numbers(*rest[0]), Numbers(*rest[1])))
    shown = len(groups) - (groups[-1].kind == "rest" if groups else 0)
    return Breakdown(by, span, groups, whole, whole_before, len(keys) - shown)


def _first(keys: list[str], now: Found, before: Found, first: First | None) -> list[str]:
    if first is None:
        return sorted(keys)
    limit, place = first
    named = (key for key in keys if key != OTHER)

    def order(key: str) -> tuple[int, int, str]:
        return -now.get(key, NOTHING)[place], -before.get(key, NOTHING)[place], key

    most = nsmallest(limit, named, key=order)
    return [*most, OTHER] if OTHER in keys else most


def _group(key: str, now: Found, before: Found) -> Group:
    kind: Kind = "other" if key == OTHER else "value"
    return Group(key, kind, Numbers(*now.get(key, NOTHING)), Numbers(*before.get(key, NOTHING)))


def _left(whole: Numbers, found: Found, keys: Iterable[str]) -> Numbers:
    """Return what is left of a whole without what the keys have."""
    return whole.less(total(found[key] for key in keys if key in found))


def regrouped(found: Found, names: Mapping[str, str]) -> dict[str, Sums]:
    """Add the numbers of keys up by their names; keys without a name are left to the rest."""
    parts: dict[str, list[Sums]] = {}
    for key, numbers in found.items():
        if key in names:
            parts.setdefault(names[key], []).append(numbers)
    return {name: total(every) for name, every in parts.items()}


def total(every: Iterable[Sums]) -> Numbers:
    """Return the sum of many."""
    columns = zip(*every, strict=True)
    sums = [sum(column) for column in columns]
    return Numbers(*sums) if sums else NOTHING


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
