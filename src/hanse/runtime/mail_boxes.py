"""Mail boxes that are asked by IMAP for what came: read only, a few at a time, each mail once.

The box keeps its mails as they were; we remember up to which number we have read. A mail that cannot be kept now stops
the reading there, and is asked for again next time.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from imaplib import Time2Internaldate
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from hanse.growth.mailroom.doors import imap_password
from hanse.growth.mailroom.models import MailDoor
from hanse.growth.mailroom.reading import read_mail
from hanse.growth.mailroom.taking import take_mail
from hanse.growth.mailroom.types import MOST_BYTES
from hanse.spine.outbound import address_is_public

_log = structlog.get_logger("hanse.mailroom")
SECONDS = 20
AT_ONCE = 50
_TLS_PORT = 993
_BEGINNING_BYTES = 500_000
_FIRST_LOOK = timedelta(days=14)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class BoxTrouble(Exception):
    """A box that cannot be asked; the text says why in one line."""


def ask_boxes(now: datetime) -> int:
    """Ask every box for new mails; what goes wrong with one is kept beside it. Returns how many mails were taken."""
    count = 0
    for door in MailDoor.objects.exclude(imap_host="").exclude(imap_sealed="").select_related("program"):
        error = ""
        try:
            count += _ask(door, now)
        except (BoxTrouble, OSError, imaplib.IMAP4.error, ValueError, DatabaseError) as trouble:
            error = str(trouble)[:300] or type(trouble).__name__
            _log.warning("mail_box_trouble", program=str(door.program_id), error=type(trouble).__name__)
        with transaction.atomic():
            MailDoor.objects.filter(pk=door.pk).update(imap_checked_at=now, imap_error=error)
    return count


def _ask(door: MailDoor, now: datetime) -> int:
    box = _connect(door.imap_host, door.imap_port)
    try:
        box.login(door.imap_login, imap_password(door))
        if box.select(f'"{door.imap_folder}"', readonly=True)[0] != "OK":
            raise BoxTrouble(f"There is no folder {door.imap_folder}.")
        _note_validity(door, _validity(box))
        count = 0
        for uid, raw, is_whole in _new_ones(box, door.imap_uid_seen, now):
            mail = read_mail(raw) if raw is not None else None
            mail = replace(mail, is_cut=True) if mail is not None and not is_whole else mail
            with transaction.atomic():
                if mail is not None:
                    take_mail(mail, now, door=door, via="imap")
                    count += 1
                MailDoor.objects.filter(pk=door.pk).update(imap_uid_seen=uid)
        return count
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _new_ones(box: imaplib.IMAP4, seen: int, now: datetime) -> Iterator[tuple[int, bytes | None, bool]]:
    """Yield number and content of the next mails and whether it is all of it; None for one that is gone.

    Of one that is too big the beginning is read: its words stand before what hangs on it. Of a box that was never read
    only the last days are: what lay there for years is no question that waits for us.
    """
    lately = "" if seen else f" SINCE {Time2Internaldate(now - _FIRST_LOOK)[1:12].strip()}"
    _status, found = box.uid("SEARCH", f"UID {seen + 1}:*{lately}")
    uids = sorted(int(word) for word in (found[0] or b"").split() if word.isdigit() and int(word) > seen)
    for uid in uids[:AT_ONCE]:
        told = _fetched(box, uid, "(RFC822.SIZE)")
        size = _SIZE.search(_bytes(told))
        if size is None:
            yield uid, None, True
            continue
        is_whole = int(size.group(1)) <= MOST_BYTES
        parts = _fetched(box, uid, "(BODY.PEEK[])" if is_whole else f"(BODY.PEEK[]<0.{_BEGINNING_BYTES}>)")
        yield uid, next((part[1] for part in parts if isinstance(part, tuple)), None), is_whole


def _fetched(box: imaplib.IMAP4, uid: int, what: str) -> list[Any]:
    """Fetch something of a mail. A box that says no has the mail still: it is asked for again, not passed over."""
    status, parts = box.uid("FETCH", str(uid), what)
    if status != "OK":
        raise BoxTrouble("The box did not hand out a mail; it is asked for again.")
    return parts


def _bytes(parts: object) -> bytes:
    found = parts if isinstance(parts, list) else []
    return b" ".join(part if isinstance(part, bytes) else part[0] for part in found if part)


def _validity(box: imaplib.IMAP4) -> int:
    _status, told = box.response("UIDVALIDITY")
    word = (told or [None])[0]
    return int(word) if isinstance(word, bytes) and word.isdigit() else 0


def _note_validity(door: MailDoor, validity: int) -> None:
    """Begin anew where the box numbered its mails anew: those known already are known by their Message-IDs."""
    if door.imap_uid_validity != validity:
        door.imap_uid_seen = 0 if door.imap_uid_validity else door.imap_uid_seen
        door.imap_uid_validity = validity
        with transaction.atomic():
            door.save(update_fields=["imap_uid_validity", "imap_uid_seen"])


def _connect(host: str, port: int) -> imaplib.IMAP4:
    """Open a session by TLS. Only hosts the operator trusts may be reached without TLS, or lie in a private network."""
    is_trusted = host in settings.HANSE_OUTBOUND_HOSTS or f"{host}:{port}" in settings.HANSE_OUTBOUND_HOSTS
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not is_trusted and not all(address_is_public(str(row[4][0])) for row in rows):
        raise BoxTrouble(f"{host} leads into a private network.")
    if is_trusted and port != _TLS_PORT:
        return imaplib.IMAP4(host, port, timeout=SECONDS)
    return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=SECONDS)
