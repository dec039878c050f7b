"""The journal: safe when it says so, in order, never a number twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hanse.journal.engine import sqlite
from hanse.journal.group import GroupCommit
from hanse.journal.port import JournalError
from hanse.journal.sqlite import SqliteJournal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.sqlite3")


def test_records_come_back_in_order(journal: SqliteJournal) -> None:
    assert journal.append([b"a", b"b"]) == 2
    assert journal.append([b"c"]) == 3
    assert [(entry.sequence, entry.body) for entry in journal.read(1, 10)] == [(2, b"b"), (3, b"c")]
    assert journal.read(0, 1)[0].body == b"a"
    assert journal.end() == 3


def test_many_records_of_one_call_are_consecutive(journal: SqliteJournal) -> None:
    bodies = [str(number).encode() for number in range(500)]
    assert journal.append(bodies) == 500
    assert [entry.body for entry in journal.read(0, 1000)] == bodies


def test_a_number_is_never_given_twice_even_after_pruning_everything(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.sqlite3")
    journal.append([b"a", b"b", b"c"])
    assert journal.prune(4, limit=2) == 2
    assert journal.prune(4) == 1
    assert journal.end() == 3
    journal.close()
    again = SqliteJournal(tmp_path / "j.sqlite3")
    assert again.append([b"d"]) == 4
    assert again.journal_id == journal.journal_id


def test_the_last_record_before_a_moment_is_found(journal: SqliteJournal) -> None:
    journal.append([b"a"])
    time.sleep(0.01)
    between_ms = int(time.time() * 1000)
    time.sleep(0.01)
    journal.append([b"b"])
    assert journal.last_before(between_ms) == 1
    assert journal.last_before(0) == 0
    assert journal.last_before(between_ms + 10_000) == 2
    journal.prune(2)
    assert journal.last_before(between_ms) == 1


def test_the_disk_is_synced_unless_the_operator_said_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert SqliteJournal(tmp_path / "a")._writer.execute("PRAGMA synchronous").fetchone()[0] == 2
    monkeypatch.setenv("HANSE_JOURNAL_SYNC", "normal")
    assert SqliteJournal(tmp_path / "b")._writer.execute("PRAGMA synchronous").fetchone()[0] == 1
    monkeypatch.setenv("HANSE_JOURNAL_SYNC", "off")
    with pytest.raises(ValueError):
        SqliteJournal(tmp_path / "c")


def test_a_failed_append_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j.sqlite3")
    blocker = sqlite.connect(str(tmp_path / "j.sqlite3"), isolation_level=None)
    journal._writer.execute("PRAGMA busy_timeout = 50")
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError):
        journal.append([b"a"])
    blocker.execute("ROLLBACK")
    assert journal.append([b"b"]) == 1
    assert [entry.body for entry in journal.read(0, 10)] == [b"b"]


WRITER = """
import sys
from hanse.journal.sqlite import SqliteJournal
from hanse.journal.group import GroupCommit
journal = SqliteJournal(sys.argv[1])
print("ready", flush=True)
def answer(waiters, recorded):
    if recorded:
        sys.stdout.write("".join(f"{waiter}\\n" for waiter in waiters))
        sys.stdout.flush()
