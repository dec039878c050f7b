"""Letters of meetings: the invitation, its change, its end; each carries the calendar entry."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.conversations.letters import reply_to
from hanse.growth.meetings.calendars import CANCEL, REQUEST, entry_of
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.reach.queries import may_write
from hanse.growth.templates.models import LetterKind
from hanse.programs.terms.sentences import active_locale
from hanse.spine.outbox.actions import absolute_url, enqueue
from hanse.spine.outbox.letters import Letter, mail_of


def send_invitation(invitation: MeetingInvitation, now: datetime) -> bool:
    """Send an invitation in the partner's language and time zone, once for each state of a meeting.

    False: it went before, or the address bounced for good.
    """
    return _send(invitation, REQUEST, now)


def send_cancellation(invitation: MeetingInvitation, now: datetime) -> bool:
    """Say that a meeting does not take place, and take it out of the calendar."""
    return _send(invitation, CANCEL, now)


def when_words(starts_at: datetime, zone: str) -> str:
    """Return a moment in words, in the active language and a zone, with the zone."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'EEEE d MMMM y, HH:mm', locale=active_locale())} ({zone.replace('_', ' ')})"


def _send(invitation: MeetingInvitation, method: str, now: datetime) -> bool:
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    if partner.pk not in may_write([partner.pk], str(LetterKind.TRANSACTIONAL)):
        return False
    href = absolute_url("/p/messages")
    with translation.override(partner.language):
        letter = _letter(invitation, method)
    payload = mail_of(letter, to=partner.email, language=partner.language) | {
        "headers": reply_to(meeting.program_id),
        "calendar": {"method": method, "text": entry_of(invitation, method=method, now=now, href=href)},
    }
    key = f"meeting:{invitation.pk}:{meeting.sequence}:{method.lower()}"
    return enqueue("mail", key, payload, due_at=now, now=now)


def _letter(invitation: MeetingInvitation, method: str) -> Letter:
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    said = {"title": meeting.title, "name": (partner.contact_name or partner.name).split(" ")[0]}
    facts = [(_("When"), when_words(meeting.starts_at, partner.time_zone)), (_("How long"), _minutes(meeting.minutes))]
    if meeting.place:
        facts.append((_("Where"), meeting.place))
    if method == CANCEL:
        subject, text = _("Cancelled: %(title)s") % said, _("This meeting does not take place. We are sorry.")
    elif meeting.sequence:
        subject = _("Changed: %(title)s") % said
        text = _("Something about this meeting has changed. Please say again whether it suits you.")
    else:
        subject = _("Invitation: %(title)s") % said
        text = _("Would you like to come? Your calendar asks you, and so does your portal.")
    return Letter(
        subject=subject, title=meeting.title, paragraphs=(_("Hello %(name)s,") % said, text, meeting.agenda),
        facts=tuple(facts), link_label="" if method == CANCEL else _("Say yes or no"),
        link="" if method == CANCEL else absolute_url("/p/messages"), sender=meeting.program.name,
        kicker=_("partner program"),
    )  # fmt: skip


def _minutes(minutes: int) -> str:
    return _("%(n)d minutes") % {"n": minutes}
