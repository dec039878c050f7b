"""Verbs of counted goals: notice who reached one, and settle what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.challenges import rules
from hanse.growth.challenges.awarding import award, places_left
from hanse.growth.challenges.counting import Days, days_of
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.kernel.clock import local_day
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment

State = ChallengeEntry.State
BY_ITSELF = "by itself"


@dataclass(frozen=True, slots=True)
class Look:
    """What was read of a challenge at a moment: who is meant, and by local day what they did."""

    field: Sequence[UUID]
    days: Days


def look_at(challenge: Challenge, now: datetime) -> Look | None:
    """Read who is how far, outside any transaction where there are many; None where nothing can change. Proof is sent
    by partners: nothing is looked at there."""
    zone, hold = challenge.program.time_zone, challenge.program.hold_days
    stage = rules.stage_of(challenge, local_day(now, zone), hold)
    if challenge.metric == Challenge.Metric.PROOF or stage in ("draft", "upcoming"):
        return None
    # Who reached the goal on the last day is settled when all is over: refunds still count until then.
    if stage == "over" and not challenge.entries.filter(state__in=(State.REACHED, State.WAITING)).exists():
        return None
    known = set(challenge.entries.values_list("enrolment_id", flat=True))
    takes_more = stage in ("running", "settling")
    field = members_of(challenge.program_id, read_condition(challenge.audience), now) if takes_more else []
    return Look(field, days_of(challenge, {*field, *known}))


def notice_reached(challenge: Challenge, now: datetime, look: Look | None = None) -> int:
    """Write down who reached a counted goal, and let lapse what refunds took below it before it was settled.

    Safe to run twice. With limited prizes the earlier day wins, then who enrolled earlier; who lapses makes room.
    `look` is what was read just before. Returns how many are new.
    """
    look = look or look_at(challenge, now)
    if look is None:
        return 0
    zone, hold = challenge.program.time_zone, challenge.program.hold_days
    Challenge.objects.select_for_update().get(pk=challenge.pk)
    known = {row.enrolment_id: row for row in challenge.entries.all()}
    sums = {who: sum(amount for _day, amount in rows) for who, rows in look.days.items()}
    _fall_and_rise(challenge, known, look.days, sums, now)
    fresh = {}
    for who in look.field:
        if who not in known and sums.get(who, 0) >= challenge.target:
            day = rules.reached_on(look.days[who], challenge.target)
            if day is not None:
                fresh[who] = day
    winners = rules.first_ones(fresh, _by_enrolment(fresh), places_left(challenge))
    ChallengeEntry.objects.bulk_create(
        (
            ChallengeEntry(
                id=new_id(now), challenge=challenge, enrolment_id=who, state=State.REACHED, amount=sums[who],
                reached_on=fresh[who], settles_at=rules.settles_at(challenge.metric, fresh[who], zone, hold, now),
                created_at=now,
            )
            for who in winners
        ),
        batch_size=500, ignore_conflicts=True,
    )  # fmt: skip
    return len(winners)


def settle_due(challenge: Challenge, now: datetime, limit: int = 50) -> int:
    """Book the prizes that are due, or hand them to a person where they are reviewed; `limit` at once. Returns how
    many were settled. Call after `notice_reached`, so that what refunds took away is gone."""
    rows = challenge.entries.filter(state=State.REACHED, settles_at__lte=now).order_by("settles_at", "id")
    due = list(rows.select_related("enrolment__program", "enrolment__partner", "challenge__program")[:limit])
    for row in due:
        if challenge.is_reviewed:
            ChallengeEntry.objects.filter(pk=row.pk, state=State.REACHED).update(state=State.WAITING)
        else:
            award(row, "", now, BY_ITSELF)
    return len(due)


def _fall_and_rise(
    challenge: Challenge, known: Mapping[UUID, ChallengeEntry], days: Days, sums: Mapping[UUID, int], now: datetime
) -> None:
    """Let lapse what refunds took below the goal, and stand again what is there again: by other sales it rests anew."""
    places = places_left(challenge) if any(row.state == State.LAPSED for row in known.values()) else 0
    for who, row in known.items():
        amount, before = sums.get(who, 0), row.state
        changed: dict[str, object] = {}
        if row.state in (State.REACHED, State.WAITING) and amount < challenge.target:
            row.state = State.LAPSED
        elif row.state == State.LAPSED and amount >= challenge.target and places != 0:
            day = rules.reached_on(days[who], challenge.target)
            if day is None or not _still_takes(challenge, day, now):
                continue
            row.state, places = State.REACHED, None if places is None else places - 1
            changed = _resting(challenge, row, day, now)
        if row.state != before or row.amount != amount:
            rows = ChallengeEntry.objects.filter(pk=row.pk, state=before)
            rows.update(state=row.state, amount=amount, **changed)


def _resting(challenge: Challenge, row: ChallengeEntry, day: date, now: datetime) -> dict[str, object]:
    """Return what changes where a goal was reached anew on another day: its sales have a hold of their own."""
    if day == row.reached_on:
        return {}
    settles_at = rules.settles_at(challenge.metric, day, challenge.program.time_zone, challenge.program.hold_days, now)
    return {"reached_on": day, "settles_at": settles_at}


def _still_takes(challenge: Challenge, day: date, now: datetime) -> bool:
    """Say whether a goal reached again on a day counts: not by sales after an early end, nor when all is over."""
    zone = challenge.program.time_zone
    if challenge.cancelled_at is not None:
        return day <= local_day(challenge.cancelled_at, zone)
    return rules.stage_of(challenge, local_day(now, zone), challenge.program.hold_days) != "over"


def _by_enrolment(fresh: Mapping[UUID, date]) -> list[UUID]:
    rows = Enrolment.objects.filter(pk__in=list(fresh)).order_by("enrolled_at", "id")
    return list(rows.values_list("pk", flat=True))
