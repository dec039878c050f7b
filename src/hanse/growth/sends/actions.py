"""Verbs of sends: planning letters, a colleague's note, and noting what came of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.reach.queries import may_write
from hanse.growth.roadmap.blocking import refuse_reading
from hanse.growth.sends.models import Send
from hanse.growth.sends.planning import Measured as Measured
from hanse.growth.sends.planning import Planned as Planned
from hanse.growth.sends.planning import plan_letters as plan_letters
from hanse.growth.sends.planning import plan_send as plan_send
from hanse.growth.sends.planning import plan_written as plan_written
from hanse.growth.sends.types import NOTE_KIND, Priority
from hanse.growth.templates.models import LetterKind
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_creation
from hanse.spine.checks import Checks


def send_note(
    enrolment: Enrolment,
    *,
    subject: str,
    text: str,
    by: str,
    now: datetime,
    is_answer: bool = False,
    answers: str = "",
) -> Send:
    """Write to one partner in a colleague's own words; it goes out with the next letters and stands on the timeline.

    A note counts into the caps and waits for the morning. An answer (`is_answer`) to what the partner asked goes at
    once; `answers` is the Message-ID that it answers. Raises Invalid; refuses an address that bounced or complained,
    and words under an embargo that the partner has not accepted.
    """
    checks = Checks()
    subject = checks.text("subject", subject, 200, required=True)
    text = checks.text("text", text, 20_000, required=True, lines=True)
    checks.done()
    priority = Priority.TRANSACTIONAL if is_answer else Priority.NOTE
    kind = str(LetterKind.TRANSACTIONAL) if is_answer else NOTE_KIND
    if enrolment.partner_id not in may_write([enrolment.partner_id], kind):
        raise Refused("unreachable", _("Letters to this address come back or were called spam. Call instead."))
    pk = new_id(now)
    refuse_reading(enrolment.program_id, enrolment.pk, f"{subject}\n{text}", now)
    send = Send.objects.create(
        id=pk, program_id=enrolment.program_id, enrolment=enrolment, partner_id=enrolment.partner_id,
        tier_id=enrolment.tier_id, key=f"note:{pk}", priority=priority, kind=kind, subject=subject, text=text,
        about={"answers": answers} if answers else {}, by=by[:200], planned_at=now, due_at=now,
    )  # fmt: skip
    record_creation(send, actor=by, verb="send_note", fields=("enrolment_id", "subject"), now=now)
    return send


def note_reply(letter_id: UUID, now: datetime, *, is_automatic: bool = False) -> Send | None:
    """Note that a letter was answered; returns its send, or None where the letter is not one of these.

    What a machine answers by itself ("I am away") is no reply of the partner.
    """
    send = Send.objects.filter(letter_id=letter_id).select_related("enrolment", "partner").first()
    if send is not None and send.replied_at is None and not is_automatic:
        Send.objects.filter(pk=send.pk, replied_at=None).update(replied_at=now)
        send.replied_at = now
    return send


def note_open(send_id: UUID, now: datetime) -> None:
    """Note that a letter's picture was fetched: often by a machine, so it proves little."""
    Send.objects.filter(pk=send_id, opened_at=None, letter_id__isnull=False).update(opened_at=now)


def note_click(send_id: UUID, now: datetime) -> None:
    """Note that a link of a letter was followed."""
    Send.objects.filter(pk=send_id, clicked_at=None, letter_id__isnull=False).update(clicked_at=now)


def note_stop(send_id: UUID, now: datetime) -> None:
    """Note that a letter led to fewer letters."""
    Send.objects.filter(pk=send_id, unsubscribed_at=None).update(unsubscribed_at=now)
