"""Verbs of acceptance: take the work as done, which owes its fee, and take that back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.deliverables import rules
from hanse.growth.deliverables.fees import is_named
from hanse.growth.deliverables.letters import tell_partner
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.noting import locked, move_to, say
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.money.promises.accepting import accept_deliverable, withdraw_acceptance
from hanse.spine.checks import Checks

State = Deliverable.State


def accept(
    deliverable: Deliverable, *, draft: int | None = None, note: str = "", now: datetime, by: str
) -> Deliverable:
    """Accept the newest draft: the fee is owed and booked at once. Accepted already, it stays as it is: nothing is paid
    twice, by whomever and however often it is said.

    `draft` is the number that was looked at: refused when a newer one has come since. Refuses where no draft waits.
    """
    row = locked(deliverable)
    checks = Checks()
    note = checks.text("note", note, 4000, lines=True)
    checks.done()
    if row.state in rules.DONE:
        deliverable.refresh_from_db()
        return deliverable
    if row.state != State.REVIEW:
        raise Refused("no_draft", _("No draft waits for an answer."))
    if draft is not None and draft != row.draft_number:
        raise Refused("newer_draft", _("A newer draft has come since. Please look at that one."))
    if row.fee_minor and is_named(row, now):
        raise Refused("fee_twice", _("Terms promise a fee for this too. Change one of the two first."))
    if note:
        say(row, "team", "accepted", note, now, by)
    accept_deliverable(row.enrolment, row.pk, name=row.title, fee_minor=row.fee_minor, now=now, by=by)
    move_to(row, State.ACCEPTED, now, reason="")
    tell_partner(row, "accepted", now, note, f":{now:%Y%m%d%H%M%S}")
    deliverable.refresh_from_db()
    return deliverable


def withdraw(deliverable: Deliverable, *, reason: str, now: datetime, by: str) -> Deliverable:
    """Take an acceptance back, with a reason that the partner reads: the fee is booked back, and changes are asked.

    The partner has as many days for them as we take for an answer. Refuses what is not accepted.
    """
    row = locked(deliverable)
    checks = Checks()
    reason = checks.text("reason", reason, 2000, required=True, lines=True)
    checks.done()
    if row.state not in rules.DONE:
        raise Refused("not_accepted", _("This is not accepted."))
    withdraw_acceptance(row.pk, reason=reason, now=now, by=by)
    say(row, "team", "withdrawn", reason, now, by)
    today = local_day(now, row.program.time_zone)
    due_on = rules.due_again(row.due_on, today, row.answer_days)
    live_on = max(row.live_on, due_on) if row.live_on else None
    move_to(row, State.CHANGES, now, reason=reason, due_on=due_on, live_on=live_on)
    tell_partner(row, "withdrawn", now, reason, f":{now:%Y%m%d%H%M%S}")
    deliverable.refresh_from_db()
    return deliverable
