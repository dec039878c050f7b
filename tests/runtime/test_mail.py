"""Letters: written as files without a mail server, sent with one, tried again when nobody takes them."""

import email
import smtplib
import socketserver
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import policy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import send_mail

from hanse.kernel import clock as time
from hanse.runtime.mail import MailSession
from hanse.runtime.schedule import send_letters
from hanse.spine.outbox.actions import claim, enqueue, keep_claim
from hanse.spine.outbox.models import OutboxItem
from tests.listening import listening

LETTER = {
    "to": "ada@x.example",
    "subject": "Paid: £12.00 – señor 中",
    "text": "plain",
    "html": "<p>rich</p>",
    "language": "es",
}


def deliver(payload: dict[str, str]) -> None:
    with MailSession() as session:
        session.deliver(payload)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path


class Postbox(socketserver.StreamRequestHandler):
    """The least that an SMTP server says; it knows nobody called “bad”, and hangs up after `most` letters."""

    taken: list[bytes]
    sessions: list[int]
    most = 1000

    def handle(self) -> None:
        self.sessions.append(1)
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and b"<bad" in line:
                self.wfile.write(b"550 nobody\r\n")
                continue
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.taken.append(body)
                if len(self.taken) % self.most == 0:
                    self.wfile.write(b"250 ok\r\n")
                    return
            self.wfile.write(b"250 ok\r\n" if verb != b"QUIT" else b"221 bye\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    taken: list[bytes] = []
    Postbox.sessions = []
    handler = type("Handler", (Postbox,), {"taken": taken})
    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)) as server:
        monkeypatch.setattr(settings, "HANSE_SMTP_URL", f"smtp://127.0.0.1:{server.server_address[1]}")
        yield taken


def test_without_a_mail_server_a_letter_becomes_a_file(own_folder: Path) -> None:
    deliver(LETTER)
    (path,) = (own_folder / "mail").glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (letter["Subject"], letter["To"], letter["Content-Language"]) == (LETTER["subject"], "ada@x.example", "es")
    assert letter.get_body(("plain",)).get_content().strip() == "plain"
    assert letter.get_body(("html",)).get_content().strip() == "<p>rich</p>"


def test_a_line_break_cannot_add_a_header(own_folder: Path) -> None:
    deliver({**LETTER, "subject": "Hello\r\nBcc: eve@x.example"})
    (path,) = (own_folder / "mail").glob("*.eml")
    assert email.message_from_bytes(path.read_bytes(), policy=policy.default)["Bcc"] is None


def test_a_letter_is_sent_by_smtp(postbox: list[bytes]) -> None:
    deliver(LETTER)
    assert len(postbox) == 1
    assert b"To: ada@x.example" in postbox[0]


@pytest.mark.django_db
def test_a_letter_in_the_outbox_is_sent_once(postbox: list[bytes]) -> None:
    now = time.now()
    enqueue("mail", "hello:1", LETTER, due_at=now, now=now)
    assert (send_letters(now), send_letters(now)) == (1, 0)
    assert len(postbox) == 1
    assert OutboxItem.objects.get().payload == {}


@pytest.mark.django_db
def test_a_letter_that_nobody_takes_is_tried_again_later(monkeypatch: pytest.MonkeyPatch, postbox: list[bytes]) -> None:
    now = time.now()
    enqueue("mail", "hello:1", LETTER, due_at=now, now=now)

    def refuse(_session: object, _payload: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(MailSession, "deliver", refuse)
        send_letters(now)
    item = OutboxItem.objects.get()
    assert (item.done_at, item.last_error) == (None, "SMTPServerDisconnected")
    assert send_letters(now + timedelta(seconds=5)) == 0
    assert send_letters(now + timedelta(seconds=11)) == 1
    assert len(postbox) == 1


@pytest.mark.django_db
def test_djangos_own_letters_go_through_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "hanse.runtime.mail.OutboxBackend")
    send_mail("Subject", "Text", None, ["ada@x.example"])
    assert OutboxItem.objects.get().payload["to"] == "ada@x.example"


def _promise(*names: str) -> datetime:
    now = time.now()
    for name in names:
        enqueue("mail", f"hello:{name}", {**LETTER, "to": f"{name}@x.example"}, due_at=now, now=now)
    return now


@pytest.mark.django_db
def test_letters_that_are_taken_together_go_through_one_session(postbox: list[bytes]) -> None:
    now = _promise("ada", "bo", "cy")
    assert send_letters(now) == 3
    assert (len(postbox), len(Postbox.sessions)) == (3, 1)
    assert OutboxItem.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_a_bad_recipient_stops_neither_the_others_nor_the_session(postbox: list[bytes]) -> None:
    now = _promise("ada", "bad", "cy")
    send_letters(now)
    assert (len(postbox), len(Postbox.sessions)) == (2, 1)
    (left,) = OutboxItem.objects.filter(done_at=None)
    assert (left.key, left.last_error) == ("hello:bad", "SMTPRecipientsRefused")


@pytest.mark.django_db
def test_a_server_that_hangs_up_after_each_letter_still_gets_every_one_once(
    postbox: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Postbox, "most", 1)
    send_letters(_promise("ada", "bo", "cy"))
    assert (len(postbox), len(Postbox.sessions)) == (3, 3)
    assert len({email.message_from_bytes(one)["Message-ID"] for one in postbox}) == 3
    assert OutboxItem.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_a_server_that_cannot_be_reached_is_asked_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nobody(url: str) -> smtplib.SMTP:
        asked.append(url)
        raise ConnectionRefusedError

    monkeypatch.setattr(settings, "HANSE_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setattr("hanse.runtime.mail.connect", nobody)
    send_letters(_promise("ada", "bo", "cy"))
    assert len(asked) == 1
    assert set(OutboxItem.objects.values_list("last_error", "attempts")) == {("ConnectionRefusedError", 1)}


@pytest.mark.django_db
def test_what_another_worker_took_meanwhile_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters behind slow ones outlive their claim: who sends asks again before it sends."""
    now = _promise("ada", "bo")
    monkeypatch.setattr("hanse.runtime.schedule.CLAIM_HOLDS", timedelta(0))
    sent: list[object] = []
    others: list[OutboxItem] = []

    def slow(_session: object, payload: dict[str, object]) -> None:
        others.extend(item for item in claim(5, now + timedelta(minutes=5)) if item.key == "hello:bo")
        sent.append(payload["to"])

    monkeypatch.setattr(MailSession, "deliver", slow)
    assert send_letters(now) == 2
    assert sent == ["ada@x.example"]
    assert [keep_claim(item, now) for item in others] == [True]
