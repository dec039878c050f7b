"""`hanse doctor`: is this installation well, and if not, how is it mended?"""

from __future__ import annotations

import os
import platform
import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import django
from django.conf import settings
from django.db import DatabaseError, connection

from hanse import __version__
from hanse.growth.resources.files.queries import missing_files
from hanse.journal.engine import sqlite
from hanse.journal.opening import FILE, open_journal
from hanse.journal.port import JournalError
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.runtime.environment import journal_of
from hanse.runtime.mail import connect
from hanse.runtime.master_key import KEY_FILE
from hanse.runtime.migrate import is_current
from hanse.runtime.pipeline.lead import NAME
from hanse.runtime.processes import running_roles
from hanse.spine.outbox.models import OutboxItem
from hanse.spine.parked.models import ParkedFact
from hanse.spine.positions.models import Position
from hanse.spine.positions.queries import place_of
from hanse.traffic.clicks.months import click_parts, month_of

State = Literal["ok", "warn", "fail"]
LITTLE_DISK_BYTES, NO_DISK_BYTES = 2_000_000_000, 200_000_000
LONG_LAG = 10_000
LARGE_LOG_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how it is, what was seen, and what to do about it."""

    name: str
    state: State
    seen: str
    mend: str = ""

    def as_object(self) -> dict[str, str]:
        """Return it for JSON."""
        return asdict(self)


def examine() -> list[Check]:
    """Look at everything; a check that itself breaks is a failed check, never a trace."""
    return [check for look in _LOOKS for check in _looked(look)]


def _looked(look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except (DatabaseError, OSError, ValueError) as error:
        yield Check(
            look.__name__.strip("_"), "fail", f"{type(error).__name__}: {error}", "See the log, then run hanse migrate."
        )


def _versions() -> Iterator[Check]:
    python, lite = platform.python_version(), sqlite.sqlite_version
    seen = f"Hanse {__version__}, Python {python}, Django {django.__version__}, SQLite {lite}"
    yield Check("versions", "ok", seen)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = str(cursor.fetchone()[0])
        old = int(version.split(".")[0]) < 15
        yield Check(
            "postgresql", "fail" if old else "ok", f"PostgreSQL {version}", "Upgrade to 15 or newer." if old else ""
        )


def _settings() -> Iterator[Check]:
    local = settings.ALLOWED_HOSTS == ["*"]
    yield Check(
        "address", "warn" if local else "ok", settings.HANSE_PUBLIC_URL,
        "Set HANSE_PUBLIC_URL to what people type; links in mail point there." if local else "",
    )  # fmt: skip
    secure = local or settings.HANSE_PUBLIC_URL.startswith("https://")
    yield Check(
        "https", "ok" if secure else "warn", "on" if settings.SESSION_COOKIE_SECURE else "off",
        "" if secure else "Put a TLS proxy in front and set HANSE_PUBLIC_URL to https://…",
    )  # fmt: skip


def _data_folder() -> Iterator[Check]:
    mode = stat.S_IMODE((settings.DATA_DIR / KEY_FILE).stat().st_mode)
    yield Check(
        "secret key", "fail" if mode & 0o077 else "ok", f"mode {mode:o}",
        f"chmod 600 {settings.DATA_DIR / KEY_FILE}" if mode & 0o077 else "",
    )  # fmt: skip
    free = shutil.disk_usage(settings.DATA_DIR).free
    state: State = "fail" if free < NO_DISK_BYTES else "warn" if free < LITTLE_DISK_BYTES else "ok"
    yield Check(
        "disk",
        state,
        f"{free / 1e9:.1f} GB free",
        "" if state == "ok" else "Make room; writes stop when the disk is full.",
    )
    for path in sorted(Path(settings.DATA_DIR).glob("*.sqlite3-wal")):
        size = path.stat().st_size
        if size > LARGE_LOG_BYTES:
            yield Check(
                "log",
                "warn",
                f"{path.name} has {size / 1e9:.1f} GB",
                "A long-running reader keeps it; restart that process.",
            )


def _tables() -> Iterator[Check]:
    current = is_current()
    yield Check(
        "tables",
        "ok" if current else "fail",
        "current" if current else "older than this version",
        "" if current else "hanse migrate",
    )


def _roles() -> Iterator[Check]:
    running = [role for role in running_roles(settings.DATA_DIR) if role != "serve"]
    missing = sorted({"edge", "web", "work"} - set(running))
    yield Check(
        "roles", "warn" if missing else "ok", "running: " + (", ".join(running) or "none"),
        f"Not running here: {', '.join(missing)}. Start with hanse serve." if missing else "",
    )  # fmt: skip


def _pipeline() -> Iterator[Check]:
    where = journal_of(settings.HANSE_MASTER_KEY)
    if not where.is_shared and not (settings.DATA_DIR / FILE).exists():
        yield Check("pipeline", "ok", "no facts yet")
        return
    try:
        journal = open_journal(settings.DATA_DIR, where)
    except Refused as refused:
        yield Check("journal", "fail", refused.message, "See Journal on NATS in docs/operate.md.")
        return
    try:
        end = journal.end()
        place, journal_id = place_of(NAME)
        behind = journal.behind(place.sequence)
        other = bool(journal_id) and journal_id != str(journal.journal_id)
    except JournalError as error:
        yield Check("journal", "fail", str(error), "Is NATS running? Links redirect unrecorded meanwhile.")
        return
    finally:
        journal.close()
    if where.is_shared:
        yield Check("journal", "ok", f"NATS, stream {where.stream}, {where.durable}")
    if other or place.sequence > end:
        yield Check(
            "pipeline", "fail", "the position is of another journal", "Restore main and journal from one backup."
        )
        return
    late = behind > LONG_LAG
    yield Check(
        "pipeline", "warn" if late else "ok", f"{behind} records to apply",
        "Is the work role running? It applies what waits by itself." if late else "",
    )  # fmt: skip


def _click_months() -> Iterator[Check]:
    parts = click_parts()
    if not parts:
        return
    months = [part.month for part in parts if part.month]
    missing = not {month_of(clock.now()), month_of(clock.now()).next} <= set(months)
    rest = next((part.rows for part in parts if part.month is None), 0)
    span = f"{months[0].table[-7:]} to {months[-1].table[-7:]}" if months else "none"
    yield Check(
        "click months", "warn" if missing else "ok", f"{span}, about {rest} clicks outside",
        "The work role makes them every six hours; is it running?" if missing else "",
    )  # fmt: skip


def _facts() -> Iterator[Check]:
    for status, mend in (
        (ParkedFact.Status.WAITING, ""),
        (ParkedFact.Status.CONFLICT, "Decide which content is right: console, Traffic, Parked."),
        (ParkedFact.Status.FAILED, "Mend the cause, then apply them again: console, Traffic, Parked."),
    ):
        count = ParkedFact.objects.filter(status=status).count()
        bad = count > 0 and bool(mend)
        yield Check(f"facts {status.value}", "warn" if bad else "ok", str(count), mend if bad else "")


def _time() -> Iterator[Check]:
    if os.environ.get("HANSE_CLOCK"):
        yield Check(
            "clock", "warn", f"HANSE_CLOCK says {clock.now():%Y-%m-%d %H:%M}", "Unset HANSE_CLOCK outside tests."
        )
        return
    newest = Position.objects.filter(name=NAME).values_list("moved_at", flat=True).first()
    back = newest is not None and newest > clock.now() + timedelta(seconds=5)
    yield Check(
        "clock", "fail" if back else "ok", f"{clock.now():%Y-%m-%d %H:%M:%S} UTC",
        "The clock went back behind the last batch; set it right (NTP)." if back else "",
    )  # fmt: skip


def _uploads() -> Iterator[Check]:
    lost = missing_files()
    if lost:
        mend = "Put them back from a backup into files/ of the data folder; several web roles share that folder."
        yield Check("uploads", "fail", f"{lost} not on this disk", mend)


def _mail() -> Iterator[Check]:
    failed = OutboxItem.objects.exclude(failed_at=None).count()
    if failed:
        yield Check("letters given up", "warn", str(failed), "See last_error in the outbox; mend HANSE_SMTP_URL.")
    if not settings.HANSE_SMTP_URL:
        yield Check("mail", "warn", f"written to {settings.DATA_DIR / 'mail'}", "Set HANSE_SMTP_URL to send it.")
        return
    try:
        with connect(settings.HANSE_SMTP_URL) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield Check("mail", "fail", f"{type(error).__name__}", "Check HANSE_SMTP_URL: host, port, person, password.")
    else:
        yield Check("mail", "ok", "the mail server answers")


_LOOKS = (_versions, _settings, _data_folder, _tables, _roles, _pipeline, _click_months, _facts, _time, _uploads, _mail)
