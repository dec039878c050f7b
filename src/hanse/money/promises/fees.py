"""Fees: a sum once, at signing, on a day, or when a deliverable is accepted; a pure function of the set of facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from hanse.kernel.clock import day_starts_at
from hanse.money.pricing.types import Earner
from hanse.money.promises.types import Facts, PeriodLine, Stay
from hanse.programs.terms.types import DatedTerms, Fee

_Key = tuple[object, ...]
_Rank = tuple[datetime, float, int]  # the earliest, then the version that began last


def fees(earner: Earner, facts: Facts, until: datetime) -> Iterator[PeriodLine]:
    """Yield fees that are due: at signing as soon as a version is both accepted and in force, on a day of it, or with
    the acceptance of a deliverable.

    A fee that later versions of one scope repeat is paid once: the first that is due. One acceptance pays under one
    version, whatever their scopes: what is done once is paid once.
    """
    found: dict[_Key, tuple[_Rank, PeriodLine]] = {}
    for version in earner.versions:
        places: dict[object, int] = {}
        for clause in version.body.clauses:
            if not isinstance(clause, Fee):
                continue
            places[clause.due] = places.get(clause.due, 0) + 1
            due_at = _due_at(clause, version, earner, facts)
            if due_at is None or due_at > until:
                continue
            is_work = isinstance(clause.due, UUID)
            scope = (None, None) if is_work else (version.enrolment_id, version.tier_id)
            key = (*scope, clause.due, places[clause.due])
            rank = (due_at, -version.starts_at.timestamp() if is_work else 0.0, -version.number if is_work else 0)
            if key not in found or rank < found[key][0]:
                found[key] = (rank, _line(clause, version, due_at, facts))
    yield from (line for _rank, line in found.values())


def _line(clause: Fee, version: DatedTerms, due_at: datetime, facts: Facts) -> PeriodLine:
    work = facts.accepted.get(clause.due) if isinstance(clause.due, UUID) else None
    note = work.name if work is not None else ""
    return PeriodLine("fee", clause.scope.number, due_at, due_at, clause.amount_minor, version.id, note)


def _due_at(clause: Fee, version: DatedTerms, earner: Earner, facts: Facts) -> datetime | None:
    """Return when a fee is due, or None while it is not."""
    if clause.due == "signing":
        signed_at = facts.signed.get(version.id)
        return _first_in_force(signed_at, None, version, earner, facts) if signed_at is not None else None
    if isinstance(clause.due, date):
        return _first_in_force(*_day(clause.due, facts.stay), version, earner, facts)
    work = facts.accepted.get(clause.due)
    if work is None:
        return None
    if _still_stands(work.at, version, earner, facts):
        return work.at
    return _first_in_force(work.at, None, version, earner, facts)


def _first_in_force(
    first: datetime, last: datetime | None, version: DatedTerms, earner: Earner, facts: Facts
) -> datetime | None:
    """Return the first moment in `[first, last)` at which a version is in force for somebody who is enrolled."""
    first = max(first, version.starts_at)
    for at in sorted(at for at in {first, *_turns(earner, facts)} if at >= first and (last is None or at < last)):
        if facts.stay.has(at) and _counts(version, at, earner):
            return at
    return None


def _still_stands(at: datetime, version: DatedTerms, earner: Earner, facts: Facts) -> bool:
    """Say whether what a version promised for a piece of work holds at a moment: it was in force for them by then, and
    no version that began later has taken its place.

    Terms that ended by themselves, another tier and an enrolment that ended take nothing away from work that was agreed
    before, since it may be we who came to accept it late.
    """
    turns = sorted(turn for turn in {at, *_turns(earner, facts)} if version.starts_at <= turn <= at)
    held = [place for place, turn in enumerate(turns) if _counts(version, turn, earner)]
    if not any(facts.stay.has(turns[place]) for place in held):
        return False
    following = turns[held[-1] + 1] if held[-1] + 1 < len(turns) else None
    if following is None or (version.ends_at is not None and version.ends_at <= following):
        return True
    successor = earner.version_at(following)
    return successor is None or successor.starts_at != following


def _turns(earner: Earner, facts: Facts) -> set[datetime]:
    """Return the moments at which other terms may come into force for somebody."""
    turns = {*facts.moments, *(since for since, _until in facts.stay.times if since is not None)}
    return turns | {at for row in earner.versions for at in (row.starts_at, row.ends_at) if at is not None}


def _counts(version: DatedTerms, at: datetime, earner: Earner) -> bool:
    in_force = earner.version_at(at)
    return in_force is not None and in_force.id == version.id


def _day(day: date, stay: Stay) -> tuple[datetime, datetime]:
    return day_starts_at(day, stay.zone), day_starts_at(day + timedelta(days=1), stay.zone)
