"""Reads of challenges: lists, what a partner can take part in, who is how far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from hanse.growth.audiences.queries import read_condition
from hanse.growth.audiences.rows import Row, rows_for
from hanse.growth.challenges import rules
from hanse.growth.challenges.counting import amounts_for, amounts_of
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.challenges.types import Progress, Stage
from hanse.kernel.clock import local_day
from hanse.kernel.conditions import compiled, fields_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

State = ChallengeEntry.State


@dataclass(frozen=True, slots=True)
class Mine:
    """A challenge as one partner sees it."""

    challenge: Challenge
    stage: Stage
    progress: Progress
    entry: ChallengeEntry | None
    days_left: int
    places_left: int | None


def challenges_of(program_id: UUID) -> QuerySet[Challenge]:
    """Return a program's challenges with counts of entries (`won`, `waiting`, `reached`) and what was `paid_minor`,
    those that end last first."""
    won = Q(entries__state=State.WON)
    rows = Challenge.objects.filter(program_id=program_id).select_related("program").annotate(
        won=Count("entries", filter=won), waiting=Count("entries", filter=Q(entries__state=State.WAITING)),
        reached=Count("entries", filter=Q(entries__state=State.REACHED)),
        paid_minor=Sum("entries__prize_minor", filter=won, default=0),
    )  # fmt: skip
    return rows.order_by("-ends_on", "-id")


def to_settle(now: datetime) -> QuerySet[Challenge]:
    """Return the challenges that the clock has to look at: open ones not long over, and any with an entry unsettled."""
    unsettled = ChallengeEntry.objects.filter(challenge=OuterRef("pk"), state=State.REACHED)
    recent = Q(opened_at__lte=now, cancelled_at=None, ends_on__gte=(now - timedelta(days=400)).date())
    rows = Challenge.objects.filter(recent | Q(Exists(unsettled))).exclude(metric=Challenge.Metric.PROOF)
    return rows.select_related("program").order_by("id")


def waiting_entries(program_id: UUID) -> QuerySet[ChallengeEntry]:
    """Return the entries that a person has to look at, the oldest first."""
    rows = ChallengeEntry.objects.filter(challenge__program_id=program_id, state=State.WAITING)
    return rows.select_related("challenge", "enrolment__partner").order_by("created_at", "id")


def entries_of(challenge_id: UUID) -> QuerySet[ChallengeEntry]:
    """Return a challenge's entries with their partners, those that wait first."""
    rows = ChallengeEntry.objects.filter(challenge_id=challenge_id).select_related("enrolment__partner")
    return rows.order_by("-state", "reached_on", "id")


def challenges_for(enrolment: Enrolment, now: datetime) -> list[Mine]:
    """Return what a partner can take part in or took part in, what runs first; drafts and others' are left out.

    What was over or cancelled stays for a year where the partner has an entry. A fixed number of queries.
    """
    program: Program = enrolment.program
    today = local_day(now, program.time_zone)
    recent = Q(ends_on__gte=today - timedelta(days=365))
    rows = challenges_of(program.pk).filter(recent, opened_at__lte=now)
    mine = {row.challenge_id: row for row in ChallengeEntry.objects.filter(enrolment=enrolment)}
    facts: Row | None = None
    shown: list[tuple[Challenge, Stage]] = []
    for row in rows:
        stage, entry = rules.stage_of(row, today, program.hold_days), mine.get(row.pk)
        if entry is None and stage in ("over", "cancelled", "settling"):
            continue
        if entry is None and row.audience is not None:
            condition = read_condition(row.audience)
            assert condition is not None
            if facts is None:
                asked = {field for one in rows if one.audience for field in _fields(one)}
                facts = rows_for(program.pk, [enrolment.pk], now, asked).get(enrolment.pk, {})
            if not compiled(condition)(facts):
                continue
        shown.append((row, stage))
    amounts = amounts_for(enrolment.pk, [row for row, _stage in shown])
    found = [_mine(row, stage, mine.get(row.pk), amounts[row.pk], (row.ends_on - today).days) for row, stage in shown]
    order = {"running": 0, "settling": 1, "upcoming": 2}
    return sorted(found, key=lambda one: (order.get(one.stage, 3), one.challenge.ends_on, one.challenge.pk))


def standings_of(challenge: Challenge, enrolments: Sequence[Enrolment], now: datetime) -> dict[UUID, Progress]:
    """Return how far partners are. Three queries, whatever their number."""
    program = challenge.program
    stage = rules.stage_of(challenge, local_day(now, program.time_zone), program.hold_days)
    entries = {row.enrolment_id: row for row in challenge.entries.all()}
    taken = sum(1 for row in entries.values() if row.state in rules.LIVE)
    amounts = amounts_of(challenge, [one.pk for one in enrolments])
    return {
        one.pk: rules.progress_of(challenge, entries.get(one.pk), amounts.get(one.pk, 0), stage, taken)
        for one in enrolments
    }


def _fields(challenge: Challenge) -> set[str]:
    condition = read_condition(challenge.audience)
    return set(fields_of(condition)) if condition is not None else set()


def _mine(row: Challenge, stage: Stage, entry: ChallengeEntry | None, amount: int, days_left: int) -> Mine:
    taken = row.won + row.waiting + row.reached  # type: ignore[attr-defined]  # annotated by challenges_of
    places = None if row.most_winners is None else max(0, row.most_winners - taken)
    return Mine(row, stage, rules.progress_of(row, entry, amount, stage, taken), entry, days_left, places)
