"""The post, for tests: one letter with a version, and what the clock does with what is planned."""

from __future__ import annotations

from datetime import datetime

from hanse.growth.templates.actions import keep_message
from hanse.growth.templates.models import MessageVersion
from hanse.programs.programs.models import Program
from hanse.runtime.letters import queue_one_part
from hanse.spine.outbox.models import OutboxItem

BODY = "Hello {{ partner.first_name }},\n\n[Open your page](https://shop.example/spring)\n"


def version(
    program: Program, now: datetime, *, name: str = "Spring", kind: str = "newsletter", body: str = BODY
) -> MessageVersion:
    """Keep a letter in English."""
    contents = {"en": {"subject": f"{name} for {{{{ partner.first_name }}}}", "body": body}}
    return keep_message(program, name=name, kind=kind, contents=contents, now=now, by="ruth@harbour.example")


def pass_time(now: datetime) -> int:
    """Let the sender work once; returns how many letters were queued."""
    return queue_one_part(now)[1]


def mails() -> list[dict[str, object]]:
    """Return the payloads that wait in the outbox, in the order in which they were queued."""
    return [item.payload for item in OutboxItem.objects.filter(kind="mail").order_by("due_at", "id")]
