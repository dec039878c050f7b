"""Verbs of entries: notice who reached a goal, take proof, review, book the prize, take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.challenges import rules
from hanse.growth.challenges.counting import Days, days_of
from hanse.growth.challenges.letters import tell_declined, tell_won
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.benefits.actions import owe_once, withdraw_once
from hanse.money.bounties.actions import pay_bounty, take_bounty_back
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks

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
    if challenge.metric == Challenge.Metric.PROOF or stage not in ("running", "settling", "cancelled"):
        return None
    known = set(challenge.entries.values_list("enrolment_id", flat=True))
    field = members_of(challenge.program_id, read_condition(challenge.audience), now) if stage != "cancelled" else []
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
    _fall_and_rise(challenge, known, sums)
    fresh = {}
    for who in look.field:
        if who not in known and sums.get(who, 0) >= challenge.target:
            day = rules.reached_on(look.days[who], challenge.target)
            if day is not None:
                fresh[who] = day
    winners = rules.first_ones(fresh, _by_enrolment(fresh), _places(challenge))
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
            _award(row, "", now, BY_ITSELF)
    return len(due)


def send_proof(
    challenge: Challenge, enrolment: Enrolment, *, link: str = "", text: str = "", now: datetime, by: str
) -> ChallengeEntry:
    """Take a partner's proof, to be looked at by a person; sent again, the newer one holds until it is decided.

    Needs a link or a text. Raises Invalid; refuses outside the window, who is not meant, and when prizes are gone.
    """
    Challenge.objects.select_for_update().get(pk=challenge.pk)
    if challenge.metric != Challenge.Metric.PROOF or not is_open_to(challenge, enrolment, now):
        raise Refused("not_open", _("This challenge takes no proof from you now."))
    checks = Checks()
    link = checks.web_address("link", link, 500)
    text = checks.text("text", text, 4000, lines=True)
    if not (link or text) and not checks.problems:
        checks.refuse("link", _("Show us a link, or tell us what you did."), "required")
    checks.done()
    row = challenge.entries.filter(enrolment=enrolment).first()
    if row is not None and row.state not in (State.WAITING, State.DECLINED):
        raise Refused("decided", _("This is decided already."))
    places = _places(challenge)
    if (row is None or row.state == State.DECLINED) and places is not None and places < 1:
        raise Refused("full", _("All prizes of this challenge are taken."))
    values = {
        "state": State.WAITING, "amount": 1, "proof_link": link, "proof_text": text, "proof_at": now, "reason": "",
        "reached_on": local_day(now, challenge.program.time_zone), "decided_at": None, "decided_by": "",
    }  # fmt: skip
    if row is None:
        row = ChallengeEntry(id=new_id(now), challenge=challenge, enrolment=enrolment, created_at=now)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    _record(row, "send_proof", "", now, by)
    return row


def accept_entry(entry: ChallengeEntry, *, note: str = "", now: datetime, by: str) -> ChallengeEntry:
    """Say yes to an entry that waits: the prize is booked at once, or owed in kind. Refuses what does not wait."""
    row = _waiting(entry)
    checks = Checks()
    note = checks.text("note", note, 2000, lines=True)
    checks.done()
    _award(row, note, now, by)
    entry.refresh_from_db()
    return entry


def decline_entry(entry: ChallengeEntry, *, reason: str, now: datetime, by: str) -> ChallengeEntry:
    """Say no, with a reason that the partner reads; proof may be sent again while the challenge runs. Raises Invalid
    without a reason; refuses what does not wait."""
    row = _waiting(entry)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    _set(row, State.DECLINED, reason, now, by)
    _record(row, "decline_entry", reason, now, by)
    tell_declined(row, reason, now)
    entry.refresh_from_db()
    return entry


def take_prize_back(entry: ChallengeEntry, *, reason: str, now: datetime, by: str) -> ChallengeEntry:
    """Take a prize back that should not have been won: money by a second booking, a gift where it was not delivered.

    Raises Invalid without a reason; refuses what was not won.
    """
    row = _locked(entry)
    if row.state != State.WON:
        raise Refused("not_won", _("This was not won."))
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    if row.challenge.is_money:
        take_bounty_back(row.enrolment, row.prize_minor, entry_id=row.pk, reason=reason, now=now, by=by)
    else:
        withdraw_once(_origin(row), reason=reason, now=now, by=by)
    _set(row, State.TAKEN_BACK, reason, now, by)
    _record(row, "take_prize_back", reason, now, by)
    entry.refresh_from_db()
    return entry


def is_open_to(challenge: Challenge, enrolment: Enrolment, now: datetime) -> bool:
    """Say whether a partner can do something for a challenge now: it runs, and they are meant."""
    program = challenge.program
    stage = rules.stage_of(challenge, local_day(now, program.time_zone), program.hold_days)
    if stage != "running" or enrolment.status != Enrolment.Status.ACTIVE:
        return False
    if challenge.audience is None:
        return not enrolment.is_test
    return enrolment.pk in set(members_of(challenge.program_id, read_condition(challenge.audience), now))


def _fall_and_rise(challenge: Challenge, known: Mapping[UUID, ChallengeEntry], sums: Mapping[UUID, int]) -> None:
    places = _places(challenge) if any(row.state == State.LAPSED for row in known.values()) else 0
    for who, row in known.items():
        amount, before = sums.get(who, 0), row.state
        if row.state in (State.REACHED, State.WAITING) and amount < challenge.target:
            row.state = State.LAPSED
        elif row.state == State.LAPSED and amount >= challenge.target and places != 0:
            row.state, places = State.REACHED, None if places is None else places - 1
        if row.state != before or row.amount != amount:
            ChallengeEntry.objects.filter(pk=row.pk, state=before).update(state=row.state, amount=amount)


def _places(challenge: Challenge) -> int | None:
    """Return how many prizes are left; None where there is no limit."""
    if challenge.most_winners is None:
        return None
    return max(0, challenge.most_winners - challenge.entries.filter(state__in=rules.LIVE).count())


def _by_enrolment(fresh: Mapping[UUID, date]) -> list[UUID]:
    rows = Enrolment.objects.filter(pk__in=list(fresh)).order_by("enrolled_at", "id")
    return list(rows.values_list("pk", flat=True))


def _award(row: ChallengeEntry, note: str, now: datetime, by: str) -> None:
    challenge, number = row.challenge, None
    if challenge.is_money:
        number = pay_bounty(row.enrolment, challenge.prize_minor, entry_id=row.pk, name=challenge.name, now=now, by=by)
    else:
        owe_once(
            row.enrolment, name=challenge.gift, worth_minor=challenge.prize_minor, origin=_origin(row), now=now, by=by
        )
    ChallengeEntry.objects.filter(pk=row.pk).update(prize_minor=challenge.prize_minor, transaction_number=number)
    _set(row, State.WON, note, now, by)
    _record(row, "award_prize", note, now, by)
    tell_won(row, now)


def _origin(row: ChallengeEntry) -> str:
    return f"challenge:{row.pk}"


def _set(row: ChallengeEntry, state: str, reason: str, now: datetime, by: str) -> None:
    ChallengeEntry.objects.filter(pk=row.pk).update(state=state, reason=reason, decided_at=now, decided_by=by[:200])


def _locked(entry: ChallengeEntry) -> ChallengeEntry:
    rows = ChallengeEntry.objects.select_for_update(of=("self",))
    return rows.select_related("challenge__program", "enrolment__program", "enrolment__partner").get(pk=entry.pk)


def _waiting(entry: ChallengeEntry) -> ChallengeEntry:
    row = _locked(entry)
    if row.state != State.WAITING:
        raise Refused("decided", _("This is decided already."))
    return row


def _record(row: ChallengeEntry, verb: str, reason: str, now: datetime, by: str) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=row.enrolment_id, before={},
        after={"name": row.challenge.name, "entry": row.pk}, reason=reason, now=now,
    )  # fmt: skip
