"""Very many links: little memory, no pauses, changes within a second; and slugs that do not exist cost little."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from bench import links as bench_links
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.edge import lookups
from hanse.edge.directory import REFRESH_S, Directory
from hanse.edge.doors import Doors
from hanse.edge.links import LinkTable
from hanse.edge.lookups import LookUps
from hanse.edge.records import LinkRow, Program
from tests.edge.door_tables import OTHER_PROGRAM, PROGRAM, DoorTables

HOSTS = frozenset({"shop.example"})


def program(program_id: UUID = PROGRAM, version: int = 1, **more: object) -> Program:
    columns = {
        "program_id": program_id, "slug": "p", "fallback_url": "", "token_param": "hz_click", "currency": "EUR",
        "goals": frozenset(), "allowed_hosts": HOSTS, "click_hosts": frozenset(), "browser_conversions": False,
        "consent_mode": False, "archived": False, "version": version, **more,
    }  # fmt: skip
    return Program(**columns)  # type: ignore[arg-type]


def row(number: int, slug: str, to: str = "https://shop.example/", **more: object) -> LinkRow:
    return LinkRow(number, slug, PROGRAM, to, HOSTS, "", 0, 1)._replace(**more)


@pytest.mark.slow
def test_a_hundred_thousand_links_take_little_memory_load_without_pauses_and_change_within_a_second() -> None:
    """On a busy machine others take the processor away: pauses and changes are counted in time of our own, and the
    calmest of three attempts counts, since whoever is to measure a pause may be kept waiting, too."""
    own_pauses_ms = []
    while len(own_pauses_ms) < 3 and min(own_pauses_ms, default=99) > 20:
        told = bench_links.run(links=100_000, changed=5_000)
        own_pauses_ms.append(told["longest_own_pause_ms"])
        assert told["memory_mb"] <= 40, "a million may take 400 MB"
        assert told["refresh_changed_cpu_s"] + REFRESH_S <= 1
        assert max(told["refresh_changed_s"], told["refresh_one_s"]) <= 20, "it came at all"
    assert min(own_pauses_ms) <= 25, own_pauses_ms


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,20}", fullmatch=True),
        st.tuples(st.integers(1, 9), st.text(max_size=30), st.sampled_from(["", "link_disabled"])),
        max_size=40,
    )
)
def test_the_table_says_what_a_dictionary_would_say(wanted: dict[str, tuple[int, str, str]]) -> None:
    table = LinkTable()
    table.put_program(program())
    for place in range(2):  # the second time every link is changed
        table.put(
            row(number + place, slug, f"https://shop.example/{text}", status=status)
            for slug, (number, text, status) in wanted.items()
        )
    assert len(table) == len(wanted)
    for slug, (number, _text, status) in wanted.items():
        link = table.get(slug)
        assert link is not None
        assert (link.number, link.status) == (number + 1, status)
        assert link.destination.isascii()
        assert table.get(slug + "!") is None


@pytest.mark.parametrize("slug", ["a\x1f1", "\na", "a\n", "", "a\x1f", "\ud800", "a\x1f5\x1f0\x1f0\x1f\x1f0\x1f\x1fx"])
def test_a_crafted_slug_finds_nothing(slug: str) -> None:
    table = LinkTable()
    table.put_program(program())
    table.put([row(5, "a"), row(6, "b")])
    assert table.get(slug) is None


def test_an_older_version_of_a_program_does_not_replace_a_newer_one() -> None:
    table = LinkTable()
    table.put_program(program(version=5, fallback_url="https://new.example/"))
    table.put_program(program(version=4, fallback_url="https://old.example/"))
    assert table.programs[PROGRAM].fallback_url == "https://new.example/"


def test_links_published_one_by_one_and_all_at_once_are_all_read(tmp_path: Path) -> None:
    tables = DoorTables(tmp_path)
    tables.program()
    for number in range(1, 6):
        tables.link(number, f"single{number}")
    tables.links([(number, f"many{number}", "https://shop.example/") for number in range(10, 2_510)])
    for number in range(3_000, 3_005):
        tables.link(number, f"later{number}")
    directory = Directory(Doors(tmp_path))
    assert directory.refresh()
    assert len(directory.links) == 5 + 2_500 + 5
    tables.link(3, "single3", "https://shop.example/moved")
    directory.refresh()
    assert directory.links.get("single3").destination == "https://shop.example/moved"  # type: ignore[union-attr]


def test_a_refresh_reads_by_the_index_and_never_the_whole_table(tmp_path: Path) -> None:
    tables = DoorTables(tmp_path)
    for where in ("version = 3 AND number > 5 ORDER BY number", "version > 3 ORDER BY version, number"):
        plan = tables.connection.execute(
            f"EXPLAIN QUERY PLAN SELECT number, slug FROM spine_doorlink WHERE {where} LIMIT 1000"
        ).fetchall()
        assert "USING INDEX link_version" in plan[0][3]
        assert len(plan) == 1, "no sorting"


class CountingDoors:
    """Doors that count their reads and take a while for each."""

    def __init__(self) -> None:
        self.reads, self.asked, self.at_once, self.most_at_once = 0, 0, 0, 0
        self._lock = threading.Lock()

    def links_named(self, slugs: Sequence[str]) -> list[LinkRow]:
        with self._lock:
            self.reads, self.asked, self.at_once = self.reads + 1, self.asked + len(slugs), self.at_once + 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.01)
        with self._lock:
            self.at_once -= 1
        return [row(7, "real")] if "real" in slugs else []


def test_a_flood_of_unknown_slugs_is_read_together_one_read_at_a_time() -> None:
    doors = CountingDoors()
    directory = Directory(doors)  # type: ignore[arg-type]
    directory.links.put_program(program())

    async def flood() -> None:
        with ThreadPoolExecutor(4) as pool:
            look_ups = LookUps(directory, pool)
            await asyncio.gather(
                *(look_ups.bring(f"x{number % 500}") for number in range(3_000)), look_ups.bring("real")
            )
            await asyncio.gather(*(look_ups.bring(f"x{number}") for number in range(500)))

    asyncio.run(flood())
    assert doors.most_at_once == 1
    assert doors.asked == 501, "each slug once, and remembered as unknown after that"
    assert doors.reads <= 5
    assert directory.links.get("real") is not None


def test_beyond_a_limit_unknown_slugs_wait_for_no_read() -> None:
    doors = CountingDoors()
    directory = Directory(doors)  # type: ignore[arg-type]

    async def flood() -> int:
        with ThreadPoolExecutor(4) as pool:
            look_ups = LookUps(directory, pool)
            await asyncio.gather(*(look_ups.bring(f"x{number}") for number in range(lookups.MAX_WAITING + 300)))
            return look_ups.turned_away

    assert asyncio.run(flood()) == 300
    assert doors.asked == lookups.MAX_WAITING


@pytest.mark.parametrize("slug", ["../etc", "a" * 121, "console", "a b", "", "%00"])
def test_what_can_be_no_slug_is_never_asked_of_the_database(slug: str) -> None:
    doors = CountingDoors()

    async def ask() -> None:
        with ThreadPoolExecutor(1) as pool:
            await LookUps(Directory(doors), pool).bring(slug)  # type: ignore[arg-type]

    asyncio.run(ask())
    assert doors.reads == 0


def test_a_miss_never_puts_an_older_row_over_what_a_refresh_brought() -> None:
    table = LinkTable()
    table.put_program(program())
    table.put([row(7, "real", "https://shop.example/new")])
    table.put([row(7, "real", "https://shop.example/old")], only_new=True)
    assert table.get("real").destination == "https://shop.example/new"  # type: ignore[union-attr]


def test_a_domain_belongs_to_its_program_and_never_to_the_installation(tmp_path: Path) -> None:
    tables = DoorTables(tmp_path)
    tables.program(click_hosts=["go.shop.example", "hanse.example"])
    tables.program(OTHER_PROGRAM, slug="other", click_hosts=["go.other.example"])
    directory = Directory(Doors(tmp_path), "https://hanse.example:8443")
    directory.refresh()
    for host in ("go.shop.example", "GO.shop.example:8000", "go.shop.example."):
        assert directory.domains.program(host).program_id == PROGRAM  # type: ignore[union-attr]
    assert directory.domains.program("go.other.example").program_id == OTHER_PROGRAM  # type: ignore[union-attr]
    for host in ("hanse.example", "hanse.example:8443", "", "shop.example", "[::1]:80", "x.go.shop.example"):
        assert directory.domains.program(host) is None
    tables.program(click_hosts=[])
    directory.refresh()
    assert directory.domains.program("go.shop.example") is None
    assert json.dumps(sorted(directory.links.programs[OTHER_PROGRAM].click_hosts)) == '["go.other.example"]'
