"""A letter as a real mail server takes it: headers, both parts, and the same Message-ID at a second try."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from hanse.growth.sends.actions import plan_send
from hanse.growth.sends.models import Send
from hanse.growth.sends.sending import note_delivered
from hanse.growth.sends.tokens import stop_address
from hanse.growth.sends.types import Priority
from hanse.runtime.schedule import send_letters
from hanse.spine.outbox.models import OutboxItem
from tests import cast
from tests.growth import post

MONDAY = datetime(2026, 5, 11, 10, 0, tzinfo=UTC)


class Postbox:
    """Takes letters; refuses the first `refusals` of them for now."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.refusals = 0
        self.raw = b""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # aiosmtpd's name
        """Keep one letter."""
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        self.raw = bytes(envelope.content)
        if self.refusals:
            self.refusals -= 1
            return "451 come again"
        return "250 kept"


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.HANSE_SMTP_URL = f"smtp://127.0.0.1:{port}"
    settings.HANSE_PUBLIC_URL = "https://partners.a-company-with-a-rather-long-name.example.com"
    yield box
    server.stop()


@pytest.mark.django_db
def test_a_letter_arrives_whole_and_a_second_try_is_the_same_letter(postbox: Postbox) -> None:
    actors = cast.build()
    version = post.version(actors.program, MONDAY)
    plan_send(version, [actors.anas.pk], reason=Priority.NEWSLETTER, key="x", now=MONDAY)
    post.pass_time(MONDAY)
    postbox.refusals = 1
    send_letters(MONDAY)
    assert OutboxItem.objects.get().attempts == 1
    send_letters(MONDAY + timedelta(minutes=1))
    first, second = postbox.letters
    send = Send.objects.get()
    assert first["Message-ID"] == second["Message-ID"] == f"<{send.letter_id}@hanse>"
    assert second["To"] == actors.ana.email
    assert second["Subject"] == "Spring for Ana"
    assert f"\r\nList-Unsubscribe: <{stop_address(send.pk)}>\r\n".encode() in postbox.raw, "as it is, never encoded"
    assert second["List-Unsubscribe"].strip() == f"<{stop_address(send.pk)}>"
    assert second["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in second.walk()][1:] == ["text/plain", "text/html"]
    assert note_delivered(MONDAY + timedelta(minutes=2)) == 1
    assert Send.objects.get().state == "sent"
