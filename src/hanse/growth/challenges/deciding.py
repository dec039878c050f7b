"""Verbs of entries: take proof, say yes or no, take a prize back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.challenges import rules
from hanse.growth.challenges.awarding import award, origin_of, places_left, record_entry, set_state
from hanse.growth.challenges.letters import tell_declined
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.benefits.actions import withdraw_once
from hanse.money.bounties.actions import take_bounty_back
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.checks import Checks

State = ChallengeEntry.State


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
    places = places_left(challenge)
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
    record_entry(row, "send_proof", "", now, by)
    return row


def accept_entry(entry: ChallengeEntry, *, note: str = "", now: datetime, by: str) -> ChallengeEntry:
    """Say yes to an entry that waits: the prize is booked at once, or owed in kind. Refuses what does not wait."""
    row = _waiting(entry)
    checks = Checks()
    note = checks.text("note", note, 2000, lines=True)
    checks.done()
    award(row, note, now, by)
    entry.refresh_from_db()
    return entry


def decline_entry(entry: ChallengeEntry, *, reason: str, now: datetime, by: str) -> ChallengeEntry:
    """Say no, with a reason that the partner reads; proof may be sent again while the challenge runs. Raises Invalid
    without a reason; refuses what does not wait."""
    row = _waiting(entry)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    set_state(row, State.DECLINED, reason, now, by)
    record_entry(row, "decline_entry", reason, now, by)
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
        withdraw_once(origin_of(row), reason=reason, now=now, by=by)
    set_state(row, State.TAKEN_BACK, reason, now, by)
    record_entry(row, "take_prize_back", reason, now, by)
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


def _locked(entry: ChallengeEntry) -> ChallengeEntry:
    rows = ChallengeEntry.objects.select_for_update(of=("self",))
    return rows.select_related("challenge__program", "enrolment__program", "enrolment__partner").get(pk=entry.pk)


def _waiting(entry: ChallengeEntry) -> ChallengeEntry:
    row = _locked(entry)
    if row.state != State.WAITING:
        raise Refused("decided", _("This is decided already."))
    return row
