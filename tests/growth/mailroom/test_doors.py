"""The ways in over the wire: a real SMTP session, a box that is asked by IMAP, and a room that is called."""

from __future__ import annotations

import asyncio
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
from django.db import DataError, transaction

from hanse.growth.announcements.models import Announced
from hanse.growth.chat.actions import open_room, tell_rooms
from hanse.growth.chat.models import ChatRoom
from hanse.growth.chat.telling import tell_of_news
from hanse.growth.conversations.actions import ask_us
from hanse.growth.conversations.models import Entry
from hanse.growth.mailroom.doors import door_of, set_door
from hanse.growth.mailroom.models import MailDoor, TakenMail
from hanse.growth.mailroom.taking import take_mail
from hanse.kernel import clock as time
from hanse.runtime import mailroom
from hanse.runtime.mail import MailSession
from hanse.runtime.mail_boxes import ask_boxes
from hanse.runtime.talk import post_chat
from hanse.spine.outbound import NotCalled
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build
from tests.growth.mailroom import mails
from tests.listening import listening

ADDRESS = "team@harbour.example"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cast = build()
    set_door(door_of(cast.program, time.now()), address=ADDRESS, mentions_address="", now=time.now(), by="t")
    return cast


@pytest.fixture
def port(cast: Cast) -> Iterator[int]:
    """Listen as the mailroom does, in a thread of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    found: list[asyncio.Server] = []

    async def begin() -> None:
        found.append(await mailroom.listen("127.0.0.1", 0, "tests.example"))
        ready.set()

    thread = threading.Thread(target=lambda: (loop.run_until_complete(begin()), loop.run_forever()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield found[0].sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(found[0].close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def test_a_mail_is_answered_once_it_is_stored_and_strangers_addresses_are_refused(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as session:
        session.sendmail("ana@partners.example", [ADDRESS], mails.plain("By SMTP", Message_ID="<s1@mail.example>"))
        assert TakenMail.objects.get().via == "smtp"
        session.mail("ana@partners.example")
        assert session.rcpt("somebody@elsewhere.example")[0] == 550
        session.rset()
        monkeypatch.setattr(mailroom, "take_mail", _fails)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            session.sendmail("ana@partners.example", [ADDRESS], mails.plain("Again", Message_ID="<s2@mail.example>"))
        assert refused.value.smtp_code == 451
    assert TakenMail.objects.count() == 1


def test_a_mail_beyond_the_size_is_refused_and_not_kept(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as session:
        session.ehlo()
        assert int(session.esmtp_features["size"]) == 10_000_000
        with pytest.raises(smtplib.SMTPException):
            session.sendmail("ana@partners.example", [ADDRESS], b"Subject: x\r\n\r\n" + b"y" * 10_000_100)
    assert not TakenMail.objects.exists()


def _fails(*_args: object, **_more: object) -> None:
    raise OSError("the disk is full")


class _Box(socketserver.StreamRequestHandler):
    """A mail box that knows as much IMAP as we speak."""

    is_ailing, size = False, 200
    old: tuple[int, ...] = ()
    mails = (mails.plain("One", Message_ID="<i1@mail.example>"), mails.plain("Two", Message_ID="<i2@mail.example>"))

    def handle(self) -> None:
        """Speak."""
        self._say(b"* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.strip().partition(b" ")
            word, text = rest.split(b" ")[0].upper(), rest.upper()
            if word == b"CAPABILITY":
                self._say(b"* CAPABILITY IMAP4rev1")
            elif word in (b"SELECT", b"EXAMINE"):
                self._say(b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok")
            elif b"SEARCH" in text:
                first = int(text.split(b"UID ")[-1].split(b":")[0])
                since = text.partition(b" SINCE ")[2]
                assert not since or datetime.strptime(since.decode(), "%d-%b-%Y")
                gone = self.old if since else ()
                found = [n for n in (1, 2) if n >= min(first, 2) and n not in gone]
                self._say(b"* SEARCH " + b" ".join(str(n).encode() for n in found))
            elif self.is_ailing and b"FETCH" in text:
                pass
            elif b"RFC822.SIZE" in text:
                self._say(b"* 1 FETCH (UID 1 RFC822.SIZE " + str(self.size).encode() + b")")
            elif b"BODY.PEEK" in text:
                raw = self.mails[int(text.split(b" ")[2]) - 1]
                self._say(b"* 1 FETCH (UID 1 BODY[] {" + str(len(raw)).encode() + b"}\r\n" + raw + b")")
            if self.is_ailing and b"FETCH" in text:
                self._say(tag + b" NO [UNAVAILABLE] come again")
                continue
            if word == b"LOGIN" and b"wrong" in rest:
                self._say(tag + b" NO wrong password")
                continue
            self._say(tag + b" OK done")
            if word == b"LOGOUT":
                return

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def box() -> Iterator[int]:
    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Box)) as server:
        yield server.server_address[1]


def test_a_box_is_asked_for_what_is_new_and_each_mail_is_taken_once(
    cast: Cast, box: int, settings: pytest.FixtureRequest
) -> None:
    def keep(password: str) -> None:
        door = MailDoor.objects.get()
        set_door(
            door, address=ADDRESS, mentions_address="", imap_host="127.0.0.1", imap_port=box, imap_login="team",
            imap_password=password, now=time.now(), by="t",
        )  # fmt: skip

    keep("right")
    assert ask_boxes(time.now()) == 0
    assert "private network" in MailDoor.objects.get().imap_error
    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)  # type: ignore[attr-defined]  # pytest-django's own class
    assert ask_boxes(time.now()) == 2
    door = MailDoor.objects.get()
    assert (door.imap_uid_seen, door.imap_uid_validity, door.imap_error) == (2, 7, "")
    assert ask_boxes(time.now()) == 0
    assert set(TakenMail.objects.values_list("via", flat=True)) == {"imap"}
    keep("wrong")
    assert ask_boxes(time.now()) == 0
    assert "wrong password" in MailDoor.objects.get().imap_error


def test_a_mail_that_the_box_does_not_hand_out_now_is_asked_for_again(
    cast: Cast, box: int, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)  # type: ignore[attr-defined]  # pytest-django's own class
    set_door(
        MailDoor.objects.get(), address=ADDRESS, mentions_address="", imap_host="127.0.0.1", imap_port=box,
        imap_login="team", imap_password="right", now=time.now(), by="t",
    )  # fmt: skip
    monkeypatch.setattr(_Box, "is_ailing", True)
    assert ask_boxes(time.now()) == 0
    door = MailDoor.objects.get()
    assert door.imap_uid_seen == 0
    assert door.imap_error
    monkeypatch.setattr(_Box, "is_ailing", False)
    assert ask_boxes(time.now()) == 2


def test_of_a_mail_that_is_too_big_the_words_come_in_and_say_that_they_are_cut(
    cast: Cast, box: int, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)  # type: ignore[attr-defined]  # pytest-django's own class
    monkeypatch.setattr(_Box, "size", 20_000_000)
    set_door(
        MailDoor.objects.get(), address=ADDRESS, mentions_address="", imap_host="127.0.0.1", imap_port=box,
        imap_login="team", imap_password="right", now=time.now(), by="t",
    )  # fmt: skip
    assert ask_boxes(time.now()) == 2
    assert [(row.text, row.is_cut) for row in Entry.objects.order_by("id")] == [("One", True), ("Two", True)]


def test_of_a_box_that_was_never_read_only_the_last_days_come_in(
    cast: Cast, box: int, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)  # type: ignore[attr-defined]  # pytest-django's own class
    monkeypatch.setattr(_Box, "old", (1,))
    set_door(
        MailDoor.objects.get(), address=ADDRESS, mentions_address="", imap_host="127.0.0.1", imap_port=box,
        imap_login="team", imap_password="right", now=time.now(), by="t",
    )  # fmt: skip
    assert ask_boxes(time.now()) == 1
    assert Entry.objects.get().text == "Two"
    assert MailDoor.objects.get().imap_uid_seen == 2


def test_a_mail_that_cannot_be_stored_keeps_no_other_box_from_being_asked(
    cast: Cast, box: int, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HANSE_OUTBOUND_HOSTS = ("127.0.0.1",)  # type: ignore[attr-defined]  # pytest-django's own class
    other = make.program("quay")
    for door, address in ((MailDoor.objects.get(), ADDRESS), (door_of(other, time.now()), "team@quay.example")):
        set_door(
            door, address=address, mentions_address="", imap_host="127.0.0.1", imap_port=box, imap_login="team",
            imap_password="right", now=time.now(), by="t",
        )  # fmt: skip

    def refuse(mail: object, now: object, *, door: MailDoor, via: str) -> object:
        if door.program_id == cast.program.pk:
            raise DataError("text fields cannot contain this")
        return take_mail(mail, now, door=door, via=via)  # type: ignore[arg-type]

    monkeypatch.setattr("hanse.runtime.mail_boxes.take_mail", refuse)
    assert ask_boxes(time.now()) == 2
    assert MailDoor.objects.get(program=cast.program).imap_error
    assert set(TakenMail.objects.values_list("program", flat=True)) == {other.pk}


def test_a_room_that_leads_into_a_private_network_is_never_called(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_room(
        cast.program, kind="slack", name="x", url="https://hooks.slack.com/services/x", topics=["questions"],
        now=time.now(), by="t",
    )  # fmt: skip
    with transaction.atomic():
        ask_us(cast.anas, subject="Money", text="When?", now=time.now(), name="Ana", email=cast.ana.email)
    assert tell_of_news(time.now()) == 1
    assert tell_of_news(time.now()) == 0
    item = OutboxItem.objects.get(kind="chat")
    assert "Ana asks: Money" in item.payload["text"]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("10.0.0.7", 443))])
    with pytest.raises(NotCalled):
        post_chat(item, time.now())
    room.refresh_from_db()
    assert "private network" in room.last_error
    with transaction.atomic():
        assert tell_rooms(cast.program.pk, "first_sales", "x", key="k", now=time.now()) == 0
    assert ChatRoom.objects.count() == 1


def test_first_sales_of_other_programs_hide_none_of_ours_from_the_room(cast: Cast) -> None:
    open_room(
        cast.program, kind="slack", name="x", url="https://hooks.slack.com/services/x", topics=["first_sales"],
        now=time.now(), by="t",
    )  # fmt: skip
    subjects = [*(UUID(int=number) for number in range(1, 61)), cast.anas.pk]
    Announced.objects.bulk_create([
        Announced(kind="first_sale", subject=subject, announced_at=time.now()) for subject in subjects
    ])  # fmt: skip
    assert tell_of_news(time.now()) == 1
    assert "Ana made the first sale" in OutboxItem.objects.get(kind="chat").payload["text"]


def test_an_invitation_goes_out_as_a_calendar_that_mail_programs_answer(tmp_path: object, settings: object) -> None:
    from email import policy
    from email.parser import BytesParser
    from pathlib import Path

    settings.DATA_DIR, settings.HANSE_SMTP_URL = Path(str(tmp_path)), ""  # type: ignore[attr-defined]
    MailSession().deliver({
        "to": "ana@partners.example", "subject": "Hi\r\nBcc: x@y.example", "text": "Come", "html": "<p>Come</p>",
        "headers": {"Reply-To": "team@harbour.example\r\nBcc: x@y.example"},
        "calendar": {"method": "REQUEST", "text": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
    })  # fmt: skip
    raw = next((Path(str(tmp_path)) / "mail").glob("*.eml")).read_bytes()
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative", "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    assert [part.get_param("method") for part in mail.walk()][-1] == "REQUEST"
    assert mail["Bcc"] is None
