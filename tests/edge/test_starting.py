"""One edge a data folder; tokens that a restart cannot repeat; the short way in; records written without HTTP."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from hanse.edge.bots import Bots
from hanse.edge.capture import capture_clicks, capture_facts
from hanse.edge.links import MAX_UNKNOWN, LinkTable
from hanse.edge.mint import Mint, last_minted_second
from hanse.edge.origin import IpHashes
from hanse.edge.records import LinkRow, Program
from hanse.edge.visitors import Repeats
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.errors import Invalid
from hanse.kernel.facts import ClickEnvelope, ClickFact, FactDefaults, decode_envelope
from hanse.kernel.tokens import EPOCH, EPOCH_SECONDS
from tests.edge.door_tables import PROGRAM, usual_tables
from tests.edge.serving import BROWSER, TOKENS, serving
from tests.edge.test_clicks import token_of

KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def test_a_second_edge_on_the_same_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path):
        command = [sys.executable, "-m", "hanse.edge", "--data", str(tmp_path), "--port", "0"]
        second = subprocess.run(
            command, capture_output=True, text=True, env={"PYTHONPATH": "src"}, timeout=20, check=False
        )
        assert second.returncode == 2
        assert second.stderr.strip().endswith("stop it first.")
        assert second.stderr.count("\n") == 1


def test_known_links_take_the_short_way(tmp_path: Path) -> None:
    from hanse.edge import granian_door

    assert hasattr(granian_door._futures, granian_door._SCHEDULING), "granian has changed: see edge/granian_door.py"


@pytest.mark.slow
def test_three_times_killed_under_load_every_token_has_one_row(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    tokens: list[str] = []
    for _ in range(3):
        with serving(tmp_path) as edge:
            stopped = threading.Event()

            def visit(url: str, stopped: threading.Event = stopped) -> None:
                with httpx.Client(headers={"user-agent": BROWSER}) as browser, contextlib.suppress(httpx.HTTPError):
                    while not stopped.is_set():
                        tokens.append(token_of(browser.get(f"{url}/spring")))
                        browser.cookies.clear()  # each visit is another person

            visitors = [threading.Thread(target=visit, args=(edge.url,)) for _ in range(4)]
            for visitor in visitors:
                visitor.start()
            stopped.wait(0.7)
            edge.stop(signal.SIGKILL)
            stopped.set()
            for visitor in visitors:
                visitor.join()
            rows = [click.core_hex for click in edge.clicks()]
    answered = [TOKENS.read(token).core_hex for token in tokens if token]
    assert len(answered) > 50
    assert len(answered) == len(set(answered))
    assert len(rows) == len(set(rows))
    assert set(answered) <= set(rows)


def test_logs_and_answers_tell_nothing_personal(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path) as edge:
        with edge.client() as browser:
            token = token_of(browser.get("/spring"))
            browser.get("/console")
            secret = {"authorization": "Bearer hz_secret_secret_secret"}
            browser.post("/v1/conversions", json={"customer": {"email": "ann@x.example"}}, headers=secret)
        log = edge.stop()
    assert "edge_serves" in log
    for personal in (token, "127.0.0.1:", "ann@", "hz_secret", BROWSER):
        assert personal not in log


def test_a_restart_under_a_frozen_clock_cannot_repeat_a_token(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j")
    mint = Mint(TOKENS, 0, last_second=100)
    at_ms = (EPOCH_SECONDS + 100) * 1000
    first = [mint.token(1, at_ms) for _ in range(20_000)]
    capture_clicks(journal, [ClickFact(token.core_hex, 1, NOW) for token in first])
    last = last_minted_second(TOKENS, (entry.body for entry in reversed(journal.read(0, 1_000))), edge=0)
    again = Mint(TOKENS, 0, last)
    second = [again.token(1, at_ms) for _ in range(20_000)]
    assert len({token.core for token in first + second}) == 40_000


def test_tokens_tell_the_second_of_the_click() -> None:
    mint = Mint(TOKENS, 3, last_second=0)
    core = TOKENS.read(mint.token(9, (EPOCH_SECONDS + 500) * 1000 + 999).text)
    assert (core.at, core.edge, core.link_number) == (EPOCH + timedelta(seconds=500), 3, 9)


def test_addresses_hash_alike_for_a_day_and_a_household() -> None:
    hashes, day_ms = IpHashes(b"k" * 32), 86_400_000
    assert hashes.of("203.0.113.9", 0) == hashes.of("203.0.113.9", day_ms - 1) != hashes.of("203.0.113.9", day_ms)
    assert hashes.of("2001:db8::1", 0) == hashes.of("[2001:db8::ffff]", 0) != hashes.of("2001:db8:0:1::1", 0)
    assert hashes.of("::ffff:203.0.113.9", 0) == hashes.of("203.0.113.9", 0)


def test_a_repeat_is_one_for_thirty_seconds_and_no_longer() -> None:
    repeats = Repeats()
    repeats.remember("v1", "T", 1_000)
    assert repeats.find("v1", 30_999) == "T"
    assert repeats.find("v1", 31_000) == ""
    assert repeats.find("v2", 1_001) == ""
    repeats.remember("v9", "U", 29_000)
    repeats.remember("v8", "W", 40_000)
    assert repeats.find("v9", 58_999) == "U"
    repeats.forget("v9")
    assert repeats.find("v9", 40_000) == ""
    assert not repeats.holds("v9", "U")


def test_slugs_that_do_not_exist_cannot_fill_the_memory() -> None:
    table = LinkTable()
    for number in range(MAX_UNKNOWN * 3 + 10):
        table.remember_unknown(f"x{number}")
    assert len(table._unknown) <= MAX_UNKNOWN * 2
    assert table.is_unknown(f"x{MAX_UNKNOWN * 3 - MAX_UNKNOWN // 2}"), "the latest are remembered when a set is full"


def test_a_link_reads_back_as_published_and_follows_its_program() -> None:
    table = LinkTable()
    old = Program(PROGRAM, "p", "", "hz_click", "EUR", frozenset(), frozenset(), frozenset(), False, False, False, 1)
    new = Program(
        PROGRAM, "p", "https://x.example", "ref", "EUR", frozenset(), frozenset(), frozenset(), False, False, False, 2
    )
    table.put_program(old)
    table.put([LinkRow(5, "a", PROGRAM, "https://shop.example/ż?a=1", frozenset({"x"}), "", 7, 1)])
    table.put_program(new)
    link = table.get("a")
    assert link is not None
    assert (link.number, link.destination, link.allowed_hosts, link.expires_ms) == (
        5,
        "https://shop.example/%C5%BC?a=1",
        {"x"},
        7,
    )
    assert link.program is new


def test_every_declared_bot_of_the_public_list_is_recognised() -> None:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    bots = Bots()
    agents = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry.get("instances", [])]
    assert len(agents) > 1_500
    missed = [agent for agent in agents if bots.reason(agent) != "bot_declared"]
    people = ("AP3A.240617.008; wv", "MetaIAB Facebook", "Code/1.", "Trae/", "Fluid/")  # browsers inside of apps
    assert [agent for agent in missed if not any(mark in agent for mark in people)] == []
    assert len(missed) == len(people)


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {KIT} Version/17.5 Mobile/15E148 Safari/604.1",
        f"Mozilla/5.0 (Linux; Android 14; wv) {KIT} Version/4.0 Chrome/126.0 Mobile Safari/537.36 Instagram 3",
        f"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) {KIT} Chrome/126.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    ],
)
def test_people_are_not_taken_for_bots(agent: str) -> None:
    assert Bots().reason(agent) == ""


def test_facts_can_be_captured_without_http(tmp_path: Path) -> None:
    journal, defaults = SqliteJournal(tmp_path / "j"), FactDefaults("EUR", NOW, b"e" * 32)
    orders = ({"goal": "sale", "external_id": str(number), "amount": number} for number in range(2_500))
    told = capture_facts(journal, "import", PROGRAM, "conversion", orders, NOW, defaults)
    assert [fact["external_id"] for fact in told] == [str(number) for number in range(2_500)]
    records = [decode_envelope(entry.body) for entry in journal.read(0, 10)]
    assert [len(record.facts) for record in records if not isinstance(record, ClickEnvelope)] == [1_000, 1_000, 500]
    with pytest.raises(Invalid) as refused:
        capture_facts(journal, "import", PROGRAM, "refund", [{}], NOW, defaults)
    assert {problem.pointer for problem in refused.value.problems} >= {"/0/external_id", "/0/conversion"}
    assert journal.end() == 3
