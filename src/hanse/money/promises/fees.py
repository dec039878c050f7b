"""Fees: a sum once, at signing, on a day, or when a deliverable is accepted; a pure function of the set of facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hanse.kernel.clock import day_starts_at
from hanse.money.pricing.types import Earner
from hanse.money.promises.types import Facts, PeriodLine, Stay
from hanse.programs.terms.types import DatedTerms, Fee

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Due:
    """A fee that is due. `held_at` is the last turn of terms, up to an acceptance, at which its version counted: no two
    versions share one."""

    at: datetime
    clause: Fee
    version: DatedTerms
    held_at: datetime | None = None

    def goes_before(self, other: _Due) -> bool:
        """Say whether this one is paid and not the other: what is due first; for work, what counted last for it."""
        if self.at != other.at or self.held_at == other.held_at:
            return self.at < other.at
        return other.held_at is None or (self.held_at is not None and self.held_at > other.held_at)


def fees(earner: Earner, facts: Facts, until: datetime) -> Iterator[PeriodLine]:
    """Yield fees that are due: at signing as soon as a version is both accepted and in force, on a day of it, or with
    the acceptance of a deliverable.

    A fee that later versions of one scope repeat is paid once: the first that is due. One acceptance pays under one
    version, whatever their scopes: what is done once is paid once.
    """
    found: dict[_Key, _Due] = {}
    for version in earner.versions:
        places: dict[object, int] = {}
        for clause in version.body.clauses:
            if not isinstance(clause, Fee):
                continue
            places[clause.due] = places.get(clause.due, 0) + 1
            due = _due(clause, version, earner, facts)
            if due is None or due.at > until:
                continue
            scope = (None, None) if isinstance(clause.due, UUID) else (version.enrolment_id, version.tier_id)
            key = (*scope, clause.due, places[clause.due])
            if key not in found or due.goes_before(found[key]):
                found[key] = due
    yield from (_line(due, facts) for due in found.values())


def _line(due: _Due, facts: Facts) -> PeriodLine:
    work = facts.accepted.get(due.clause.due) if isinstance(due.clause.due, UUID) else None
    note = work.name if work is not None else ""
    clause = due.clause
    return PeriodLine("fee", clause.scope.number, due.at, due.at, clause.amount_minor, due.version.id, note)


def _due(clause: Fee, version: DatedTerms, earner: Earner, facts: Facts) -> _Due | None:
    """Return when a fee is due, or None while it is not."""
    at: datetime | None = None
    if clause.due == "signing":
        signed_at = facts.signed.get(version.id)
        at = _first_in_force(signed_at, None, version, earner, facts) if signed_at is not None else None
    elif isinstance(clause.due, date):
        at = _first_in_force(*_day(clause.due, facts.stay), version, earner, facts)
    elif clause.due in facts.accepted:
        accepted_at = facts.accepted[clause.due].at
        held_at = _held_at(accepted_at, version, earner, facts)
        if held_at is not None:
            return _Due(accepted_at, clause, version, held_at)
        at = _first_in_force(accepted_at, None, version, earner, facts)
    return _Due(at, clause, version) if at is not None else None


def _first_in_force(
    first: datetime, last: datetime | None, version: DatedTerms, earner: Earner, facts: Facts
) -> datetime | None:
    """Return the first moment in `[first, last)` at which a version is in force for somebody who is enrolled."""
    first = max(first, version.starts_at)
    for at in sorted(at for at in {first, *_turns(earner, facts)} if at >= first and (last is None or at < last)):
        if facts.stay.has(at) and _counts(version, at, earner):
            return at
    return None


def _held_at(at: datetime, version: DatedTerms, earner: Earner, facts: Facts) -> datetime | None:
    """Return the last turn, at the latest the moment itself, at which what a version promised for a piece of work
    counted; None where it holds no more: it was never in force for them, or one that began later took its place.

    Terms that ended by themselves, another tier and an enrolment that ended take nothing away from work that was agreed
    before, since it may be we who came to accept it late.
    """
    turns = sorted(turn for turn in {at, *_turns(earner, facts)} if version.starts_at <= turn <= at)
    held = [place for place, turn in enumerate(turns) if _counts(version, turn, earner)]
    if not any(facts.stay.has(turns[place]) for place in held):
        return None
    following = turns[held[-1] + 1] if held[-1] + 1 < len(turns) else None
    if following is None or (version.ends_at is not None and version.ends_at <= following):
        return turns[held[-1]]
    successor = earner.version_at(following)
    return turns[held[-1]] if successor is None or successor.starts_at != following else None


def _turns(earner: Earner, facts: Facts) -> set[datetime]:
    """Return the moments at which other terms may come into force for somebody."""
    turns = {*facts.moments, *(since for since, _until in facts.stay.times if since is not None)}
    return turns | {at for row in earner.versions for at in (row.starts_at, row.ends_at) if at is not None}


def _counts(version: DatedTerms, at: datetime, earner: Earner) -> bool:
    in_force = earner.version_at(at)
    return in_force is not None and in_force.id == version.id


def _day(day: date, stay: Stay) -> tuple[datetime, datetime]:
    return day_starts_at(day, stay.zone), day_starts_at(day + timedelta(days=1), stay.zone)
