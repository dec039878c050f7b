"""Verbs of sends: planning letters, a colleague's note, and noting what came of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.newsletters.models import Newsletter
from hanse.growth.reach.queries import may_write
from hanse.growth.sends.models import Send
from hanse.growth.sends.rules import expiry, is_held_out
from hanse.growth.sends.types import NOTE_KIND, Priority
from hanse.growth.sequences.models import SequenceStep
from hanse.growth.templates.models import LetterKind, MessageVersion
from hanse.growth.templates.types import About
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_creation
from hanse.spine.checks import Checks

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """How a letter is measured: what the reader is to do within so many days, and who gets nothing for comparison.

    `holdout` names the draw: the same name holds out the same people. Nobody of `never` is held out.
    """

    action: str = ""
    action_days: int = 0
    holdout: str = ""
    holdout_ppm: int = 0
    never: Collection[UUID] = ()


def plan_send(
    version: MessageVersion,
    enrolment_ids: Iterable[UUID],
    *,
    reason: Priority,
    key: str,
    now: datetime,
    due_at: datetime | None = None,
    about: About | None = None,
    newsletter: Newsletter | None = None,
    step: SequenceStep | None = None,
    measured: Measured | None = None,
) -> int:
    """Plan one letter for each enrolment; who has one with this `key` already gets no other. Returns how many are new.

    It is rendered and sent by the clock when caps, quiet hours and the person's choices allow. Three queries for every
    500. Call it with some hundreds inside one transaction, or part by part.
    """
    ids, count = list(dict.fromkeys(enrolment_ids)), 0
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        known = set(Send.objects.filter(key=key, enrolment__in=part).values_list("enrolment_id", flat=True))
        fresh = Enrolment.objects.filter(pk__in=[one for one in part if one not in known]).order_by("pk")
        how, due = measured or Measured(), due_at or now
        sends = [_planned(row, version, reason, key, now, due, (about or {}).get(row.pk, {}), how) for row in fresh]
        for send in sends:
            send.newsletter, send.step = newsletter, step
        Send.objects.bulk_create(sends, ignore_conflicts=True)
        count += len(sends)
    return count


def _planned(
    row: Enrolment,
    version: MessageVersion,
    reason: Priority,
    key: str,
    now: datetime,
    due_at: datetime,
    about: object,
    measured: Measured,
) -> Send:
    is_out = row.pk not in measured.never and is_held_out(measured.holdout, row.pk, measured.holdout_ppm)
    return Send(
        id=new_id(now), program_id=row.program_id, enrolment=row, partner_id=row.partner_id, tier_id=row.tier_id,
        key=key, priority=reason, kind=version.template.kind, version=version, about=about, planned_at=now,
        due_at=due_at,
        expires_at=expiry(reason, due_at), action=measured.action, action_days=measured.action_days,
        state=Send.State.HELD_OUT if is_out else Send.State.PLANNED,
    )  # fmt: skip


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
    once; `answers` is the Message-ID that it answers. Raises Invalid; refuses an address that bounced or complained.
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
    send = Send.objects.create(
        id=pk, program_id=enrolment.program_id, enrolment=enrolment, partner_id=enrolment.partner_id,
        tier_id=enrolment.tier_id, key=f"note:{pk}", priority=priority, kind=kind, subject=subject, text=text,
        about={"answers": answers} if answers else {}, by=by[:200], planned_at=now, due_at=now,
    )  # fmt: skip
    record_creation(send, actor=by, verb="send_note", fields=("enrolment_id", "subject"), now=now)
    return send


def note_reply(letter_id: UUID, now: datetime) -> Send | None:
    """Note that a letter was answered; returns its send, or None where the letter is not one of these."""
    send = Send.objects.filter(letter_id=letter_id).select_related("enrolment", "partner").first()
    if send is not None and send.replied_at is None:
        Send.objects.filter(pk=send.pk, replied_at=None).update(replied_at=now)
        send.replied_at = now
    return send


def note_open(send_id: UUID, now: datetime) -> None:
    """Note that a letter's picture was fetched: often by a machine, so it proves little."""
    Send.objects.filter(pk=send_id, opened_at=None, letter_id__isnull=False).update(opened_at=now)


def note_click(send_id: UUID, now: datetime) -> None:
    """Note that a link of a letter was followed."""
    Send.objects.filter(pk=send_id, clicked_at=None, letter_id__isnull=False).update(clicked_at=now)


def cancel_planned(sends: Iterable[UUID], why: str, now: datetime) -> int:
    """Drop letters that did not leave yet; returns how many."""
    rows = Send.objects.filter(pk__in=list(sends), state=Send.State.PLANNED)
    return rows.update(state=Send.State.DROPPED, dropped_at=now, dropped_why=why[:20])
