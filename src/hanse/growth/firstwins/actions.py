"""Verbs of first wins: draft the note at once; a person changes, sends, copies or drops it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.firstwins.drafting import draft
from hanse.growth.firstwins.models import FirstWin
from hanse.growth.firstwins.queries import first_commission, win_of
from hanse.growth.sends.actions import send_note
from hanse.growth.today.queries import forget_count
from hanse.kernel.errors import NotFound, Refused
from hanse.kernel.ids import new_id
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks


def draft_note(commission: Commission, now: datetime) -> FirstWin:
    """Keep the drafted note for a first sale, once a partner; drafted again nothing changes."""
    known = win_of(commission.enrolment_id)
    if known is not None:
        return known
    owner = commission.enrolment.partner.owner
    drafted = draft(commission, owner.name if owner else "")
    FirstWin.objects.bulk_create(
        [
            FirstWin(
                id=new_id(now), program_id=commission.program_id, enrolment_id=commission.enrolment_id,
                commission_id=commission.pk, sold_at=commission.occurred_at,
                language=commission.enrolment.partner.language, subject=drafted.subject[:200], body=drafted.text,
                drafted_at=now,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    forget_count(commission.program_id)
    row = win_of(commission.enrolment_id)
    assert row is not None
    return row


def note_for(enrolment: Enrolment, now: datetime) -> FirstWin:
    """Return the note for a partner's first sale, drafted now where it was not. Raises NotFound without a sale."""
    known = win_of(enrolment.pk)
    if known is not None:
        return known
    commission = first_commission(enrolment.pk)
    if commission is None:
        raise NotFound("first sale")
    return draft_note(commission, now)


def change_note(win: FirstWin, *, subject: str, text: str, now: datetime, by: str) -> FirstWin:
    """Keep what a person made of the draft. Raises Invalid; refuses one that is sent, copied or dropped."""
    win = _open(win)
    checks = Checks()
    subject = checks.text("subject", subject, 200, required=True)
    text = checks.text("text", text, 20_000, required=True, lines=True)
    checks.done()
    if (win.subject, win.body) != (subject, text):
        win.subject, win.body, win.changed_at, win.by = subject, text, now, by[:200]
        win.save(update_fields=["subject", "body", "changed_at", "by"])
    return win


def send_win(win: FirstWin, *, subject: str, text: str, now: datetime, by: str) -> FirstWin:
    """Send the note as the person's own letter; it stands on the partner's timeline. Refuses a second time."""
    win = change_note(win, subject=subject, text=text, now=now, by=by)
    send_note(win.enrolment, subject=win.subject, text=win.body, by=by, now=now)
    return _close(win, "sent_at", "send_first_win", now, by)


def copy_win(win: FirstWin, *, subject: str, text: str, now: datetime, by: str) -> FirstWin:
    """Note that a person took the text along to say it elsewhere. Refuses a second time."""
    win = change_note(win, subject=subject, text=text, now=now, by=by)
    return _close(win, "copied_at", "copy_first_win", now, by)


def drop_win(win: FirstWin, *, now: datetime, by: str) -> FirstWin:
    """Let the note be: it leaves Today and nothing is sent. Refuses one that is closed."""
    return _close(_open(win), "dropped_at", "drop_first_win", now, by)


def _open(win: FirstWin) -> FirstWin:
    row = FirstWin.objects.select_for_update(of=("self",)).select_related("enrolment__partner").get(pk=win.pk)
    if row.sent_at or row.copied_at or row.dropped_at:
        raise Refused("closed", _("This note is done with: it was sent, taken along or dropped."))
    return row


def _close(win: FirstWin, column: str, verb: str, now: datetime, by: str) -> FirstWin:
    setattr(win, column, now)
    win.by = by[:200]
    win.save(update_fields=[column, "by"])
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=win.enrolment_id, before={},
        after={"subject": win.subject}, now=now,
    )  # fmt: skip
    forget_count(win.program_id)
    return win
