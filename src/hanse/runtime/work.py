"""The work role: the pipeline without a pause while there are facts, and the schedule beside it.

Of several on one database one applies facts and one runs the schedule, each as long as it keeps its lease.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from pathlib import Path

import structlog
from django.db import close_old_connections, connection, connections

from hanse.journal.opening import open_journal
from hanse.journal.port import JournalError
from hanse.runtime.caught_up import CaughtUp
from hanse.runtime.environment import journal_of
from hanse.runtime.master_key import master_key
from hanse.runtime.pipeline import LostLead, Pipeline, WrongJournal
from hanse.runtime.schedule import OUTWARD_TASKS, TASKS, Schedule
from hanse.runtime.stuck import guard_connections, watch_sessions

_log = structlog.get_logger("hanse.work")
REST_SECONDS = 0.05  # between batches, so that pages get the write lock too
IDLE_SECONDS = 0.05
TROUBLE_SECONDS = 1.0


def run_work(data: Path) -> None:
    """Apply facts and run the schedule until a signal ends it; a batch under way is finished first."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    guard_connections("hanse work")
    connections.close_all()
    threading.Thread(target=watch_sessions, args=(stopped,), name="stuck", daemon=True).start()
    name = worker_name()
    journal = open_journal(data, journal_of(master_key(data)))
    caught_up = CaughtUp(journal)
    for what, tasks in (("schedule", TASKS), ("outward", OUTWARD_TASKS)):
        schedule = Schedule(tasks, holder=name, name=what, facts_are_in=caught_up)
        threading.Thread(target=schedule.run_until, args=(stopped,), name=what, daemon=True).start()
    pipeline = Pipeline(journal, holder=name)
    try:
        apply_until(stopped, pipeline)
        pipeline.step_down()
    finally:
        journal.close()


def worker_name() -> str:
    """Name this worker for the lease where several share a database; on SQLite the role's lock file rules."""
    if connection.vendor != "postgresql":
        return ""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


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
        except JournalError as error:
            _log.warning("journal_out_of_reach", why=str(error))
            pause = TROUBLE_SECONDS
        except Exception:
            _log.exception("batch_failed")
            pause = TROUBLE_SECONDS
        stopped.wait(pause)
