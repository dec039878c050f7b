"""No address leads away from the allowed hosts, and no header can be smuggled in."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.edge.destination import deep_link, header_safe, with_token
from hanse.edge.subs import read_query
from tests.edge.serving import Edge

HOSTS = frozenset({"shop.example", "localhost:8000"})
HOME = "https://shop.example/"

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http://evil.example",
    "https://evil.example",
    "https://evil.example/shop.example",
    "https://evil.example?shop.example",
    "https://evil.example#shop.example",
    "https://shop.example@evil.example",
    "https://shop.example:443@evil.example/",
    "https://shop.example:pw@evil.example",
    "https://evil.example\\@shop.example",
    "https://evil.example\\.shop.example",
    "https://shop.example\\.evil.example",
    "https://shop.example\\@evil.example",
    "https:\\\\evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https://shop.example.evil.example",
    "https://shop.exampleevil.example",
    "https://evilshop.example",
    "https://shop.example%2eevil.example",
    "https://shop.example%00.evil.example",
    "https://shop.example\x00.evil.example",
    "https://evil.example%23.shop.example",
    "https://shop.example%23@evil.example",
    "https://shop.example%252f@evil.example",
    "https://shop.example;@evil.example",
    "https://shop.example\t.evil.example",
    "https://shop.example\n.evil.example",
    "\thttps://evil.example",
    " https://evil.example",
    "https://evil。example",
    "https://ｅvil.example",
    "https://shop。example",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.1",
    "javascript:alert(1)",
    "JavaScript:alert(1)//shop.example",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://shop.example/",
    "blob:https://shop.example/x",
    "http://shop.example/",
    "https://shop.example:8443/",
    "https://shop.example:99999999/",
    "https://shop.example:/",
    "https://.shop.example/",
    "https://shop.example./",
    "https://xn--shp-0na.example/",
    "https://shop.example\r\nSet-Cookie: a=b",
    "https://shop.example/%0d%0aX: y\r\nX: y",
    "https://shop.example/\u2028",
    "https://shop.example/ x",
    "https://?@shop.example",
    "https://#@shop.example",
    "https://shop.example\u0000/",
    "/path",
    "path",
    "?x",
    "#x",
    "",
    "https://",
    "https",
    ":",
    "//",
    "https://shop.example" + "/a" * 2000,
    "//shop.example/x",
    "https://SHOP.EXAMPLE@x/",
]
FINE = [
    "https://shop.example",
    "https://shop.example/",
    "https://SHOP.example/a?b=c&d=%20#e",
    "https://shop.example:443/x",
    "https://shop.example?x=1",
    "https://shop.example/@evil.example",
    "https://shop.example/?u=https://evil.example",
    "https://shop.example/źródło",
    "https://shop.example#x",
]


def lands_on(location: str) -> str:
    """Return the host a browser would go to, read as browsers do: backslashes are slashes, tabs and newlines vanish."""
    cleaned = "".join(character for character in location.strip() if character not in "\t\r\n").replace("\\", "/")
    return urlsplit(cleaned).hostname or ""


@pytest.mark.parametrize("wanted", HOSTILE)
def test_a_hostile_deep_link_is_ignored(wanted: str) -> None:
    taken = deep_link(wanted, HOME, HOSTS)
    assert taken == "" or (lands_on(taken) == "shop.example" and taken.isascii() and taken.isprintable()), taken


@pytest.mark.parametrize("wanted", FINE)
def test_a_deep_link_within_the_shop_is_taken(wanted: str) -> None:
    assert lands_on(deep_link(wanted, HOME, HOSTS)) == "shop.example"


@pytest.mark.parametrize("wanted", HOSTILE)
def test_over_http_a_hostile_deep_link_leads_home(client: httpx.Client, edge: Edge, wanted: str) -> None:
    for name in ("to", "url"):
        answer = client.get(f"/spring?{name}={quote(wanted, safe='')}")
        if len(wanted) < 3000:
            assert answer.status_code == 302
            assert lands_on(answer.headers["location"]) == "shop.example"
            assert set(answer.headers) <= {
                "location",
                "cache-control",
                "set-cookie",
                "server",
                "content-length",
                "date",
            }


def test_http_is_only_taken_where_the_shop_itself_is_http() -> None:
    assert deep_link("http://localhost:8000/x", "http://localhost:8000/", HOSTS) == "http://localhost:8000/x"
    assert deep_link("http://shop.example/x", HOME, HOSTS) == ""


def test_a_token_already_in_the_address_is_replaced() -> None:
    assert (
        with_token("https://s.example/?hz_click=evil&a=1&afsrc=0#f", "hz_click", "T")
        == "https://s.example/?a=1&hz_click=T&afsrc=1#f"
    )
    assert with_token("https://s.example/?", "hz_click", "T") == "https://s.example/?hz_click=T&afsrc=1"
    assert with_token("https://s.example", "hz_click", "T") == "https://s.example?hz_click=T&afsrc=1"


@given(st.text(max_size=60))
def test_whatever_is_asked_for_we_stay_home(text: str) -> None:
    for wanted in (
        text,
        "https://" + text,
        "https://shop.example" + text,
        "https://shop.example" + text + ".evil.example/",
    ):
        taken = deep_link(wanted, HOME, HOSTS)
        assert taken == "" or lands_on(taken) == "shop.example"


@given(st.text(max_size=80))
def test_a_location_is_visible_ascii(text: str) -> None:
    safe = header_safe("https://shop.example/" + text)
    assert safe.isascii()
    assert safe.isprintable()
    assert " " not in safe


@given(st.text(max_size=200))
def test_any_query_is_read_without_complaint(query: str) -> None:
    subs = read_query(query).subs
    assert all(value.isprintable() and len(value) <= 300 for value in subs.values())


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 200,
        "/%00",
        "/..%2f..%2fetc",
        "/spring%0d%0aX:y",
        "/%ff%fe",
        "/c/",
        "/c/a/b",
        "/spring?" + "x=1&" * 16_000,
        "/c/%2e%2e",
    ],
)
def test_malformed_links_get_a_clear_answer(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (302, 404, 414, 502)
    assert "x" not in answer.headers
    if answer.status_code == 302:
        assert lands_on(answer.headers["location"]) == "shop.example"


def test_huge_headers_are_refused_and_the_edge_lives_on(client: httpx.Client, edge: Edge) -> None:
    try:
        status = client.get("/spring", headers={"x-big": "a" * 2_000_000}).status_code
    except httpx.HTTPError:
        status = 431
    assert status >= 400
    assert httpx.get(f"{edge.url}/healthz").status_code == 200


def test_agents_of_any_bytes_are_kept_readable(edge: Edge) -> None:
    with edge.client() as browser:
        answer = browser.get(
            "/spring", headers={"user-agent": b"Mozilla/5.0 \xff\xfe \xc5\xba caf\xe9 ...................."}
        )
    assert answer.status_code == 302
    assert "Mozilla/5.0" in edge.clicks()[-1].agent or edge.clicks()[-1].agent == ""
