"""The work role: the pipeline without a pause while there are facts, and the schedule beside it."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import structlog
from django.db import close_old_connections, connection

from hanse.journal.opening import open_journal
from hanse.runtime.environment import journal_of
from hanse.runtime.master_key import master_key
from hanse.runtime.pipeline import LostLead, Pipeline, WrongJournal
from hanse.runtime.schedule import Schedule

_log = structlog.get_logger("hanse.work")
REST_SECONDS = 0.05  # between batches, so that pages get the write lock too
IDLE_SECONDS = 0.05
TROUBLE_SECONDS = 1.0


def run_work(data: Path) -> None:
    """Apply facts and run the schedule until a signal ends it; a batch under way is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    threading.Thread(target=Schedule().run_until, args=(stopped,), name="schedule", daemon=True).start()
    journal = open_journal(data, journal_of(master_key(data)))
    try:
        apply_until(stopped, Pipeline(journal, holder=worker_name()))
    finally:
        journal.close()


def worker_name() -> str:
    """Name this worker for the lease where several share a database; on SQLite the role's lock file rules."""
    return f"{socket.gethostname()}:{os.getpid()}" if connection.vendor == "postgresql" else ""


def apply_until(stopped: threading.Event, pipeline: Pipeline) -> None:
    """Apply batches until told to stop. A batch that fails as a whole is logged and tried again: nothing is skipped.

    Raises WrongJournal: stores of different backups must not be mixed.
    """
    while not stopped.is_set():
        close_old_connections()
        try:
            pause = REST_SECONDS if pipeline.run_once().facts else IDLE_SECONDS
        except WrongJournal:
            raise
        except LostLead:
            _log.info("another_worker_leads")
            pause = TROUBLE_SECONDS
        except Exception:
            _log.exception("batch_failed")
            pause = TROUBLE_SECONDS
        stopped.wait(pause)
