"""What rooms are told: questions that came in, first sales, applications; each once, with the way to its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hanse.growth.announcements.models import Announced
from hanse.growth.chat.actions import tell_rooms
from hanse.growth.chat.models import ChatRoom
from hanse.growth.conversations.models import Conversation
from hanse.growth.recruiting.models import Application
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbox.actions import absolute_url

NEWS_FOR = timedelta(hours=6)
_MOST = 50


class Line(NamedTuple):
    """One thing to tell: to the rooms that hear of `topic`."""

    topic: str
    key: str
    text: str


def tell_of_news(now: datetime) -> int:
    """Tell every program's rooms what is new; safe to run twice. Returns how many lines were promised."""
    count = 0
    for program_id in set(ChatRoom.objects.filter(closed_at=None).values_list("program_id", flat=True)):
        for line in _news(program_id, now - NEWS_FOR):
            count += tell_rooms(program_id, line.topic, line.text, key=line.key, now=now)
    return count


def _news(program_id: UUID, since: datetime) -> Iterator[Line]:
    asked = Conversation.objects.filter(program_id=program_id, waiting_since__gt=since).select_related("partner")
    for row in asked.order_by("waiting_since")[:_MOST]:
        who = row.partner.name if row.partner else row.sender_name or row.sender_email or "Somebody"
        url = absolute_url(f"/console/inbox/{text_id('cvs', row.pk)}")
        mark = "Urgent: " if row.is_urgent else ""
        text = f"{mark}{who} asks: {row.subject or 'a question'}\n{url}"
        key = f"question:{row.pk}:{int(row.waiting_since.timestamp())}" if row.waiting_since else ""
        yield Line("questions", key, text)
        if row.is_urgent:
            yield Line("urgent", key, text)
    mine = Enrolment.objects.filter(program_id=program_id).values("pk")  # the others' sales take none of the places
    told = Announced.objects.filter(kind="first_sale", announced_at__gt=since, subject__in=mine)
    newest = told.order_by("-announced_at").values_list("subject", flat=True)[:_MOST]
    sold = Enrolment.objects.filter(pk__in=list(newest), program_id=program_id).select_related("partner")
    for enrolment in sold:
        url = absolute_url(f"/console/partners/{text_id('prt', enrolment.partner_id)}")
        yield Line("first_sales", f"first-sale:{enrolment.pk}", f"{enrolment.partner.name} made the first sale.\n{url}")
    waiting = Application.objects.filter(program_id=program_id, status=Application.Status.WAITING, sent_at__gt=since)
    for application in waiting.order_by("sent_at")[:_MOST]:
        url = absolute_url("/console/recruit")
        yield Line("applications", f"application:{application.pk}", f"{application.name} would like to join.\n{url}")
