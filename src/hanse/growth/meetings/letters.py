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
from hanse.spine.outbox.actions import enqueue, portal_address
from hanse.spine.outbox.letters import Letter, mail_of

SEAT, IN_LINE, REMINDER = "seat", "line", "reminder"


def send_invitation(invitation: MeetingInvitation, now: datetime) -> bool:
    """Send an invitation in the partner's language and time zone, once for each state of a meeting.

    False: it went before, or the address bounced for good.
    """
    return _send(invitation, REQUEST, now)


def send_seat(invitation: MeetingInvitation, now: datetime) -> bool:
    """Say that a seat is theirs, with the calendar entry; once for each time that they get one."""
    return _send(invitation, REQUEST, now, SEAT)


def send_in_line(invitation: MeetingInvitation, now: datetime) -> bool:
    """Say that all seats are taken and that the next free one is theirs in turn."""
    return _send(invitation, "", now, IN_LINE)


def send_reminder(invitation: MeetingInvitation, now: datetime) -> bool:
    """Remind somebody who has a seat of a session that begins within a day."""
    return _send(invitation, "", now, REMINDER)


def send_cancellation(invitation: MeetingInvitation, now: datetime) -> bool:
    """Say that a meeting does not take place, and take it out of the calendar."""
    return _send(invitation, CANCEL, now)


def when_words(starts_at: datetime, zone: str) -> str:
    """Return a moment in words, in the active language and a zone, with the zone."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'EEEE d MMMM y, HH:mm', locale=active_locale())} ({zone.replace('_', ' ')})"


def _send(invitation: MeetingInvitation, method: str, now: datetime, occasion: str = "") -> bool:
    """Send a letter; one without a method leaves the calendar alone."""
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    if partner.pk not in may_write([partner.pk], str(LetterKind.TRANSACTIONAL)):
        return False
    href = _page(invitation)
    with translation.override(partner.language):
        letter = _seat_letter(invitation, occasion) if occasion else _letter(invitation, method)
    payload = mail_of(letter, to=partner.email, language=partner.language) | {"headers": reply_to(meeting.program_id)}
    if method:
        text = entry_of(invitation, method=method, now=now, href=href)
        payload |= {"calendar": {"method": method, "text": text}}
    key = f"meeting:{invitation.pk}:{meeting.sequence}:{occasion or method.lower()}"
    if occasion in (SEAT, IN_LINE):
        key += f":{invitation.moved_up}"
    return enqueue("mail", key, payload, due_at=now, now=now)


def _page(invitation: MeetingInvitation) -> str:
    path = "/p/messages" if invitation.meeting.seats is None else "/p/resources/lessons"
    return portal_address(path, invitation.meeting.program.slug)


def _seat_letter(invitation: MeetingInvitation, occasion: str) -> Letter:
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    said = {"title": meeting.title, "name": (partner.contact_name or partner.name).split(" ")[0]}
    subject, text = {
        SEAT: (_("Your seat: %(title)s"), _("A seat is yours. If you cannot come, give it back: somebody waits.")),
        IN_LINE: (
            _("You are in line: %(title)s"),
            _("All seats are taken. The next free one is yours in turn; we write then."),
        ),
        REMINDER: (_("Soon: %(title)s"), _("It begins within a day. If you cannot come, give your seat back.")),
    }[occasion]  # fmt: skip
    return Letter(
        subject=subject % said, title=meeting.title, facts=_facts(invitation),
        paragraphs=(_("Hello %(name)s,") % said, text, meeting.agenda), link_label=_("Open my lessons"),
        link=_page(invitation), sender=meeting.program.name, kicker=_("partner program"),
    )  # fmt: skip


def _facts(invitation: MeetingInvitation) -> tuple[tuple[str, str], ...]:
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    facts = [(_("When"), when_words(meeting.starts_at, partner.time_zone)), (_("How long"), _minutes(meeting.minutes))]
    if meeting.place and invitation.answer != MeetingInvitation.Answer.WAITING:
        facts.append((_("Where"), meeting.place))
    return tuple(facts)


def _letter(invitation: MeetingInvitation, method: str) -> Letter:
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    said = {"title": meeting.title, "name": (partner.contact_name or partner.name).split(" ")[0]}
    if method == CANCEL:
        subject, text = _("Cancelled: %(title)s") % said, _("This meeting does not take place. We are sorry.")
    elif meeting.sequence:
        subject = _("Changed: %(title)s") % said
        text = _("Something about this meeting has changed. Please say again whether it suits you.")
        if meeting.seats is not None:
            text = _("Something about this session has changed. If you cannot come now, give your seat back.")
    else:
        subject = _("Invitation: %(title)s") % said
        text = _("Would you like to come? Your calendar asks you, and so does your portal.")
    return Letter(
        subject=subject, title=meeting.title, paragraphs=(_("Hello %(name)s,") % said, text, meeting.agenda),
        facts=_facts(invitation), link_label="" if method == CANCEL else _("Say yes or no"),
        link="" if method == CANCEL else _page(invitation), sender=meeting.program.name,
        kicker=_("partner program"),
    )  # fmt: skip


def _minutes(minutes: int) -> str:
    return _("%(n)d minutes") % {"n": minutes}
