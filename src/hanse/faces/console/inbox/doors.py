"""Where mail and chats come in: addresses, the web address for forwarders, a mail box, rooms of Slack and Discord."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import OWN, actor, console_page, may, writes
from hanse.faces.common.page import needs_program
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.inbox.frame import inbox_page
from hanse.growth.chat.actions import close_room, open_room, renew_room_secret, room_path
from hanse.growth.chat.models import ChatRoom
from hanse.growth.chat.types import TOPICS
from hanse.growth.mailroom.doors import door_of, door_path, renew_secret, set_door
from hanse.growth.mailroom.models import MailDoor, TakenMail
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url

SHOWN = 30


@console_page()
@needs_program
@require_GET
def doors(request: HttpRequest, program: Program) -> HttpResponse:
    """Show where things come in, and what came last."""
    door = MailDoor.objects.filter(program=program).first()
    rooms = ChatRoom.objects.filter(program=program, closed_at=None).order_by("created_at", "id")
    owns, may_act = may(request, OWN), may(request)
    context = {
        "door": door, "may_act": may_act, "owns": owns, "kinds": taken_words(),
        "mail_url": absolute_url(door_path(door)) if door and owns else "",
        "rooms": [(room, absolute_url(room_path(room)) if owns else "", _told(room)) for room in rooms],
        "topics": topic_choices(), "listens": settings.HANSE_INBOUND,
        "taken": [(row, taken_words().get(row.kind, row.kind))
                  for row in TakenMail.objects.filter(program=program).order_by("-taken_at", "-id")[:SHOWN]],
    }  # fmt: skip
    return inbox_page(request, "console/inbox/doors.html", "doors", context)


def taken_words() -> dict[str, str]:
    """Return how kinds of mails are called."""
    return {
        "reply": _("an answer"), "message": _("a message"), "copy": _("a copy of ours"), "forwarded": _("forwarded"),
        "mention": _("names"), "bounce": _("came back"), "complaint": _("called spam"),
        "rsvp": _("a calendar’s answer"),
        "automatic": _("sent by a machine"), "unclear": _("unclear"),
    }  # fmt: skip


def topic_choices() -> dict[str, str]:
    """Return what rooms can be told of."""
    return {
        "questions": _("questions of partners"), "urgent": _("urgent ones only"), "first_sales": _("first sales"),
        "applications": _("applications"),
    }  # fmt: skip


def _told(room: ChatRoom) -> str:
    return ", ".join(topic_choices()[topic] for topic in room.topics if topic in TOPICS)


@console_page(write_roles=OWN)
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program) -> HttpResponse:
    """Keep addresses and the mail box, or renew the secret address."""
    now, sent = clock.now(), request.POST
    door = door_of(program, now)
    if sent.get("act") == "renew":
        renew_secret(door, now=now, by=actor(request))
        return HttpResponseRedirect(reverse("console:mail_doors"), status=303)
    port = str(sent.get("imap_port", "993"))
    password = str(sent.get("imap_password", ""))
    attempt_or_warn(
        request,
        lambda: set_door(
            door, address=str(sent.get("address", "")), mentions_address=str(sent.get("mentions_address", "")),
            imap_host=str(sent.get("imap_host", "")), imap_port=int(port) if port.isdigit() and len(port) < 6 else 0,
            imap_login=str(sent.get("imap_login", "")), imap_folder=str(sent.get("imap_folder", "INBOX")),
            imap_password=password or ("" if "forget" in sent else None), now=now, by=actor(request),
        ),
        _("Kept"),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:mail_doors"), status=303)


@console_page(write_roles=OWN)
@require_POST
@writes
@needs_program
def add_room(request: HttpRequest, program: Program) -> HttpResponse:
    """Add a room."""
    sent = request.POST
    attempt_or_warn(
        request,
        lambda: open_room(
            program, kind=str(sent.get("kind", "")), name=str(sent.get("name", "")), url=str(sent.get("url", "")),
            topics=sent.getlist("topics"), now=clock.now(), by=actor(request),
        ),
        _("The room hears of it from now on."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:mail_doors"), status=303)


@console_page(write_roles=OWN)
@require_POST
@writes
@needs_program
def change_room(request: HttpRequest, program: Program, room_id: UUID) -> HttpResponse:
    """Close a room, or renew its secret address."""
    room = get_object_or_404(ChatRoom, pk=room_id, program=program, closed_at=None)
    act = renew_room_secret if request.POST.get("act") == "renew" else close_room
    attempt_or_warn(request, lambda: act(room, now=clock.now(), by=actor(request)), _("Done"))
    return HttpResponseRedirect(reverse("console:mail_doors"), status=303)
