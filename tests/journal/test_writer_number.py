"""Numbers of writers: one holder at a time, its own back at once, a silent one's only after a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from hanse.edge.mint import Mint, NoNumber
from hanse.journal.nats import NatsJournal
from hanse.journal.settings import JournalSettings
from hanse.journal.writer_number import MARGIN_S, SILENCE_S, Grant, WriterNumber
from hanse.kernel.errors import Refused
from hanse.kernel.tokens import EPOCH_SECONDS, ClickTokens


class Bench:
    """Writers of one journal under a clock of uptime that the test moves."""

    def __init__(self, journal: NatsJournal, settings: JournalSettings) -> None:
        self.uptime, self.grants = 1_000.0, dict[str, list[Grant]]()
        self._journal, self._settings = journal, settings

    def writer(self, holder: str, wanted: int | None = None, second: Callable[[], int] = lambda: 500) -> WriterNumber:
        told = self.grants.setdefault(holder, [])
        return WriterNumber(
            self._journal.link, self._settings, holder, second, told.append, wanted, clock=lambda: self.uptime
        )

    def numbers(self, holder: str) -> list[int]:
        return [grant.number for grant in self.grants[holder]]


@pytest.fixture
def bench(nats_settings: JournalSettings) -> Iterator[Bench]:
    journal = NatsJournal(nats_settings)
    yield Bench(journal, nats_settings)
    journal.close()


def test_each_writer_gets_a_number_of_its_own_and_keeps_it(bench: Bench) -> None:
    writers = [bench.writer(name) for name in "abc"]
    for _ in range(3):
        assert all(writer._beat() for writer in writers)
        bench.uptime += 5
    assert [bench.numbers(name) for name in "abc"] == [[0, 0, 0], [1, 1, 1], [2, 2, 2]]
    assert [grant.is_new for grant in bench.grants["a"]] == [True, False, False]
    assert bench.grants["a"][-1].until == 1_010 + SILENCE_S - MARGIN_S


def test_after_a_crash_it_gets_its_number_back_at_once(bench: Bench) -> None:
    bench.writer("a")._beat()
    bench.writer("b")._beat()
    bench.writer("a")._beat()
    assert bench.numbers("a") == [0, 0]
    assert bench.grants["a"][1].is_new


def test_a_silent_writers_number_is_taken_only_when_nothing_else_is_left_and_time_has_passed(bench: Bench) -> None:
    for number in range(16):
        assert bench.writer(f"writer {number}")._beat()
    late = bench.writer("late", second=lambda: 400)
    assert not late._beat()
    bench.uptime += SILENCE_S - 1
    assert not late._beat()
    bench.uptime += 1
    assert late._beat()
    grant = bench.grants["late"][0]
    assert grant.number == 0
    assert grant.after_second == 500 + SILENCE_S, "no second that the silent one may have used"


def test_who_was_silent_too_long_finds_its_number_taken_and_gets_another(bench: Bench) -> None:
    silent = bench.writer("silent", wanted=None)
    silent._beat()
    other = bench.writer("other", wanted=0)
    assert not other._beat()
    bench.uptime += SILENCE_S
    assert other._beat()
    assert silent._beat()
    assert bench.numbers("silent") == [0, 1]
    assert bench.numbers("other") == [0]


def test_a_number_that_was_given_back_is_free_at_once(bench: Bench) -> None:
    first = bench.writer("first", wanted=7)
    first.start()
    first.stop()
    assert bench.writer("second", wanted=7)._beat()
    assert bench.grants["second"][0].after_second == 500


def test_a_wanted_number_that_beats_is_refused_in_one_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = bench.writer("first", wanted=3)
    holder._beat()
    second = bench.writer("second", wanted=3)

    def sleep(_seconds: float) -> None:
        bench.uptime += 4
        holder._beat()

    monkeypatch.setattr("hanse.journal.writer_number.time.sleep", sleep)
    with pytest.raises(Refused, match=r"Edge number 3 is in use on .*HANSE_EDGE_NUMBER"):
        second.start()
    assert bench.grants["second"] == []


def test_a_copied_data_folder_does_not_make_two_of_one(bench: Bench) -> None:
    first, twin = bench.writer("same"), bench.writer("same")
    told: list[list[int]] = []
    for _ in range(4):
        first._beat()
        twin._beat()
        told.append([writer._mine[0] if writer._mine else -1 for writer in (first, twin)])
    assert told[-1][0] != told[-1][1]
    assert told[-1] == told[-2], "they settle"


def test_a_mint_stops_by_itself_when_its_number_lapses_and_goes_on_behind_what_others_used() -> None:
    now = [100.0]
    mint = Mint(ClickTokens(b"k" * 32), None, -1, lambda: now[0])
    at_ms = (EPOCH_SECONDS + 50) * 1000
    with pytest.raises(NoNumber):
        mint.token(1, at_ms)
    mint.assign(4, until=110, after_second=60)
    tokens = ClickTokens(b"k" * 32)
    first = tokens.read(mint.token(1, at_ms).text)
    assert (first.edge, first.sequence, int(first.at.timestamp()) - EPOCH_SECONDS) == (4, 0, 61)
    now[0] = 111
    with pytest.raises(NoNumber):
        mint.token(1, at_ms)
    mint.assign(4, until=120)
    assert mint.token(1, at_ms).text != first
    mint.assign(5, until=120, after_second=90)
    assert tokens.read(mint.token(1, at_ms).text).edge == 5
