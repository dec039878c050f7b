"""Mail: sent by SMTP where HANSE_SMTP_URL says how, else written as files that any mail program opens."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from email.message import EmailMessage as Letter
from email.policy import EmailPolicy
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from hanse.kernel import clock
from hanse.kernel.ids import new_id
from hanse.spine.outbox.actions import enqueue

SECONDS = 20
_DONE = 250


class WholeWords(EmailPolicy):
    """Folds headers of addresses and ids between their words only.

    Python would write a word that is longer than a line as an encoded one, which is no address any more: mail programs
    could not stop letters by one click, nor thread an answer.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return one header as text."""
        if name.lower() not in _WHOLE or not str(value).isascii():
            return str(super().fold(name, value))
        words = str(value).split()
        return f"{name}: {f'{self.linesep} '.join(words)}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header as bytes."""
        if name.lower() not in _WHOLE or not str(value).isascii():
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")


_WHOLE = frozenset(("list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references", "message-id"))
_POLICY = WholeWords()


class MailSession:
    """One conversation with the mail server for many letters: begun with the first, begun anew where it broke off.

    A server that cannot be reached is asked once: the other letters of the session do not wait for it again.
    """

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None
        self._unreachable: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None

    def deliver(self, payload: Mapping[str, Any]) -> None:
        """Send one letter: `{to, subject, text, html?, language?, headers?, calendar?}`.

        Raises OSError or SMTPException if it stays; the next one is none the worse.
        The message id is made of the letter's own key where it has one, so a receiver sees a second try as the same
        letter.
        """
        letter = _letter(payload)
        if settings.HANSE_SMTP_URL:
            self._send(letter, settings.HANSE_SMTP_URL)
        else:
            _write(letter, settings.DATA_DIR / "mail")

    def _send(self, letter: Letter, url: str) -> None:
        server = self._server if self._is_ready() else self._begin(url)
        assert server is not None
        try:
            server.send_message(letter)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            raise  # only this letter was refused; the session goes on
        except (OSError, smtplib.SMTPException):
            self._drop()
            raise

    def _is_ready(self) -> bool:
        """Say whether the session still stands: servers hang up after a while, or after so many letters."""
        if self._server is None:
            return False
        with suppress(OSError, smtplib.SMTPException):
            if self._server.rset()[0] == _DONE:
                return True
        self._drop()
        return False

    def _begin(self, url: str) -> smtplib.SMTP:
        if self._unreachable is not None:
            raise self._unreachable
        try:
            self._server = connect(url)
        except (OSError, smtplib.SMTPException) as error:
            self._unreachable = error
            raise
        return self._server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _letter(payload: Mapping[str, Any]) -> Letter:
    letter = Letter(policy=_POLICY)
    letter["From"] = settings.HANSE_MAIL_FROM
    letter["To"] = _one_line(payload["to"])
    letter["Subject"] = _one_line(payload["subject"])
    letter["Date"] = formatdate(clock.now().timestamp())
    letter["Message-ID"] = str(payload.get("message_id") or make_msgid(domain="hanse"))
    for name, value in dict(payload.get("headers") or {}).items():
        letter[_one_line(name)] = _one_line(value)
    letter.set_content(str(payload["text"]))
    if payload.get("html"):
        letter.add_alternative(str(payload["html"]), subtype="html")
    if payload.get("calendar"):  # an invitation that calendars answer: {method, text}
        method = {"method": _one_line(payload["calendar"]["method"])}
        letter.add_alternative(str(payload["calendar"]["text"]), subtype="calendar", params=method)
    if payload.get("language"):
        letter["Content-Language"] = _one_line(payload["language"])  # after the content, which clears such headers
    return letter


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _write(letter: Letter, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{new_id()}"
    draft.write_bytes(letter.as_bytes())
    draft.rename(folder / f"{clock.now():%Y%m%dT%H%M%S}-{draft.name[-12:]}.eml")


def connect(url: str) -> smtplib.SMTP:
    """Open a session to `smtp://person:password@host:587` (STARTTLS where offered) or `smtps://…:465`."""
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS)
        if server.has_extn("starttls") or (server.ehlo()[0] == 250 and server.has_extn("starttls")):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


class OutboxBackend(BaseEmailBackend):
    """Django's and allauth's own letters go through the outbox like every other."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        """Put letters into the outbox; the worker sends them."""
        now, count = clock.now(), 0
        for message in email_messages:
            html = next((str(part[0]) for part in getattr(message, "alternatives", ()) if part[1] == "text/html"), "")
            for to in message.recipients():
                payload = {
                    "to": to,
                    "subject": message.subject,
                    "text": message.body,
                    "html": html,
                    "headers": message.extra_headers,
                }
                enqueue("mail", f"mail:{new_id()}", payload, due_at=now, now=now)
                count += 1
        return count
