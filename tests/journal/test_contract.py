"""What every journal promises, tried on each of them."""

from __future__ import annotations

import threading
import time

import pytest

from hanse.journal.group import GroupCommit
from tests.journal.conftest import Open


def bodies(*entries: object) -> list[bytes]:
    return [entry.body for entry in entries]  # type: ignore[attr-defined]


def test_an_empty_journal_has_no_end_and_nothing_to_read(opened: Open) -> None:
    journal = opened()
    assert journal.end() == 0
    assert journal.read(0, 10) == []
    assert journal.tail(10) == []
    assert journal.behind(0) == 0
    assert journal.prune(1 << 40) == 0


def test_records_come_back_in_order_with_rising_sequences(opened: Open) -> None:
    journal = opened()
    first = journal.append([b"a", b"b"])
    second = journal.append([b"c"])
    entries = journal.read(0, 10)
    assert bodies(*entries) == [b"a", b"b", b"c"]
    sequences = [entry.sequence for entry in entries]
    assert sequences == sorted(set(sequences))
    assert sequences[1] == first
    assert sequences[2] == second == journal.end()
    assert sequences[0] == first - 1, "the records of one call are consecutive"


def test_reading_goes_on_after_any_record_also_in_the_middle_of_a_call(opened: Open) -> None:
    journal = opened()
    journal.append([b"a", b"b", b"c"])
    journal.append([b"d"])
    entries = journal.read(0, 10)
    for place, entry in enumerate(entries):
        assert journal.read(entry.sequence, 10) == entries[place + 1 :]
    assert journal.read(0, 2) == entries[:2]
    assert journal.read(entries[1].sequence, 1) == [entries[2]]


def test_many_calls_are_read_in_parts_without_a_gap(opened: Open) -> None:
    journal = opened()
    for number in range(300):
        journal.append([str(number).encode(), b"x"])
    found, after = [], 0
    while part := journal.read(after, 77):
        found += part
        after = part[-1].sequence
    assert [entry.body for entry in found if entry.body != b"x"] == [str(number).encode() for number in range(300)]


def test_many_records_of_one_call_are_consecutive(opened: Open) -> None:
    journal = opened()
    many = [str(number).encode() for number in range(500)]
    last = journal.append(many)
    entries = journal.read(0, 1000)
    assert [entry.body for entry in entries] == many
    assert [entry.sequence for entry in entries] == list(range(last - 499, last + 1))


def test_bytes_of_every_kind_survive(opened: Open) -> None:
    journal = opened()
    odd = [b"", bytes(range(256)), b"\r\n+OK\r\n", b"x" * 300_000]
    journal.append(odd)
    assert bodies(*journal.read(0, 10)) == odd


def test_another_opening_is_the_same_journal_and_goes_on(opened: Open) -> None:
    journal = opened()
    end = journal.append([b"a", b"b", b"c"])
    name = journal.journal_id
    journal.close()
    again = opened()
    assert again.journal_id == name
    assert again.end() == end
    assert again.append([b"d"]) > end


def test_a_sequence_is_never_given_twice_even_after_pruning_everything(opened: Open) -> None:
    journal = opened()
    for body in (b"a", b"b", b"c"):
        end = journal.append([body])
    assert journal.prune(end + 1, limit=2) == 2
    assert bodies(*journal.read(0, 10)) == [b"c"]
    assert journal.prune(end + 1) == 1
    assert journal.prune(end + 1) == 0
    assert journal.end() == end
    assert journal.read(0, 10) == []
    journal.close()
    assert opened().append([b"d"]) > end


def test_pruning_keeps_what_is_not_below(opened: Open) -> None:
    journal = opened()
    journal.append([b"a"])
    second = journal.append([b"b"])
    assert journal.prune(second) == 1
    assert bodies(*journal.read(0, 10)) == [b"b"]


def test_what_waits_is_counted(opened: Open) -> None:
    journal = opened()
    ends = [journal.append([b"x"]) for _ in range(4)]
    assert [journal.behind(after) for after in (0, *ends)] == [4, 3, 2, 1, 0]


def test_the_tail_is_the_latest_in_order(opened: Open) -> None:
    journal = opened()
    for number in range(5):
        journal.append([str(number).encode()])
    assert bodies(*journal.tail(2)) == [b"3", b"4"]
    assert len(journal.tail(50)) == 5


def test_the_last_record_before_a_moment_is_found(opened: Open) -> None:
    journal = opened()
    first = journal.append([b"a"])
    time.sleep(0.02)
    between_ms = int(time.time() * 1000)
    time.sleep(0.02)
    second = journal.append([b"b"])
    assert journal.last_before(between_ms) == first
    assert journal.last_before(between_ms + 60_000) == second
    assert journal.last_before(1_000) == 0
    journal.prune(second)
    assert journal.last_before(between_ms) == first


def test_a_well_journal_says_so(opened: Open) -> None:
    journal = opened()
    journal.probe()
    assert journal.end() == 0, "a probe is no record"


def test_two_writers_lose_and_double_nothing(opened: Open) -> None:
    journals = [opened(), opened()]
    ends: list[int] = []

    def write(place: int) -> None:
        for number in range(60):
            ends.append(journals[place].append([f"{place}-{number}".encode()]))

    threads = [threading.Thread(target=write, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = journals[0].read(0, 1000)
    assert len(set(ends)) == 120
    assert sorted(entry.body for entry in entries) == sorted(f"{p}-{n}".encode() for p in (0, 1) for n in range(60))
    for place in (0, 1):
        own = [entry.body for entry in entries if entry.body.startswith(f"{place}-".encode())]
        assert own == [f"{place}-{number}".encode() for number in range(60)]


@pytest.mark.parametrize("size", [1, 40_000])
def test_each_request_of_a_group_hears_its_own_last_sequence(opened: Open, size: int) -> None:
    journal = opened()
    group: GroupCommit[int] = GroupCommit(journal, lambda lines: "".join(lines).encode(), lambda *_: None)
    group.add_line("click", 1)
    names = [f"{number:03d}".encode() * size for number in range(12)]
    futures = [(name, group.append([name, b"second " + name])) for name in names]
    for name, future in futures:
        last = future.result(timeout=10)
        assert bodies(*journal.read(last - 2, 2)) == [name, b"second " + name]
    group.stop()
