"""The daily look at every partner: facts, silence, health. Safe to run twice and to stop anywhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hanse.growth.content.queries import piece_sums
from hanse.growth.health.actions import keep_scores
from hanse.growth.health.models import Health
from hanse.growth.health.reading import known_of
from hanse.growth.health.rules import score_of
from hanse.growth.silence.actions import keep_looks
from hanse.growth.silence.models import Silence
from hanse.growth.silence.reading import pools_of, signs_of
from hanse.growth.silence.rules import look_at
from hanse.growth.silence.types import Pools
from hanse.growth.tiers.queries import strategic_track_of
from hanse.insight.facts.actions import find_facts, keep_facts
from hanse.insight.facts.material import Around
from hanse.insight.facts.models import PartnerFact
from hanse.insight.facts.peers import keep_peer_numbers, peer_numbers
from hanse.insight.facts.surroundings import around
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.runtime.sparing import on_its_own, open_programs

AT_ONCE = 100
REST_SECONDS = 0.05
SECONDS_AT_ONCE = 2.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a program found."""

    enrolments: int = 0
    facts: int = 0
    silent: int = 0

    def __add__(self, other: Looked) -> Looked:
        return Looked(self.enrolments + other.enrolments, self.facts + other.facts, self.silent + other.silent)


@dataclass(frozen=True, slots=True)
class _Day:
    """One program on one local day: what all its enrolments are compared with."""

    program: Program
    as_of: datetime
    today: date
    around: Around
    pools: Pools
    strategic: frozenset[UUID]
    usual_month_minor: int


_days: dict[UUID, _Day] = {}


def look_daily(now: datetime) -> Looked:
    """Look at active enrolments that were not looked at on this local day of their program, for two seconds at most.

    The rest waits for the next run: other tasks go on between. What all are compared with is read once a day.
    """
    looked, deadline = Looked(), time.monotonic() + SECONDS_AT_ONCE
    for program in open_programs():
        with on_its_own("relations", program):
            ids = _not_seen_on(program, local_day(now, program.time_zone))
            if not ids:
                continue
            day = _day_of(program, now)
            for start in range(0, len(ids), AT_ONCE):
                if looked.enrolments and time.monotonic() > deadline:
                    return looked
                looked += _look_at_some(day, ids[start : start + AT_ONCE])
            forget_those_gone(program)
    return looked


def look_again(program: Program, as_of: datetime) -> Looked:
    """Look at every active enrolment of a program as of a moment, whatever was found before; safe to run twice."""
    looked, ids = Looked(), list(_field(program).values_list("id", flat=True))
    day = _read_day(program, as_of)
    for start in range(0, len(ids), AT_ONCE):
        looked += _look_at_some(day, ids[start : start + AT_ONCE])
        time.sleep(REST_SECONDS if start else 0)
    forget_those_gone(program)
    return looked


def look_for_silence(program: Program, as_of: datetime) -> int:
    """Look for silence alone, as of a moment; return how many are silent. For stories that are told in order."""
    today, ids = local_day(as_of, program.time_zone), list(_field(program).values_list("id", flat=True))
    pools, strategic = pools_of(program, today), strategic_track_of(program.pk)
    looks = [look_at(signs, today, pools) for signs in signs_of(program, ids, today)]
    worthy = _usual_month(pools, len(ids))
    with transaction.atomic():
        return keep_looks(program, looks, strategic, today, as_of, called_from_minor=worthy)


def forget_those_gone(program: Program) -> None:
    """Drop silence, health and facts of enrolments that are not active any more: nothing is said about them."""
    field = _field(program).values("id")
    with transaction.atomic():
        for model in (Silence, Health):
            model._default_manager.filter(program=program).exclude(enrolment_id__in=field).delete()
        PartnerFact.objects.filter(program_id=program.pk).exclude(enrolment_id__in=field).delete()


def _field(program: Program) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE, is_test=False)
    return rows.order_by("id")


def _usual_month(pools: Pools, size: int) -> int:
    """Return what an active partner sells in a usual month: who used to sell as much is called when silent."""
    return max(1, pools.now_minor // 3 // max(1, size))


def _not_seen_on(program: Program, today: date) -> list[UUID]:
    done = Health.objects.filter(program=program, found_on=today).values("enrolment_id")
    return list(_field(program).exclude(id__in=done).values_list("id", flat=True))


def _day_of(program: Program, as_of: datetime) -> _Day:
    """Return what a program's enrolments are compared with; of one day it is read once in the life of the process."""
    known = _days.get(program.pk)
    if known is not None and known.today == local_day(as_of, program.time_zone):
        return replace(known, program=program, as_of=as_of)
    _days[program.pk] = day = _read_day(program, as_of)
    return day


def _read_day(program: Program, as_of: datetime) -> _Day:
    today = local_day(as_of, program.time_zone)
    pools = pools_of(program, today)
    usual = _usual_month(pools, _field(program).count())
    strategic = frozenset(strategic_track_of(program.pk))
    peers = peer_numbers(program, today)
    with transaction.atomic():
        keep_peer_numbers(program.pk, peers, today)
    return _Day(program, as_of, today, around(program, today), pools, strategic, usual)


def _look_at_some(day: _Day, ids: Sequence[UUID]) -> Looked:
    """Find everything outside a transaction, so that the write lock is held for the writing alone."""
    facts = find_facts(day.program, ids, day.around, day.today, piece_sums(day.program, ids))
    looks = [look_at(signs, day.today, day.pools) for signs in signs_of(day.program, ids, day.today)]
    scores = [score_of(one) for one in known_of(day.program, looks, day.pools, day.today, day.as_of)]
    with transaction.atomic():
        stored = keep_facts(day.program.pk, facts, day.today)
        silent = keep_looks(
            day.program, looks, day.strategic, day.today, day.as_of, called_from_minor=day.usual_month_minor
        )
        keep_scores(day.program, scores, day.today, day.as_of)
    return Looked(len(ids), stored, silent)
