"""The journal on NATS: refused where it could lose something, down and up again, nothing doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import nats
import pytest

from hanse.journal.nats import NatsJournal
from hanse.journal.nats_link import Unanswered
from hanse.journal.port import JournalError, TooLarge
from hanse.journal.settings import JournalSettings, journal_settings
from hanse.kernel.errors import Refused
from tests.nats_server import NatsServer
from tests.served import until


@pytest.fixture
def journal(nats_settings: JournalSettings) -> Iterator[NatsJournal]:
    log = NatsJournal(nats_settings)
    yield log
    log.close()


@pytest.fixture
def own_server() -> Iterator[NatsServer]:
    server = NatsServer()
    server.start()
    yield server
    server.remove()


def test_without_the_operators_word_on_durability_it_does_not_start(nats_settings: JournalSettings) -> None:
    with pytest.raises(Refused, match="sync_interval: always"):
        NatsJournal(replace(nats_settings, durable=""))


def test_three_replicas_are_refused_where_there_is_one_server(nats_settings: JournalSettings) -> None:
    with pytest.raises(Refused, match="three replicas"):
        NatsJournal(replace(nats_settings, durable="replicas"))


def test_a_stream_with_one_replica_is_no_stream_with_three(
    journal: NatsJournal, nats_settings: JournalSettings
) -> None:
    with pytest.raises(Refused, match="1 replicas; three"):
        NatsJournal(replace(nats_settings, durable="replicas"))


def test_another_installations_journal_is_refused(nats_settings: JournalSettings) -> None:
    NatsJournal(replace(nats_settings, fingerprint="one")).close()
    with pytest.raises(Refused, match=r"another secret\.key"):
        NatsJournal(replace(nats_settings, fingerprint="two"))


def test_a_stream_of_somebody_else_is_refused(nats_server: NatsServer, nats_settings: JournalSettings) -> None:
    async def make() -> None:
        client = await nats.connect(nats_server.url)
        await client.jetstream().add_stream(name=nats_settings.stream, subjects=[f"{nats_settings.stream}.>"])
        await client.close()

    asyncio.run(make())
    with pytest.raises(Refused, match="not a journal of Hanse"):
        NatsJournal(nats_settings)


def test_two_that_open_a_new_journal_at_once_share_one_name(nats_settings: JournalSettings) -> None:
    found: list[NatsJournal] = []
    threads = [threading.Thread(target=lambda: found.append(NatsJournal(nats_settings))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.journal_id for one in found}) == 1
    for one in found:
        one.close()


def test_a_publication_whose_answer_was_lost_is_not_doubled(
    journal: NatsJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, times = journal.link.ask, []

    def lossy(*arguments: object, **more: object) -> dict[str, object]:
        told = really(*arguments, **more)  # type: ignore[arg-type]
        times.append(told)
        if len(times) < 3:
            raise Unanswered("the answer was lost on its way")
        return told

    monkeypatch.setattr(journal.link, "ask", lossy)
    last = journal.append([b"once"])
    monkeypatch.undo()
    assert len(times) == 3
    assert [(entry.sequence, entry.body) for entry in journal.read(0, 10)] == [(last, b"once")]


def test_what_fits_only_deflated_is_taken_and_what_does_not_fit_is_named(journal: NatsJournal) -> None:
    journal.append([b"so much alike " * 400_000])
    assert len(journal.read(0, 1)[0].body) == 5_600_000
    with pytest.raises(TooLarge):
        journal.append([os.urandom(2 << 20)])
    assert journal.append([b"after"]) == journal.end()


def test_a_server_that_is_down_fails_at_once_and_is_found_again(own_server: NatsServer) -> None:
    journal = NatsJournal(JournalSettings(own_server.url, "always"))
    journal.append([b"before"])
    own_server.stop(signal.SIGKILL)
    until(lambda: not journal.link.is_up)
    began = time.monotonic()
    with pytest.raises(JournalError):
        journal.append([b"never"])
    with pytest.raises(JournalError):
        journal.probe()
    assert time.monotonic() - began < 0.5
    own_server.start()
    until(lambda: journal.link.is_up)
    journal.append([b"after"])
    assert [entry.body for entry in journal.read(0, 10)] == [b"before", b"after"]
    journal.close()


def test_a_write_under_way_when_the_server_falls_is_made_or_not_but_never_twice(own_server: NatsServer) -> None:
    journal = NatsJournal(JournalSettings(own_server.url, "always"))
    answered: list[bytes] = []
    stopped = threading.Event()

    def write() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            body = str(number).encode()
            try:
                journal.append([body])
            except JournalError:
                time.sleep(0.02)
                continue
            answered.append(body)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(2):
        time.sleep(0.5)
        own_server.stop(signal.SIGKILL)
        own_server.start()
    until(lambda: journal.link.is_up)
    time.sleep(0.5)
    stopped.set()
    writer.join()
    kept = [entry.body for entry in journal.read(0, 100_000)]
    assert len(answered) > 20
    assert len(kept) == len(set(kept))
    assert set(answered) <= set(kept)
    journal.close()


def test_a_journal_opens_without_its_server_and_comes_alive_with_it(own_server: NatsServer) -> None:
    own_server.stop()
    journal = NatsJournal(JournalSettings(own_server.url, "always"))
    with pytest.raises(JournalError):
        journal.append([b"x"])
    with pytest.raises(JournalError):
        _ = journal.journal_id
    own_server.start()
    until(lambda: journal.link.is_up)
    assert journal.append([b"x"]) == journal.end()
    journal.close()


def test_those_who_listen_hear_every_writer(nats_settings: JournalSettings) -> None:
    one, other = NatsJournal(nats_settings), NatsJournal(nats_settings)
    heard: list[bytes] = []
    until(lambda: one.link.is_up)  # who is not connected yet hears what comes afterwards
    one.listen(heard.append)
    other.append([b"a", b"b"])
    one.append([b"c"])
    until(lambda: heard == [b"a", b"b", b"c"])
    one.close()
    other.close()


def test_credentials_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    server = NatsServer(more='authorization { user: "hanse", password: "s3cret" }')
    server.start()
    address = server.url.replace("nats://", "nats://hanse:s3cret@")
    journal = NatsJournal(JournalSettings(address, "always"))
    assert journal.append([b"x"])
    journal.close()
    stranger = NatsJournal(JournalSettings(server.url, "always"))
    with pytest.raises(JournalError, match=r"(?i)authorization"):
        stranger.append([b"x"])
    stranger.close()
    server.remove()


@pytest.mark.parametrize(
    ("name", "value"),
    [("HANSE_JOURNAL_URL", "redis://x"), ("HANSE_NATS_DURABLE", "yes"), ("HANSE_NATS_STREAM", "a.b")],
)
def test_settings_without_meaning_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        journal_settings()
