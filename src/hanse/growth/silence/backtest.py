"""What the rule would have said in the past: each alarm that would have been raised, and what came of it. Pure.

An alarm is *false* when the partner came back alone within one more own gap. Somebody is *gone* when no sales signal
came for 90 days; that was *found* when an alarm was raised within these days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from hanse.growth.silence.rules import SHORTEST, USUAL, WINDOW, median, quiet_from, rhythm_of
from hanse.growth.silence.types import SALES, Signal

GONE_DAYS = 90
FEWEST = 30  # alarms of which a rate is said
_SOONEST = timedelta(days=int(SHORTEST))


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: the last sign before it, the day it was raised, the usual gap then, and when they came back."""

    last_on: date
    raised_on: date
    gap_days: int
    back_on: date | None

    @property
    def is_false(self) -> bool:
        """Whether they came back alone within one more own gap."""
        return self.back_on is not None and (self.back_on - self.raised_on).days <= self.gap_days


@dataclass(frozen=True, slots=True)
class Result:
    """What came of all alarms in a time. `judged` have had one more own gap to come back in."""

    alarms: int
    judged: int
    false: int
    gone: int
    found: int
    days_to_find: int | None

    @property
    def false_rate(self) -> Decimal | None:
        """The share of judged alarms that were false; None where too few were judged."""
        return Decimal(self.false) / self.judged if self.judged >= FEWEST else None

    @property
    def found_rate(self) -> Decimal | None:
        """The share of those gone whom an alarm found; None where too few were gone."""
        return Decimal(self.found) / self.gone if self.gone >= FEWEST else None


Days = Mapping[Signal, Sequence[date]]


def alarms_of(days: Days, pools: Mapping[Signal, Decimal], first: date, today: date) -> list[Alarm]:
    """Return the alarms that one enrolment's days would have raised between two days, as the rule knew them then."""
    return [alarm for alarm, _gone in _walked(days, pools, first, today) if alarm is not None]


def result_of(everybody: Iterable[tuple[Days, Mapping[Signal, Decimal]]], first: date, today: date) -> Result:
    """Add up what came of the alarms of all enrolments."""
    alarms, gone, waited = list[Alarm](), 0, list[int]()
    for days, pools in everybody:
        for alarm, is_gone in _walked(days, pools, first, today):
            if alarm is not None:
                alarms.append(alarm)
            if is_gone:
                gone += 1
                if alarm is not None and (alarm.raised_on - alarm.last_on).days <= GONE_DAYS:
                    waited.append((alarm.raised_on - alarm.last_on).days)
    judged = [one for one in alarms if one.is_false or (today - one.raised_on).days >= one.gap_days]
    return Result(
        len(alarms), len(judged), sum(one.is_false for one in judged), gone, len(waited),
        int(median(waited)) if waited else None,
    )  # fmt: skip


def _walked(days: Days, pools: Mapping[Signal, Decimal], first: date, today: date) -> list[tuple[Alarm | None, bool]]:
    """Go from sign to sign: after each, when would the alarm have come, and did the next sign come before it?"""
    signs = sorted({on for signal in SALES for on in days.get(signal, ()) if on <= today})
    found: list[tuple[Alarm | None, bool]] = []
    for place, last in enumerate(signs):
        back = signs[place + 1] if place + 1 < len(signs) else None
        until = back or today + timedelta(days=1)
        if until - last <= _SOONEST:
            continue  # no rhythm is quiet so soon
        rhythms = [
            rhythm_of(known, last, pools.get(signal, USUAL))
            for signal in SALES if (known := _known(days.get(signal, ()), last))
        ]  # fmt: skip
        decisive = max(rhythms, key=quiet_from)
        raised = quiet_from(decisive)
        is_gone = (until - last).days > GONE_DAYS and last >= first
        is_raised = first <= raised < until and raised <= today
        alarm = Alarm(last, raised, decisive.usual_gap, back) if is_raised else None
        if alarm is not None or is_gone:
            found.append((alarm, is_gone))
    return found


def _known(days: Sequence[date], last: date) -> list[date]:
    return list(days[bisect_right(days, last - timedelta(days=WINDOW)) : bisect_right(days, last)])
