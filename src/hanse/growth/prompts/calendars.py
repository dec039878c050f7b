"""Calendars to subscribe to (RFC 5545): a partner's, with what they see, and the team's, with everything.

Days are all-day entries without a zone, as a day is one wherever it is read; calls have their moment in UTC. Entries
keep their ids, so that a change moves an entry and what was taken back is struck out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from hanse.growth.kits.models import Kit
from hanse.growth.meetings.models import Meeting, MeetingInvitation
from hanse.growth.meetings.rules import ends_at
from hanse.growth.prompts import rules
from hanse.growth.prompts.models import CalendarAddress, Prompt
from hanse.growth.prompts.queries import KEPT_DAYS, leads_of, prompts_in_calendar, prompts_of, seen_by_tier
from hanse.growth.prompts.samples import samples_for
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url, portal_address

ASK_AGAIN_HOURS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One all-day entry: from a day to the last one, both included."""

    uid: str
    title: str
    text: str
    first_on: date
    last_on: date
    changed_at: datetime
    sequence: int = 0
    is_off: bool = False
    href: str = ""


def calendar_of(address: CalendarAddress, now: datetime) -> bytes:
    """Return the calendar that an address stands for, in its owner's language."""
    if address.enrolment is not None:
        with translation.override(address.enrolment.partner.language):
            return partner_calendar(address.enrolment, now)
    assert address.colleague is not None
    with translation.override(address.colleague.language or translation.get_language()):
        return team_calendar(address.program, now)


def partner_calendar(enrolment: Enrolment, now: datetime) -> bytes:
    """Return what a partner sees, with their link inside, and the calls they are invited to. Ten queries at most."""
    program = enrolment.program
    calendar = _calendar(program.name, program.time_zone)
    prompts = prompts_in_calendar(enrolment, now)
    samples = samples_for(prompts, enrolment, now)
    for prompt in prompts:
        sample = samples[prompt.pk]
        text = "\n\n".join(part for part in (sample.text if sample.link else "", sample.link) if part)
        for entry in _entries(prompt, portal_address("/p/calendar", program.slug), text):
            calendar.add_component(_all_day(entry))
    rows = MeetingInvitation.objects.filter(
        enrolment=enrolment, meeting__starts_at__gt=now - timedelta(days=KEPT_DAYS)
    ).select_related("meeting")  # fmt: skip
    for row in rows.order_by("meeting__starts_at", "id"):
        calendar.add_component(_call(f"{row.pk}@hanse", row.meeting, row.answer == "declined", row.invited_at))
    return bytes(calendar.to_ical())


def team_calendar(program: Program, now: datetime) -> bytes:
    """Return everything that is published in a program, with from when on each tier sees it, and all calls."""
    since = local_day(now, program.time_zone) - timedelta(days=KEPT_DAYS)
    leads, calendar = leads_of(program.pk), _calendar(_("%(name)s, team") % {"name": program.name}, program.time_zone)
    for prompt in prompts_of(program.pk).filter(published_at__isnull=False):
        if rules.last_day(prompt) >= since:
            seen = [f"{one.name}: {one.from_on.isoformat()}" for one in seen_by_tier(prompt, leads)]
            href = absolute_url(f"/console/resources/calendar/{prompt.pk}")
            for entry in _entries(prompt, href, "\n".join(seen)):
                calendar.add_component(_all_day(entry))
    for kit in Kit.objects.filter(program=program, published_at__isnull=False, withdrawn_at=None, ends_on__gte=since):
        assert kit.ends_on is not None
        title = _("Last day: %(title)s") % {"title": kit.name}
        calendar.add_component(
            _all_day(Entry(f"{kit.pk}-kit@hanse", title, kit.prompt, kit.ends_on, kit.ends_on, kit.changed_at))
        )
    rows = Meeting.objects.filter(program=program, starts_at__gt=now - timedelta(days=KEPT_DAYS))
    for meeting in rows.order_by("starts_at", "id"):
        calendar.add_component(_call(f"{meeting.pk}-team@hanse", meeting, False, meeting.created_at))
    return bytes(calendar.to_ical())


def _calendar(name: str, zone: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Hanse//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", timedelta(hours=ASK_AGAIN_HOURS), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{ASK_AGAIN_HOURS}H")
    return calendar


def _entries(prompt: Prompt, href: str, more: str) -> Iterable[Entry]:
    """A prompt's own days, and its deadline where that is another day."""
    text = "\n\n".join(part for part in (prompt.hook, prompt.why_now, prompt.how, more, href) if part)
    last = prompt.ends_on or prompt.on
    is_off = prompt.withdrawn_at is not None
    shared = (prompt.changed_at, prompt.sequence, is_off, href)
    yield Entry(f"{prompt.pk}@hanse", prompt.title, text, prompt.on, last, *shared)
    if prompt.deadline_on is not None and prompt.deadline_on != last:
        title = _("Deadline: %(title)s") % {"title": prompt.title}
        yield Entry(f"{prompt.pk}-deadline@hanse", title, text, prompt.deadline_on, prompt.deadline_on, *shared)


def _all_day(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.first_on)
    event.add("dtend", entry.last_on + timedelta(days=1))  # the first day that is out
    event.add("summary", entry.title)
    event.add("description", entry.text)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    if entry.href:
        event.add("url", entry.href)
    return event


def _call(uid: str, meeting: Meeting, is_declined: bool, at: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", at)
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", ends_at(meeting.starts_at, meeting.minutes))
    event.add("summary", meeting.title)
    if meeting.agenda:
        event.add("description", meeting.agenda)
    if meeting.place:
        event.add("location", meeting.place)
    is_off = meeting.cancelled_at is not None or is_declined
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return event
