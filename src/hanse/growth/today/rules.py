"""In which order things are done: money at risk, money that waits, people who wait, then what is good to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from hanse.growth.today.types import Agenda, Kind, Theme, Thing, ToDo

_ORDER = {kind: place for place, kind in enumerate(Kind)}
_GROWS, _AT_RISK = -1, 0
QUIET_START_DAYS = 14
CELEBRATE_DAYS = 7
CAME_BACK_DAYS = 60
COMING_DAYS = 30
WAITING_DAYS = 7
NOW_MINUTES = 30
FEW = 3  # so few more are not worth a fold
MOST = dict.fromkeys(
    (
        Kind.FAULT,
        Kind.INCIDENT,
        Kind.INCIDENT_OPEN,
        Kind.CASE,
        Kind.RUN_TO_APPROVE,
        Kind.RUN_TO_OPEN,
        Kind.RUN_TO_READ_BACK,
    ),
    5,
)  # shown of a kind, the first of the list; where one is put off the next comes up
MINUTES = {
    Kind.APPLICATIONS: 3, Kind.RUN_TO_APPROVE: 6, Kind.CASE: 6, Kind.PROPOSAL: 6, Kind.FACTS_CONFLICT: 5,
    Kind.FACTS_FAILED: 5,
}  # fmt: skip
_KINDS = {
    Theme.MONEY: (
        Kind.FAULT, Kind.CASE, Kind.FACTS_CONFLICT, Kind.FACTS_FAILED, Kind.PAYOUTS_BACK, Kind.RUN_TO_APPROVE,
        Kind.RUN_TO_OPEN, Kind.RUN_TO_READ_BACK, Kind.APPROVALS, Kind.BUDGET_ASKED, Kind.BUDGET, Kind.INCIDENT,
        Kind.INCIDENT_OPEN, Kind.FACTS_WAITING,
    ),
    Theme.ANSWERS: (
        Kind.URGENT_QUESTION, Kind.CLAIMS, Kind.QUESTIONS, Kind.PROPOSAL, Kind.BENEFITS_LATE, Kind.DEAL_CLASHES,
        Kind.DEALS, Kind.CHALLENGE_ENTRIES, Kind.JOINT_ASKED, Kind.JOINT_PROOF, Kind.DELIVERABLES_TO_ANSWER,
        Kind.RESALE_REPORTED, Kind.APPLICATIONS, Kind.PROMISES_OVERDUE, Kind.TIPS,
    ),
    Theme.NEWCOMERS: (
        Kind.FIRST_SALE, Kind.PROSPECTS_DUE, Kind.OWNER_TASK, Kind.PILOT, Kind.NEVER_CLICKED, Kind.INVITATIONS_QUIET,
    ),
    Theme.TALK: (
        Kind.OUR_SILENCE, Kind.SILENT, Kind.SILENT_MORE, Kind.OUR_SILENCE_MORE, Kind.MEETING_TO_NOTE, Kind.OCCASION,
        Kind.NEAR_MILESTONE, Kind.WORTH_A_TALK,
    ),
    Theme.UPKEEP: (
        Kind.TIER_REVIEWS, Kind.TYPE_CHANGES, Kind.DELIVERABLES_LATE, Kind.JOINT_RESULT, Kind.JOINT_QUIET,
        Kind.EMBARGO_ENDS, Kind.PROTECTION_ENDS, Kind.RECORDING_MISSING, Kind.FEEDS_OFF, Kind.PIECES_TO_REFRESH,
    ),
}  # fmt: skip
THEME = {kind: theme for theme, kinds in _KINDS.items() for kind in kinds}


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
    """Part the ranked list from what was put off; only then is it cut to the first of each kind."""
    ranked, shown, left = rank(things), Counter[Kind](), list[Thing]()
    for one in ranked:
        if one.key not in snoozed:
            shown[one.kind] += 1
            if shown[one.kind] <= MOST.get(one.kind, len(ranked)):
                left.append(one)
    return ToDo(left, [one for one in ranked if one.key in snoozed])


def minutes(things: Iterable[Thing]) -> int:
    """Say roughly how long things take: an honest guess by kind, applications by their number."""
    return sum(_minutes(thing) for thing in things)


def _minutes(thing: Thing) -> int:
    return MINUTES.get(thing.kind, 2) * (thing.count if thing.kind is Kind.APPLICATIONS else 1)


def agenda(ranked: Sequence[Thing]) -> Agenda:
    """Part a ranked list into what is for now and what can wait.

    For now is all money at risk, the first thing of each theme (who waits for long is seen even on a bad day), and
    then by rank what half an hour has room for.
    """
    chosen = _heads(ranked) | {thing.key for thing in ranked if thing.is_money_at_risk}
    left = NOW_MINUTES - minutes(thing for thing in ranked if thing.key in chosen)
    for thing in ranked:
        if thing.key not in chosen:
            left -= _minutes(thing)
            if left < 0:
                break
            chosen.add(thing.key)
    if len(ranked) - len(chosen) <= FEW:
        return Agenda(ranked, {})
    later = {theme: [one for one in ranked if one.key not in chosen and THEME[one.kind] is theme] for theme in Theme}
    return Agenda(
        [one for one in ranked if one.key in chosen], {theme: found for theme, found in later.items() if found}
    )


def _heads(ranked: Sequence[Thing]) -> set[str]:
    first: dict[Theme, str] = {}
    for thing in ranked:
        first.setdefault(THEME[thing.kind], thing.key)
    return set(first.values())
