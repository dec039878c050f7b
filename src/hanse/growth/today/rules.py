"""In which order things are done: money at risk, money that waits, people who wait, then what is good to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hanse.growth.today.types import Kind, Thing, ToDo

_ORDER = {kind: place for place, kind in enumerate(Kind)}
_GROWS, _AT_RISK = -1, 0
QUIET_START_DAYS = 14
CELEBRATE_DAYS = 7
CAME_BACK_DAYS = 60
COMING_DAYS = 30
WAITING_DAYS = 7
MINUTES = {
    Kind.APPLICATIONS: 3, Kind.RUN_TO_APPROVE: 6, Kind.CASE: 6, Kind.PROPOSAL: 6, Kind.FACTS_CONFLICT: 5,
    Kind.FACTS_FAILED: 5,
}  # fmt: skip


def rank(things: Iterable[Thing]) -> list[Thing]:
    """Order things: money at risk that grows by the day, other money at risk, both by amount; the rest by kind."""
    return sorted(things, key=_place)


def _place(thing: Thing) -> tuple[int, int, float, str]:
    at_risk = thing.is_money_at_risk and thing.amount_minor > 0
    since = thing.since.timestamp() if thing.since else 0.0
    grows = thing.kind is Kind.FAULT and thing.count > 0
    costs_nothing = thing.kind is Kind.FAULT and not at_risk  # such a fault can wait
    order = _ORDER[Kind.INCIDENT_OPEN if costs_nothing else thing.kind]
    return (_GROWS if grows else _AT_RISK if at_risk else 1 + order, -thing.amount_minor, since, thing.key)


def split(things: Iterable[Thing], snoozed: Collection[str]) -> ToDo:
    """Part the ranked list from what was put off."""
    ranked = rank(things)
    return ToDo([one for one in ranked if one.key not in snoozed], [one for one in ranked if one.key in snoozed])


def minutes(todo: ToDo) -> int:
    """Say roughly how long the list takes: an honest guess by kind, applications by their number."""
    return sum(
        MINUTES.get(thing.kind, 2) * (thing.count if thing.kind is Kind.APPLICATIONS else 1) for thing in todo.things
    )
