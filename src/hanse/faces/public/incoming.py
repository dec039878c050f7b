"""What other systems bring by web: whole mails, and messages of chat rooms. The secret in the address is the key."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hanse.faces.common.access import public_page
from hanse.faces.public.limits import client_address, within_limit
from hanse.growth.chat.actions import room_by_secret, take_chat
from hanse.growth.mailroom.doors import door_by_secret
from hanse.growth.mailroom.reading import read_mail
from hanse.growth.mailroom.taking import take_mail
from hanse.growth.mailroom.types import MOST_BYTES
from hanse.kernel import clock
from hanse.kernel.errors import Invalid

_MOST_CHAT_BYTES = 100_000


@csrf_exempt
@public_page
@require_POST
def mail(request: HttpRequest, secret: str) -> HttpResponse:
    """Take one mail, whole (RFC 822). 204 once it is stored, 404 for a wrong address, 413 for one too big."""
    if not within_limit("mail-in", client_address(request), times=600, seconds=60):
        return HttpResponse(status=429)
    door = door_by_secret(secret)
    if door is None:
        return HttpResponse(status=404)
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        return HttpResponse(status=413)
    read = read_mail(raw)
    with transaction.atomic():
        take_mail(read, clock.now(), door=door, via="web")
    return HttpResponse(status=204)


@csrf_exempt
@public_page
@require_POST
def chat(request: HttpRequest, secret: str) -> HttpResponse:
    """Take what was written in a room: a form as Slack's outgoing webhooks send it, or JSON `{text, author, email}`."""
    if not within_limit("chat-in", client_address(request), times=120, seconds=60):
        return HttpResponse(status=429)
    room = room_by_secret(secret)
    if room is None:
        return HttpResponse(status=404)
    said = _said(request)
    if said is None:
        return JsonResponse({"error": "Send a form, or JSON with a text."}, status=400)
    if "challenge" in said:  # Slack asks once whether somebody is there
        return HttpResponse(said["challenge"][:200].encode(errors="replace"), content_type="text/plain")
    if said.get("user_name") == "slackbot" or said.get("bot_id"):
        return HttpResponse(status=200)  # our own words, come back
    try:
        with transaction.atomic():
            take_chat(
                room, text=said.get("text", ""), name=said.get("author") or said.get("user_name", ""),
                email=said.get("email", ""), subject=said.get("subject", ""), outside_id=_id_of(said), now=clock.now(),
            )  # fmt: skip
    except Invalid as error:
        return JsonResponse({"error": str(error)}, status=422)
    return HttpResponse(status=200)


def _id_of(said: Mapping[str, str]) -> str:
    """Return what Slack and others know one message by, "" for those that do not tell."""
    return said.get("client_msg_id") or said.get("ts") or said.get("timestamp") or ""


def _said(request: HttpRequest) -> dict[str, str] | None:
    raw = request.read(_MOST_CHAT_BYTES + 1) if request.content_type == "application/json" else b""
    if len(raw) > _MOST_CHAT_BYTES:
        return None
    values: Mapping[str, object] = request.POST if not raw else _json(raw)
    inner = values.get("event")  # the Events API wraps what was written
    if isinstance(inner, dict):
        values = {**inner, "user_name": inner.get("user", "")}
    known = {name: str(value)[:30_000] for name, value in values.items() if isinstance(value, str)}
    return known or None


def _json(raw: bytes) -> dict[str, object]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
