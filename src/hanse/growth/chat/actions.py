"""Verbs of chat: open a room, tell it of things, take what it writes to us."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.chat.models import ChatRoom
from hanse.growth.chat.types import CHAT, HOSTS, TOPICS
from hanse.growth.conversations.models import Entry
from hanse.growth.conversations.taking import find_thread, take_message
from hanse.growth.conversations.types import LONGEST_TEXT, Said, Who
from hanse.growth.mailroom.doors import door_secret
from hanse.growth.mailroom.headers import one_line, plain_email, shown
from hanse.growth.mailroom.matching import enrolment_by_email
from hanse.kernel import signing
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.spine.outbound import call
from hanse.spine.outbox.actions import enqueue
from hanse.spine.secrets.sealing import open_sealed, seal
from hanse.spine.web_addresses import host_of

USE = "chat-webhook"
MOST_ROOMS = 20
SECONDS = 6
_LONGEST = 3_000
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def open_room(
    program: Program, *, kind: str, name: str, url: str, topics: Collection[str], now: datetime, by: str
) -> ChatRoom:
    """Add a room by its incoming webhook, which is a secret: it is sealed, and only its host shown. Raises Invalid.

    "" as `url` makes a room that only writes to us.
    """
    checks = Checks()
    kind, name = checks.one_of("kind", kind, ChatRoom.Kind.values), checks.text("name", name, 80, required=True)
    url = checks.web_address("url", url, 500)
    if url and kind in HOSTS and not _is_rooms_own(url, kind):
        message = _("An incoming webhook of this kind begins with https:// and lies on %(host)s.")
        checks.refuse("url", message % {"host": HOSTS[kind][0]}, "bad_url")
    chosen = [checks.one_of("topics", topic, TOPICS) for topic in dict.fromkeys(topics)]
    if ChatRoom.objects.filter(program=program, closed_at=None).count() >= MOST_ROOMS:
        checks.refuse("", _("At most %(limit)d rooms, please.") % {"limit": MOST_ROOMS}, "too_many")
    checks.done()
    pk = new_id(now)
    room = ChatRoom.objects.create(
        id=pk, program=program, kind=kind, name=name, host=host_of(url) if url else "", topics=chosen, created_at=now,
        sealed_url=seal({"url": url}, USE) if url else "", secret_hash=signing.key_hash(door_secret(pk, 1, CHAT)),
    )  # fmt: skip
    record_creation(room, actor=by, verb="open_chat_room", fields=("kind", "name", "host", "topics"), now=now)
    return room


def close_room(room: ChatRoom, *, now: datetime, by: str) -> None:
    """Tell a room of nothing more and take nothing from it; its address is forgotten."""
    audited_save(room, {"closed_at": now, "topics": []}, actor=by, verb="close_chat_room", now=now)
    ChatRoom.objects.filter(pk=room.pk).update(sealed_url="")


def renew_room_secret(room: ChatRoom, *, now: datetime, by: str) -> str:
    """Give a room a new secret address of ours; the old one leads nowhere. Returns the path."""
    room.secret_number += 1
    room.secret_hash = signing.key_hash(door_secret(room.pk, room.secret_number, CHAT))
    room.save(update_fields=["secret_number", "secret_hash"])
    record_change(
        actor=by, verb="renew_chat_secret", subject_kind="chatroom", subject_id=room.pk, before={},
        after={"number": room.secret_number}, now=now,
    )  # fmt: skip
    return room_path(room)


def room_path(room: ChatRoom) -> str:
    """Return the path that a room's outgoing webhook posts to."""
    return f"/in/chat/{door_secret(room.pk, room.secret_number, CHAT)}"


def room_by_secret(secret: str) -> ChatRoom | None:
    """Return the open room that a secret belongs to."""
    rooms = ChatRoom.objects.filter(secret_hash=signing.key_hash(secret[:200]), closed_at=None)
    return rooms.select_related("program").first()


def tell_rooms(program_id: UUID, topic: str, text: str, *, key: str, now: datetime) -> int:
    """Promise a line to every room that wants to hear of a topic; the same `key` once. Returns how many are new."""
    rooms = ChatRoom.objects.filter(program_id=program_id, closed_at=None).exclude(sealed_url="")
    wanted = [room for room in rooms if topic in room.topics]
    payload = {"text": shown(text, _LONGEST)}
    return sum(
        enqueue(CHAT, f"chat:{room.pk}:{key}"[:200], payload | {"room": str(room.pk)}, due_at=now, now=now)
        for room in wanted
    )


def post_to_room(payload: Mapping[str, object], now: datetime) -> None:
    """Make one call that was promised. Raises NotCalled or NoAnswer where it should be tried again.

    Through the one client for outside calls: private addresses are refused, redirects are not followed.
    """
    room = ChatRoom.objects.filter(pk=UUID(str(payload["room"])), closed_at=None).first()
    if room is None or not room.sealed_url:
        return
    url, text = open_sealed(room.sealed_url, USE)["url"], str(payload["text"])
    said = {"content": text[:1_900], "allowed_mentions": {"parse": []}} if room.kind == "discord" else {
        "text": text.translate(_MARKS), "unfurl_links": False,
    }  # fmt: skip
    headers = {"Content-Type": "application/json"}
    answer = call("POST", url, headers=headers, body=json.dumps(said).encode(), seconds=SECONDS)
    if answer.status >= 400:
        raise Refused("chat_refused", f"The room answered with {answer.status}.")


def note_told(room_id: UUID, error: str, now: datetime) -> None:
    """Keep beside a room when it was told last, or why it was not."""
    values: dict[str, object] = {"last_error": error[:300]} if error else {"last_error": "", "told_at": now}
    ChatRoom.objects.filter(pk=room_id).update(**values)


def take_chat(
    room: ChatRoom, *, text: str, name: str, email: str = "", subject: str = "", outside_id: str = "", now: datetime
) -> Entry:
    """Take what somebody wrote in a room: into their thread by address, else by name. Raises Invalid without words.

    A room that did not hear our answer in time tells the same again: `outside_id` makes it one message.
    """
    known_by = f"chat:{room.pk}:{one_line(outside_id, 100)}" if outside_id else ""
    known = Entry.objects.filter(program_id=room.program_id, message_id=known_by).first() if known_by else None
    if known is not None:
        return known
    checks = Checks()
    text = shown(text, LONGEST_TEXT).strip()
    if not text:
        checks.refuse("text", _("Please fill this in."), "required")
    checks.done()
    who = Who(one_line(name, 200), plain_email(email))
    enrolment = enrolment_by_email(room.program_id, who.email) if who.email else None
    title = one_line(subject, 200) or f"{room.name}: {who.name or who.email or _('somebody')}"
    partner_id = enrolment.partner_id if enrolment else None
    thread = find_thread(room.program_id, partner_id, who.email, title, now)
    said = Said(text, who, room.kind, title, known_by)
    return take_message(room.program, said, enrolment=enrolment, thread=thread, now=now)


def _is_rooms_own(url: str, kind: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and host_of(url) in HOSTS[kind]
