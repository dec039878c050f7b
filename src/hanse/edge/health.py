"""Whether the edge lives (/healthz), whether it should get visitors (/readyz), and what it counted (/metrics)."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from hanse.edge.answers import NO_STORE, send_json, send_page
from hanse.edge.counts import Counts
from hanse.edge.directory import Directory
from hanse.edge.pass_on import PassOn
from hanse.journal.port import Journal, JournalError

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Health:
    """Answers for machines. Nothing here names a person, a link or a partner."""

    def __init__(
        self, journal: Journal, failing: Callable[[], bool], directory: Directory, pass_on: PassOn, counts: Counts,
        blocking: Executor,
    ) -> None:  # fmt: skip
        self._journal, self._failing, self._directory = journal, failing, directory
        self._pass_on, self._counts, self._blocking = pass_on, counts, blocking
        self._started_at = time.time()

    def send_alive(self, proto: Any) -> None:
        """Answer /healthz: the process runs."""
        send_json(proto, 200, {"ok": True})

    async def send_ready(self, proto: Any) -> None:
        """Answer /readyz: 200 when the journal takes records, the doors are read and the web role answers; else 503."""
        loop = asyncio.get_running_loop()
        checks = {
            "journal": await loop.run_in_executor(self._blocking, self._journal_takes),
            "doors": self._directory.open,
            "web": await self._pass_on.reachable(),
        }
        ready = all(checks.values())
        send_json(proto, 200 if ready else 503, {"ok": ready, **checks}, extra=() if ready else [("retry-after", "2")])

    def send_metrics(self, proto: Any, *, private: bool) -> None:
        """Answer /metrics, to neighbours only: the numbers tell how a business goes."""
        if not private:
            send_page(proto, 403, "Not from here", "Metrics are shown to private addresses only.")
            return
        headers = [("content-type", "text/plain; version=0.0.4; charset=utf-8"), NO_STORE]
        proto.response_str(200, headers, self._counts.lines(self._gauges()))

    def _journal_takes(self) -> bool:
        try:
            self._journal.probe()
        except JournalError:
            return False
        return True

    def _gauges(self) -> list[tuple[str, str, float]]:
        try:
            end = self._journal.end()
        except JournalError:
            end = -1
        return [
            ("hanse_journal_end", "Sequence of the journal's last record.", end),
            ("hanse_journal_failing", "1 when the last write to the journal failed.", self._failing()),
            ("hanse_links", "Links in memory.", len(self._directory.links)),
            ("hanse_doors_open", "1 when the door tables can be read.", self._directory.open),
            ("hanse_edge_started_seconds", "When the edge began, in seconds since 1970.", self._started_at),
            ("hanse_edge_cpu_seconds", "Processor time used by the edge.", _cpu_s()),
            ("hanse_edge_resident_bytes", "Memory held by the edge.", _resident_bytes()),
        ]


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident_bytes() -> float:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return float(int(file.read().split()[1]) * _PAGE_BYTES)
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
