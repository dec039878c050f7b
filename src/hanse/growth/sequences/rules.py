"""Rules of sequences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hanse.growth.sequences.types import OFTEN, Happened, Trigger


def spaced(named: Iterable[Happened], trigger: Trigger, last: Mapping[UUID, datetime]) -> list[Happened]:
    """Return those who may enter, in order of time: nobody again before `again_days` are over since they last did."""
    if trigger.kind not in OFTEN or not trigger.again_days:
        return list(named)
    entered, kept, rest = dict(last), [], timedelta(days=trigger.again_days)
    for one in sorted(named):
        before = entered.get(one.enrolment_id)
        if before is None or one.at >= before + rest:
            entered[one.enrolment_id] = one.at
            kept.append(one)
    return kept


def moved_places(before: Sequence[UUID], after: Sequence[UUID]) -> list[int]:
    """Return for each place in a list of letters where somebody stands in the next list who had all before that place.

    It is behind the last of those letters; one that another replaced in its place counts as had.
    """
    old, new = _numbered(before), _numbered(after)
    known, had = set(old), -1
    places = [0]
    for at, letter in enumerate(old):
        if letter in new:
            had = max(had, new.index(letter))
        elif at < len(new) and new[at] not in known:
            had = max(had, at)
        places.append(had + 1)
    return places


def _numbered(letters: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """Tell letters that stand in a list several times from one another."""
    return [(letter, letters[:at].count(letter)) for at, letter in enumerate(letters)]
