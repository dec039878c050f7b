"""Whether the edge lives (/healthz), whether it should get visitors (/readyz), and what it counted (/metrics)."""

from __future__ import annotations

import asyncio
import os
import resource
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from hanse.edge.answers import NO_STORE, send_json, send_page
from hanse.edge.backlog import FRESH_S, Backlog, Backlogs
from hanse.edge.counts import Counts, Gauge
from hanse.edge.directory import Directory
from hanse.edge.origin import Origins
from hanse.edge.pass_on import PassOn
from hanse.edge.settings import HealthSettings
from hanse.journal.port import Journal, JournalError
from hanse.kernel.signing import constant_time_equal

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TEXT = ("content-type", "text/plain; version=0.0.4; charset=utf-8")


class Health:
    """Answers for machines. Nothing here names a person, a link or a partner."""

    def __init__(
        self, journal: Journal, failing: Callable[[], bool], directory: Directory, pass_on: PassOn, origins: Origins,
        counts: Counts, blocking: Executor, backlogs: Backlogs, settings: HealthSettings,
    ) -> None:  # fmt: skip
        self._journal, self._failing, self._directory = journal, failing, directory
        self._pass_on, self._origins, self._counts, self._blocking = pass_on, origins, counts, blocking
        self._backlogs, self._settings = backlogs, settings
        self._started_at = time.time()
        self._probing, self._probed_at = threading.Lock(), -FRESH_S
        self._takes = self._was_failing = False

    def send_alive(self, proto: Any) -> None:
        """Answer /healthz: 200 while the process serves, with `ok` false where the last write to the journal failed.

        It stays 200 then: links still lead on (unrecorded), and starting anew frees no disk.
        """
        journal = "failing" if self._failing() else "ok"
        send_json(proto, 200, {"ok": journal == "ok", "journal": journal, "unrecorded": self._counts.unrecorded})

    async def send_ready(self, proto: Any) -> None:
        """Answer /readyz: 200 when the journal takes records, the doors are read, the web role answers and the pipeline
        is not too far behind; else 503 and `why`."""
        loop = asyncio.get_running_loop()
        backlog = await loop.run_in_executor(self._blocking, self._backlogs.read)
        lag_s, limit_s = backlog.lag_s, self._settings.ready_lag_s
        checks = {
            "journal": await loop.run_in_executor(self._blocking, self._journal_takes),
            "doors": self._directory.open,
            "web": await self._pass_on.reachable(),
            "pipeline": not (limit_s and lag_s is not None and lag_s > limit_s),
        }
        ready = all(checks.values())
        body = {"ok": ready, **checks, "lag_seconds": lag_s, "lag_records": backlog.behind}
        if ready:
            send_json(proto, 200, body)
        else:
            why = [_WHY[name].format(lag=lag_s or 0, limit=limit_s) for name, well in checks.items() if not well]
            send_json(proto, 503, {**body, "why": why}, extra=[("retry-after", "2")])

    async def send_metrics(self, scope: Any, proto: Any) -> None:
        """Answer /metrics to who knows the token; where none is set, to neighbours: it tells how a business goes."""
        if self._settings.metrics_token:
            given = scope.headers.get("authorization") or ""
            if not constant_time_equal(given, f"Bearer {self._settings.metrics_token}"):
                extra = [("www-authenticate", "Bearer")]
                send_page(proto, 401, "Not without the token", "Send the metrics token as a bearer token.", extra)
                return
        elif not self._origins.is_neighbour(scope):
            send_page(proto, 403, "Not from here", "Metrics are shown to private addresses only.")
            return
        loop = asyncio.get_running_loop()
        backlog = await loop.run_in_executor(self._blocking, self._backlogs.read)
        proto.response_str(200, [_TEXT, NO_STORE], self._counts.lines([*self._gauges(), *_gauges_of(backlog)]))

    def _journal_takes(self) -> bool:
        """Ask the journal, at most once a second: anybody may ask us, and each time it waits for the disk.

        What was heard before a write failed, or before one worked again, counts no more.
        """
        with self._probing:
            is_failing = self._failing()
            if time.monotonic() - self._probed_at >= FRESH_S or is_failing is not self._was_failing:
                try:
                    self._journal.probe()
                    self._takes = True
                except JournalError:
                    self._takes = False
                self._probed_at, self._was_failing = time.monotonic(), is_failing
            return self._takes

    def _gauges(self) -> list[Gauge]:
        return [
            Gauge("hanse_journal_failing", "1 when the last write to the journal failed.", self._failing()),
            Gauge("hanse_links", "Links in memory.", len(self._directory.links)),
            Gauge("hanse_doors_open", "1 when the door tables can be read.", self._directory.open),
            Gauge("hanse_edge_started_seconds", "When the edge began, in seconds since 1970.", self._started_at),
            Gauge("hanse_edge_cpu_seconds", "Processor time used by the edge.", _cpu_s()),
            Gauge("hanse_edge_resident_bytes", "Memory held by the edge.", _resident_bytes()),
        ]


_WHY = {
    "journal": "The journal takes no records: is the disk full, or the journal's server gone?",
    "doors": "The database cannot be read, or has no tables yet.",
    "web": "The web role does not answer.",
    "pipeline": "The pipeline is {lag:.0f} seconds behind; HANSE_READY_LAG_SECONDS allows {limit}. Is work running?",
}


def _gauges_of(backlog: Backlog) -> list[Gauge]:
    """Return what is known of the backlog; what could not be read is left out rather than told as 0."""
    found = [
        Gauge("hanse_journal_end", "Sequence of the journal's last record.", backlog.journal_end),
        Gauge("hanse_pipeline_position", "Sequence up to which the pipeline has applied the journal.", backlog.applied),
        Gauge("hanse_pipeline_lag_records", "Journal records not applied yet.", backlog.behind),
        Gauge("hanse_pipeline_lag_seconds", "Age of the oldest record not applied yet.", backlog.lag_s),
        Gauge("hanse_outbox_waiting", "Effects on the outside world not done yet.", backlog.outbox_waiting),
        Gauge("hanse_outbox_failed", "Effects that failed for good and wait for a person.", backlog.outbox_failed),
    ]
    if backlog.applied is not None:
        parked = {status: backlog.parked.get(status, 0) for status in ("waiting", "conflict", "failed")}
        meaning = "Facts that wait for something or contradict."
        found += [
            Gauge("hanse_facts_parked", meaning, parked["waiting"], (("status", "waiting"),)),
            Gauge("hanse_facts_parked", meaning, parked["conflict"], (("status", "conflict"),)),
            Gauge("hanse_facts_set_aside", "Facts that failed and wait for a person.", parked["failed"]),
        ]
    return found


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident_bytes() -> float:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return float(int(file.read().split()[1]) * _PAGE_BYTES)
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