group = GroupCommit(journal, lambda lines: "\\n".join(lines).encode(), answer)
number = 0
while True:
    number += 1
    group.add_line(str(number), number)
    if number % 50 == 0:
        group.append([f"fact {number}".encode()]).result()
        sys.stdout.write(f"fact {number}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("round_number", range(3))
def test_what_was_answered_survives_kill_9_and_is_there_once(tmp_path: Path, round_number: int) -> None:
    path = tmp_path / "journal.sqlite3"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", WRITER, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.extend(process.stdout.readlines()))  # type: ignore[union-attr]
    reader.start()
    time.sleep(0.3 + 0.11 * round_number)
    process.send_signal(signal.SIGKILL)
    process.wait()
    reader.join()
    answered = [line.strip().decode() for line in heard if line.endswith(b"\n")]
    kept = [text for entry in SqliteJournal(path).read(0, 1_000_000) for text in entry.body.decode().split("\n")]
    assert len(answered) > 100
    assert len(kept) == len(set(kept))
    assert set(answered) <= set(kept)


class SlowJournal:
    """A disk that takes its time, or fails."""

    most_bytes = 0

    def __init__(self) -> None:
        self.pause_s, self.broken, self.calls = 0.0, False, list[int]()

    def append(self, records: Sequence[bytes]) -> int:
        self.calls.append(len(records))
        time.sleep(self.pause_s)
        if self.broken:
            raise JournalError("no space left on device")
        return sum(self.calls)


class Answers:
    def __init__(self) -> None:
        self.told: dict[int, bool] = {}
        self.at: dict[int, float] = {}

    def __call__(self, waiters: list[int], recorded: bool) -> None:
        for waiter in waiters:
            assert waiter not in self.told, "answered twice"
            self.told[waiter], self.at[waiter] = recorded, time.monotonic()


def grouped(journal: object, answers: Answers) -> GroupCommit[int]:
    return GroupCommit(journal, lambda lines: "".join(lines).encode(), answers)  # type: ignore[arg-type]


def wait_for(answers: Answers, count: int, within_s: float = 3) -> None:
    until = time.monotonic() + within_s
    while len(answers.told) < count and time.monotonic() < until:
        time.sleep(0.005)
    assert len(answers.told) == count


def test_those_who_come_during_a_write_share_the_next() -> None:
    journal, answers = SlowJournal(), Answers()
    journal.pause_s = 0.05
    group = grouped(journal, answers)
    for number in range(200):
        group.add_line("x", number)
    wait_for(answers, 200)
    assert all(answers.told.values())
    assert len(journal.calls) <= 3


def test_a_slow_disk_lets_visitors_go_unrecorded_within_250_ms() -> None:
    journal, answers = SlowJournal(), Answers()
    journal.pause_s = 1.0
    group = grouped(journal, answers)
    began = time.monotonic()
    group.add_line("first", 1)
    time.sleep(0.05)
    group.add_line("second", 2)
    wait_for(answers, 2)
    assert answers.told == {1: False, 2: False}
    assert answers.at[1] - began < 0.26
    assert answers.at[2] - began < 0.31
    time.sleep(1.2)
    assert journal.calls == [1], "the second was answered as unrecorded and must not be written later"


def test_a_full_disk_lets_visitors_go_and_the_next_success_heals() -> None:
    journal, answers = SlowJournal(), Answers()
    journal.broken = True
    group = grouped(journal, answers)
    group.add_line("x", 1)
    wait_for(answers, 1)
    with pytest.raises(JournalError):
        group.append([b"fact"]).result(timeout=2)
    assert group.failing
    journal.broken = False
    group.add_line("y", 2)
    wait_for(answers, 2)
    assert answers.told == {1: False, 2: True}
    assert not group.failing


def test_each_request_hears_its_own_last_sequence(tmp_path: Path) -> None:
    journal, answers = SqliteJournal(tmp_path / "j"), Answers()
    group = grouped(journal, answers)
    group.add_line("click", 1)
    futures = [(name, group.append([name, name + b"2"])) for name in (b"a", b"b", b"c")]
    for name, future in futures:
        last = future.result(timeout=3)
        assert [entry.body for entry in journal.read(last - 2, 2)] == [name, name + b"2"]


def test_two_threads_of_requests_and_clicks_lose_nothing(tmp_path: Path) -> None:
    journal, answers = SqliteJournal(tmp_path / "j"), Answers()
    group: GroupCommit[int] = GroupCommit(journal, lambda lines: b"C" + " ".join(lines).encode(), answers)

    def clicks() -> None:
        for number in range(2_000):
            group.add_line(str(number), number)

    def facts() -> None:
        for number in range(100):
            group.append([f"F{number}".encode()]).result(timeout=5)

    threads = [threading.Thread(target=work) for work in (clicks, facts, facts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(answers, 2_000)
    bodies = [entry.body for entry in journal.read(0, 100_000)]
    written = [int(text) for body in bodies if body.startswith(b"C") for text in body[1:].split()]
    assert written == list(range(2_000))
    assert sum(body.startswith(b"F") for body in bodies) == 200
