"""Group commit: many askers share one durable write, and each hears how it went."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

from hanse.journal.port import Journal, JournalError

Waiter = TypeVar("Waiter")
_GATHER_S = 0.00015  # under load this doubles a group, which saves more than it costs; alone nobody notices


class Group(Generic[Waiter]):
    """What is written together. `settle` succeeds once, for the writer or for the watch that ran out of patience."""

    __slots__ = ("_once", "began_at", "lines", "requests", "waiters")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.waiters: list[Waiter] = []
        self.requests: list[tuple[Sequence[bytes], Future[int]]] = []
        self.began_at = 0.0
        self._once = threading.Lock()

    def settle(self) -> bool:
        """Claim the right to answer this group's waiters."""
        return self._once.acquire(blocking=False)


class GroupCommit(Generic[Waiter]):
    """One thread that writes whatever has gathered while the last write was under way.

    Lines (clicks) are packed into one record a group by `pack`; their waiters are answered together by
    `answer(waiters, recorded)`, at the latest `patience_s` after the group began, then with False.
    """

    def __init__(
        self,
        journal: Journal,
        pack: Callable[[Sequence[str]], bytes],
        answer: Callable[[list[Waiter], bool], None],
        patience_s: float = 0.25,
    ) -> None:
        self._journal, self._pack, self._answer, self._patience_s = journal, pack, answer, patience_s
        self._gathering: Group[Waiter] = Group()
        self._writing: Group[Waiter] | None = None
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._wake: SimpleQueue[None] = SimpleQueue()  # the cheapest way to wake one thread
        self.failing = False
        self.written = 0
        self._writer = threading.Thread(target=self._write_forever, name="journal-writer", daemon=True)
        self._writer.start()
        threading.Thread(target=self._watch_forever, name="journal-watch", daemon=True).start()

    def add_line(self, line: str, waiter: Waiter) -> None:
        """Add one line to the gathering group; its waiter is answered when the group is durable (or will not be)."""
        with self._lock:
            group = self._gathering
            group.lines.append(line)
            group.waiters.append(waiter)
            if first := len(group.lines) == 1:
                group.began_at = time.monotonic()
        if first:
            self._wake.put(None)

    def append(self, records: Sequence[bytes]) -> Future[int]:
        """Add one request's records. The future gives the last sequence or raises JournalError."""
        done: Future[int] = Future()
        with self._lock:
            self._gathering.requests.append((records, done))
        self._wake.put(None)
        return done

    def stop(self) -> None:
        """Write what has gathered, at most for a few seconds, and end the threads (at a calm shutdown)."""
        self._stopped.set()
        self._wake.put(None)
        self._writer.join(timeout=5)

    def _write_forever(self) -> None:
        while not self._stopped.is_set():
            self._wake.get()
            time.sleep(_GATHER_S)
            while (group := self._take()) is not None:
                self._write(group)

    def _take(self) -> Group[Waiter] | None:
        with self._lock:
            group = self._gathering
            if not group.lines and not group.requests:
                return None
            self._gathering, self._writing = self._rest_of(group), group
            return group

    def _rest_of(self, group: Group[Waiter]) -> Group[Waiter]:
        """Cut a group down to what the journal takes at once; return the requests that are left for the next one."""
        rest, left = Group[Waiter](), self._journal.most_bytes
        if not left or not group.requests:
            return rest
        left -= sum(map(len, group.lines))
        for place, (records, _) in enumerate(group.requests):
            left -= sum(map(len, records))
            if left < 0 and (place or group.lines):
                group.requests, rest.requests = group.requests[:place], group.requests[place:]
                break
        return rest

    def _write(self, group: Group[Waiter]) -> None:
        records = [self._pack(group.lines)] if group.lines else []
        for request, _ in group.requests:
            records.extend(request)
        try:
            last = self._journal.append(records)
        except Exception as error:  # the thread must live on, and those who wait must hear
            self._finish(group, 0, error if isinstance(error, JournalError) else JournalError(repr(error)))
        else:
            self._finish(group, last - len(records) + bool(group.lines), None)

    def _finish(self, group: Group[Waiter], before: int, error: JournalError | None) -> None:
        self._writing = None
        self.failing = error is not None
        if error is None:
            self.written += len(group.lines)
        if group.waiters and group.settle():
            self._answer(group.waiters, error is None)
        for records, done in group.requests:
            before += len(records)
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(before)

    def _watch_forever(self) -> None:
        """Answer the waiters of groups that take too long: a slow disk must not hold up a visitor."""
        while not self._stopped.wait(0.02):
            overdue = time.monotonic() - self._patience_s + 0.03
            writing = self._writing
            if writing is not None and writing.waiters and writing.began_at < overdue and writing.settle():
                self._answer(writing.waiters, False)
            with self._lock:
                group = self._gathering
                stuck = bool(group.lines) and group.began_at < overdue
                if stuck:  # never written: its clicks were answered as unrecorded
                    late = group.waiters
                    group.lines, group.waiters = [], []
            if stuck:
                self._answer(late, False)
