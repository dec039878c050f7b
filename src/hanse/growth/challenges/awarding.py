"""Booking a prize, and noting what became of an entry."""

from __future__ import annotations

from datetime import datetime

from hanse.growth.challenges import rules
from hanse.growth.challenges.letters import tell_won
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.money.benefits.actions import owe_once
from hanse.money.bounties.actions import pay_bounty
from hanse.spine.audit.actions import record_change


def places_left(challenge: Challenge) -> int | None:
    """Return how many prizes are left; None where there is no limit."""
    if challenge.most_winners is None:
        return None
    return max(0, challenge.most_winners - challenge.entries.filter(state__in=rules.LIVE).count())


def award(row: ChallengeEntry, note: str, now: datetime, by: str) -> None:
    """Book a prize as payable, or owe it in kind, and say so to the partner. Booked once for an entry."""
    challenge, number = row.challenge, None
    if challenge.is_money:
        number = pay_bounty(row.enrolment, challenge.prize_minor, entry_id=row.pk, name=challenge.name, now=now, by=by)
    else:
        owe_once(
            row.enrolment, name=challenge.gift, worth_minor=challenge.prize_minor, origin=origin_of(row), now=now, by=by
        )
    ChallengeEntry.objects.filter(pk=row.pk).update(prize_minor=challenge.prize_minor, transaction_number=number)
    set_state(row, ChallengeEntry.State.WON, note, now, by)
    record_entry(row, "award_prize", note, now, by)
    tell_won(row, now)


def origin_of(row: ChallengeEntry) -> str:
    """Return what a gift is owed for."""
    return f"challenge:{row.pk}"


def set_state(row: ChallengeEntry, state: str, reason: str, now: datetime, by: str) -> None:
    """Write down what was decided about an entry."""
    ChallengeEntry.objects.filter(pk=row.pk).update(state=state, reason=reason, decided_at=now, decided_by=by[:200])


def record_entry(row: ChallengeEntry, verb: str, reason: str, now: datetime, by: str) -> None:
    """Keep in the log what happened to an entry."""
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.enrolment_id, before={},
        after={"name": row.challenge.name, "entry": row.pk}, reason=reason, now=now,
    )  # fmt: skip
