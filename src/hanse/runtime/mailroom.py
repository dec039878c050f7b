"""The mailroom role: takes mails by SMTP for the addresses of the programs, and for nobody else.

It says "250" only once a mail is stored, and "451" where it could not be: whoever brought it comes again. It relays
nothing and knows no passwords; it stands behind the mail server of the house, on this machine unless told otherwise.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connections, transaction

from hanse.growth.mailroom.doors import doors_for
from hanse.growth.mailroom.headers import plain_email
from hanse.growth.mailroom.reading import read_mail
from hanse.growth.mailroom.taking import take_mail
from hanse.growth.mailroom.types import MOST_BYTES
from hanse.kernel import clock

_log = structlog.get_logger("hanse.mailroom")
AT_ONCE = 2
MOST_CALLERS = 40
MOST_RECIPIENTS = 20
IDLE_SECONDS = 60
_TAKEN, _LATER, _UNKNOWN = (
    "250 Taken",
    "451 Could not be kept now; please come again",
    "550 Nobody has this address here",
)


def take_for(raw: bytes, recipients: Sequence[str]) -> int:
    """Take a mail for every program that its recipients belong to; all keep it or none does. Returns how many."""
    now, mail = clock.now(), read_mail(raw)
    try:
        with transaction.atomic():
            doors = doors_for(recipients)
            for door in doors:
                take_mail(mail, now, door=door, recipients=recipients, via="smtp")
    finally:
        connections.close_all()  # mails are rare: nothing stays open between them
    return len(doors)


class Handler:
    """Answers the steps of an SMTP session; the work is done in a few threads, so that no caller holds up another."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mailroom")

    async def take_recipient(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        """Take recipients that are ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 Too many recipients at once"
        plain = plain_email(address)
        try:
            is_ours = bool(plain) and await self._run(_is_ours, plain)
        except Exception:
            _log.exception("recipient_not_looked_up")
            return _LATER
        if not is_ours:
            return _UNKNOWN
        envelope.rcpt_tos.append(plain)
        return "250 OK"

    async def take_content(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep the mail, then say so."""
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        try:
            taken = await self._run(take_for, raw, tuple(envelope.rcpt_tos))
        except Exception:  # whatever went wrong here, the mail is not lost: its bringer keeps it
            _log.exception("mail_not_taken", bytes=len(raw))
            return _LATER
        return _TAKEN if taken else _UNKNOWN

    handle_RCPT, handle_DATA = take_recipient, take_content  # noqa: N815 (aiosmtpd calls them so)

    async def _run(self, act: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, act, *args)


def _is_ours(address: str) -> bool:
    try:
        return bool(doors_for([address]))
    finally:
        connections.close_all()


class Callers:
    """Makes a session for each caller and counts them: more than a few dozen at once are asked to come again."""

    def __init__(self, handler: Handler, hostname: str) -> None:
        self._handler, self._hostname, self.now = handler, hostname, 0

    def session(self) -> SMTP:
        """Return the protocol for one connection."""
        callers = self

        class Counted(SMTP):
            def connection_made(self, transport: Any) -> None:
                callers.now += 1
                if callers.now > MOST_CALLERS:
                    transport.write(b"421 Too many callers; please come again\r\n")
                    transport.close()
                    return
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                callers.now -= 1
                if self.transport is not None:
                    super().connection_lost(error)

        return Counted(
            self._handler, data_size_limit=MOST_BYTES, hostname=self._hostname, ident="Hanse", timeout=IDLE_SECONDS,
            enable_SMTPUTF8=True, command_call_limit={"*": 200, "RCPT": 100, "DATA": 50},
        )  # fmt: skip


async def listen(host: str, port: int, hostname: str) -> asyncio.Server:
    """Open the door for mails."""
    callers = Callers(Handler(), hostname)
    return await asyncio.get_running_loop().create_server(callers.session, host, port)


def run_mailroom(host: str, port: int, hostname: str) -> None:
    """Take mails until a signal ends it."""
    asyncio.run(_until_told(host, port, hostname))


async def _until_told(host: str, port: int, hostname: str) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await listen(host, port, hostname)
    _log.info("mailroom_listens", host=host, port=port)
    async with server:
        await stopped.wait()
