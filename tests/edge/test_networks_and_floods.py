"""Countries and kinds of networks by packaged tables; floods of clicks from one source or on one link."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from hanse.edge import floods
from hanse.edge.floods import HOUR_MS, LINK_A_MINUTE, MINUTE_MS, SOURCE_A_MINUTE, SOURCE_AN_HOUR, Floods
from hanse.edge.networks import PRIVATE, UNKNOWN, Network, Networks, Table

NETWORKS = Networks()
DATA = Path("src/hanse/edge/data")


@pytest.mark.parametrize(
    ("ip", "country"),
    [
        ("81.2.69.142", "GB"), ("84.163.1.1", "DE"), ("212.77.98.9", "PL"), ("133.11.0.1", "JP"),
        ("200.221.2.45", "BR"),
        ("41.0.0.1", "ZA"), ("2003::1", "DE"), ("2804::1", "BR"), ("2001:4860:4860::8888", "US"),
    ],
)  # fmt: skip
def test_countries_of_well_known_addresses(ip: str, country: str) -> None:
    assert NETWORKS.of(ip).country == country


@pytest.mark.parametrize("ip", ["52.95.110.1", "20.36.0.1", "34.64.0.1", "5.9.1.1", "2a01:4f8::1", "::ffff:5.9.1.1"])
def test_rented_machines_are_in_data_centres(ip: str) -> None:
    assert NETWORKS.of(ip).kind == "datacentre"


@pytest.mark.parametrize("ip", ["172.224.226.1", "104.28.0.1", "8.8.8.8", "2606:4700::1"])
def test_privacy_relays_are_not_taken_for_data_centres(ip: str) -> None:
    assert NETWORKS.of(ip).kind == "relay"


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0",
        "::1", "fe80::1%eth0", "fc00::1", "fdff::1", "::ffff:192.168.1.1", "[::1]:80", "10.0.0.1:80",
    ],
)  # fmt: skip
def test_private_addresses_have_no_country_and_are_no_data_centre(ip: str) -> None:
    assert NETWORKS.of(ip) == PRIVATE


@pytest.mark.parametrize(
    "ip", ["", "garbage", "1.2.3", "1.2.3.4.5", "999.1.1.1", "1.2.3.4\x00", "::g", "224.0.0.1", "ü"]
)
def test_what_is_no_address_or_nobodys_is_unknown(ip: str) -> None:
    assert NETWORKS.of(ip) == UNKNOWN


def test_addresses_just_outside_of_private_networks_are_ordinary() -> None:
    for ip in ("172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "9.255.255.255", "11.0.0.0"):
        assert NETWORKS.of(ip).kind != "private", ip


def test_an_ipv4_address_means_the_same_in_ipv6_clothes() -> None:
    assert NETWORKS.of("2002:5102:458e::") == NETWORKS.of("64:ff9b::81.2.69.142") == Network("GB", "")


def test_the_tables_are_small_sorted_and_only_know_their_words() -> None:
    countries, kinds = Table(DATA / "countries.gz"), Table(DATA / "networks.gz")
    assert sum(path.stat().st_size for path in DATA.glob("*.gz")) < 1_000_000
    assert set(kinds._meanings) == {"", "datacentre", "relay"}
    assert all(len(word) in (0, 2) for word in countries._meanings)
    for table in (countries, kinds):
        for starts in (table._four, table._six):
            assert all(left < right for left, right in pairwise(starts))


def test_a_table_of_something_else_is_refused(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "x.gz").write_bytes(gzip.compress(b"other" * 20))
    with pytest.raises(ValueError, match="no table"):
        Table(tmp_path / "x.gz")


def clicks(flood: Floods, number: int, *, link: int = 1, source: str = "a", at_ms: int = 0) -> list[bool]:
    return [flood.over(link, source, at_ms) for _ in range(number)]


def test_one_source_may_follow_one_link_often_but_not_beyond_all_reason() -> None:
    flood = Floods()
    assert clicks(flood, SOURCE_A_MINUTE + 2) == [False] * SOURCE_A_MINUTE + [True, True]
    assert clicks(flood, 1, source="b") == [False]
    assert clicks(flood, 1, link=2) == [False]
    assert clicks(flood, 1, at_ms=MINUTE_MS) == [False]


def test_a_slow_flood_is_seen_within_the_hour() -> None:
    flood = Floods()
    told = [flood.over(1, "a", minute * MINUTE_MS) for minute in range(60) for _ in range(11)]
    assert told.count(True) == 11 * 60 - SOURCE_AN_HOUR
    assert clicks(flood, 1, at_ms=HOUR_MS) == [False]


def test_a_link_that_suddenly_has_visitors_from_everywhere_far_beyond_its_usual_is_flooded() -> None:
    flood = Floods()
    told = [flood.over(1, f"source {number}", 0) for number in range(LINK_A_MINUTE + 5)]
    assert told == [False] * LINK_A_MINUTE + [True] * 5


def test_a_link_that_always_has_many_visitors_may_have_more() -> None:
    flood = Floods()
    for minute in range(60):
        for number in range(1_000):
            assert not flood.over(1, f"{minute} {number}", minute * MINUTE_MS)
    told = [flood.over(1, f"news {number}", 60 * MINUTE_MS) for number in range(LINK_A_MINUTE * 2)]
    assert not any(told)


def test_a_flood_remembers_a_bounded_number_of_sources_and_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floods, "MAX_SOURCES", 100)
    monkeypatch.setattr(floods, "MAX_LINKS", 10)
    monkeypatch.setattr(floods, "_CLOSELY", 0)  # everybody is counted exactly
    flood = Floods()
    for number in range(1_000):
        flood.over(number, str(number), 0)
    assert 0 < len(flood._in_minute) <= 100
    assert 0 < len(flood._in_hour) <= 100
    assert 0 < len(flood._links) <= 10


def test_a_clock_that_steps_back_does_no_harm() -> None:
    flood = Floods()
    assert not any(flood.over(1, "a", at_ms) for at_ms in (10 * MINUTE_MS, 0, 20 * MINUTE_MS, -5, HOUR_MS))
