"""A partner's page about talk: lines of what was said and agreed, and since when none of us spoke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from hanse.faces.common.links import href
from hanse.faces.console.inbox.frame import channel_words
from hanse.faces.console.timeline_words import Line
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.conversations.silence import quiet_now
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.recognition.models import Thanks
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_EACH = 20
_LONGEST = 220


def talk_lines(enrolment: Enrolment, topic: str) -> list[Line]:
    """Return what was said, met and thanked for, for the timeline. Three queries; none under other topics."""
    if topic not in ("", "talk"):
        return []
    return [*_said(enrolment), *_met(enrolment), *_thanked(enrolment)]


def merged(lines: Iterable[Line], more: Iterable[Line], limit: int = 40) -> list[Line]:
    """Return lines of two kinds as one timeline, the newest first."""
    return sorted([*lines, *more], key=lambda one: one.at, reverse=True)[:limit]


def talk_panel(enrolment: Enrolment) -> Mapping[str, object]:
    """Return what the panel says: since when none of us spoke, the limit, the open threads. Two queries."""
    days, spoken_at, limit = quiet_now(enrolment, clock.now())
    rows = Conversation.objects.filter(enrolment=enrolment).exclude(status="closed").order_by("-changed_at")[:5]
    return {
        "days": days, "spoken_at": spoken_at, "limit": limit, "is_over": days > limit,
        "threads": [(text_id("cvs", row.pk), row) for row in rows],
    }  # fmt: skip


def _said(enrolment: Enrolment) -> list[Line]:
    rows = Entry.objects.filter(conversation__enrolment=enrolment).exclude(direction=Entry.Direction.NOTE)
    rows = rows.exclude(message_id__startswith="send:")  # notes of ours stand there as letters already
    words = channel_words()
    found = []
    for row in rows.select_related("conversation").order_by("-at", "-id")[:_EACH]:
        icon, how = words.get(row.channel, ("message", row.channel))
        who = row.author_name or row.author_email
        subject = row.conversation.subject
        title = f"{who}: {subject}" if subject else who
        note = f"{Truncator(row.text).chars(_LONGEST)} · {how}"
        link = href("console:conversation", text_id("cvs", row.conversation_id))
        found.append(Line(row.at, icon, title, note, link, _("Open"), is_sea=row.direction == Entry.Direction.OUT))
    return found


def _met(enrolment: Enrolment) -> list[Line]:
    rows = MeetingInvitation.objects.filter(enrolment=enrolment).select_related("meeting")
    found = []
    for row in rows.order_by("-meeting__starts_at")[:_EACH]:
        meeting = row.meeting
        link = href("console:meeting", text_id("mtg", meeting.pk))
        if meeting.held_at and row.was_there:
            title, at = _("Was at “%(title)s”") % {"title": meeting.title}, meeting.held_at
        else:
            title, at = _("Invited to “%(title)s”") % {"title": meeting.title}, row.invited_at
        found.append(Line(at, "calendar-event", title, Truncator(meeting.notes).chars(_LONGEST), link, _("Open")))
    return found


def _thanked(enrolment: Enrolment) -> list[Line]:
    rows = Thanks.objects.filter(enrolment=enrolment).order_by("-given_at")[:_EACH]
    return [
        Line(row.given_at, "heart-handshake", _("Thanked: %(gift)s") % {"gift": row.gift} if row.gift else _("Thanked"),
             Truncator(row.text).chars(_LONGEST), href("console:recognition"), _("Open"), is_sea=True)
        for row in rows
    ]  # fmt: skip
