"""Invitations as calendar entries (RFC 5545, RFC 5546): one for each partner, so that nobody sees who else comes."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

from hanse.growth.mailroom.models import MailDoor
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.meetings.rules import ends_at

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


def entry_of(invitation: MeetingInvitation, *, method: str, now: datetime, href: str) -> str:
    """Return the calendar entry of one invitation: to answer (`REQUEST`), to take out (`CANCEL`) or to keep."""
    meeting, partner = invitation.meeting, invitation.enrolment.partner
    event = Event()
    event.add("uid", f"{invitation.pk}@hanse")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", ends_at(meeting.starts_at, meeting.minutes))
    event.add("summary", meeting.title)
    event.add("description", "\n\n".join(part for part in (meeting.agenda, href) if part))
    if meeting.place and invitation.answer != MeetingInvitation.Answer.WAITING:  # who has no seat does not know where
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("organizer", _person(organizer_of(invitation), meeting.program.name))
    attendee = _person(partner.email, partner.contact_name or partner.name)
    attendee.params["PARTSTAT"] = vText(_PARTSTAT.get(invitation.answer, "NEEDS-ACTION"))
    attendee.params["RSVP"] = vText("TRUE")
    event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Hanse//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def organizer_of(invitation: MeetingInvitation) -> str:
    """Return the address that answers of calendars go to: the inbox, or where letters come from."""
    address = MailDoor.objects.filter(program_id=invitation.meeting.program_id).values_list("address", flat=True)
    return address.first() or parseaddr(settings.HANSE_MAIL_FROM)[1]


_PARTSTAT = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}


def _person(email: str, name: str) -> vCalAddress:
    person = vCalAddress(f"MAILTO:{email}")
    person.params["CN"] = vText(" ".join(name.replace('"', "'").split()))
    return person
