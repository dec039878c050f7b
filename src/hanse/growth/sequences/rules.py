"""Rules of sequences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
