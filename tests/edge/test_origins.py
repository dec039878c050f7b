"""Where a request comes from: the chain of proxies read from the right, and nothing believed that nobody named."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hanse.edge.origin import IpHashes, Origins, bare_address, household

FAR = "93.184.216.7"


class FakeHeaders:
    """Headers that may come several times."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str) -> str | None:
        return next((value for key, value in self._pairs if key == name), None)

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


def scope(client: str, *headers: tuple[str, str]) -> SimpleNamespace:
    return SimpleNamespace(client=client, headers=FakeHeaders(list(headers)), scheme="http", authority="")


def forwarded(*lines: str) -> list[tuple[str, str]]:
    return [("x-forwarded-for", line) for line in lines]


TRUSTING = Origins(("10.0.0.0/8", "::1", "fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        ("10.0.0.1:80", ["93.184.216.7"], FAR),
        ("10.0.0.1:80", ["93.184.216.7, 10.0.0.2"], FAR),
        ("10.0.0.1:80", ["1.2.3.4, 93.184.216.7, 10.9.9.9"], FAR),  # what is left of it is anybody's claim
        ("10.0.0.1:80", ["1.2.3.4", "93.184.216.7"], FAR),  # the proxy's own line below the client's
        ("10.0.0.1:80", ["93.184.216.7:4711"], FAR),
        ("10.0.0.1:80", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("10.0.0.1:80", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1:80", ["93.184.216.7, unknown"], "10.0.0.1"),  # what cannot be read ends the chain
        ("10.0.0.1:80", ["93.184.216.7, 10.0.0.2, <script>"], "10.0.0.1"),
        ("10.0.0.1:80", ["93.184.216.7, _hidden, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1:80", [""], "10.0.0.1"),
        ("10.0.0.1:80", [", ,,"], "10.0.0.1"),
        ("10.0.0.1:80", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),  # only proxies: the farthest of them
        ("10.0.0.1:80", ["1" * 5000 + ", 93.184.216.7"], FAR),
        ("[::1]:80", ["93.184.216.7"], FAR),
        ("[::ffff:10.0.0.1]:80", ["93.184.216.7"], FAR),  # an IPv4 proxy on an IPv6 socket
        ("[fd00::5]:80", ["93.184.216.7"], FAR),
        ("192.0.2.1:80", ["93.184.216.7"], "192.0.2.1"),  # nobody named this one
        ("[::ffff:192.0.2.1]:80", ["93.184.216.7"], "::ffff:192.0.2.1"),
    ],
)
def test_the_chain_is_read_from_the_right_as_far_as_it_is_trusted(peer: str, lines: list[str], expected: str) -> None:
    assert TRUSTING.ip(scope(peer, *forwarded(*lines))) == expected


def test_without_named_proxies_nobody_is_believed() -> None:
    trusting_nobody = Origins()
    told = scope("127.0.0.1:80", *forwarded(FAR), ("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.example"),
                 ("host", "links.example"))  # fmt: skip
    assert trusting_nobody.of(told) == ("127.0.0.1", False, "links.example")


def test_a_named_proxy_tells_scheme_and_host_and_the_nearest_one_is_heard() -> None:
    told = scope("10.0.0.1:80", ("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil.example"),
                 ("x-forwarded-host", "links.example"), *forwarded(FAR))  # fmt: skip
    assert TRUSTING.of(told) == (FAR, True, "links.example")
    assert TRUSTING.secure(scope("10.0.0.1:80", ("x-forwarded-proto", "https, http"))) is False


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("1.2.3.4", "1.2.3.4"), ("1.2.3.4:80", "1.2.3.4"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("", ""), ("[", ""), ("garbage", "garbage"),
    ],
)  # fmt: skip
def test_ports_brackets_and_zones_are_no_part_of_an_address(text: str, address: str) -> None:
    assert bare_address(text) == address


def test_neighbours_are_who_sits_beside_us_and_speaks_for_nobody_else() -> None:
    assert Origins().is_neighbour(scope("127.0.0.1:80"))
    assert Origins().is_neighbour(scope("[fd00::1]:80"))
    assert not Origins().is_neighbour(scope("93.184.216.7:80"))
    assert not Origins().is_neighbour(scope("127.0.0.1:80", *forwarded("10.0.0.1")))
    assert not TRUSTING.is_neighbour(scope("10.0.0.1:80", *forwarded(FAR)))
    assert TRUSTING.is_neighbour(scope("10.0.0.1:80", *forwarded("10.0.0.9")))


def test_the_hash_of_an_address_is_new_every_day_and_one_for_a_household() -> None:
    hashes, day_ms = IpHashes(bytes(32)), 86_400_000
    today = hashes.of(FAR, 100 * day_ms)
    assert today == hashes.of(FAR, 101 * day_ms - 1) != hashes.of(FAR, 101 * day_ms)
    assert hashes.of("2001:db8:1:2::3", 0) == hashes.of("2001:db8:1:2:ffff::9", 0) != hashes.of("2001:db8:1:3::3", 0)
    assert hashes.of("::ffff:93.184.216.7", 0) == hashes.of(FAR, 0)
    assert IpHashes(bytes([1]) * 32).of(FAR, 0) != hashes.of(FAR, 0)


def test_a_household_is_one_however_many_addresses_it_has() -> None:
    assert household("2001:db8:1:2::3") == household("2001:db8:1:2:ffff::9") == "2001:db8:1:2::"
    assert household("93.184.216.7") == household("::ffff:93.184.216.7") == "93.184.216.7"
    assert household("garbage") == "unknown"
