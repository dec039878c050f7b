"""Reading what lies at an address: through redirects, within bytes and seconds, and never into a private network."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from hanse.spine import connecting
from hanse.spine.outbound import NoAnswer, NotCalled, RedirectLoop, TooLong, address_is_public, call, fetch
from tests.spine.web import Web, answer, moved, web_server


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with web_server() as web:
        yield web


@pytest.fixture
def web(server: Web, settings: Any) -> Web:
    settings.HANSE_OUTBOUND_HOSTS = (server.host,)
    server.pages.clear()
    server.asked.clear()
    return server


def test_a_page_is_read_with_its_headers_and_asked_for_by_ours(web: Web) -> None:
    web.pages["/a"] = answer("Grüße".encode(), ETag='"one"')
    found = fetch(web.url("/a#part"), headers={"If-None-Match": '"none"'}, most_bytes=100, seconds=5)
    assert (found.status, found.body.decode(), found.headers["etag"], found.hops) == (200, "Grüße", '"one"', ())
    assert web.asked[0][1]["if-none-match"] == '"none"'
    assert web.asked[0][1]["user-agent"] == "Hanse"


def test_redirects_are_followed_and_remembered(web: Web) -> None:
    web.pages |= {"/a": moved("/b", 301), "/b": moved("c d?x=ü"), "/c%20d": answer(b"here")}
    found = fetch(web.url("/a"), most_bytes=100, seconds=5)
    assert (found.body, found.url) == (b"here", web.url("/c%20d?x=%C3%BC"))
    assert [(hop.url, hop.status) for hop in found.hops] == [(web.url("/a"), 301), (web.url("/b"), 302)]
    assert fetch(web.url("/a"), most_redirects=0).status == 301


def test_a_circle_of_redirects_ends(web: Web) -> None:
    web.pages |= {"/a": moved("/b"), "/b": moved("/a"), "/self": moved("/self")}
    with pytest.raises(RedirectLoop) as caught:
        fetch(web.url("/a"))
    assert [hop.url for hop in caught.value.hops] == [web.url("/a"), web.url("/b")]
    with pytest.raises(RedirectLoop):
        fetch(web.url("/self"))


def test_redirects_on_and_on_end(web: Web) -> None:
    web.pages |= {f"/{n}": moved(f"/{n + 1}") for n in range(20)}
    with pytest.raises(RedirectLoop):
        fetch(web.url("/0"), most_redirects=5)
    assert len(web.asked) == 6


@pytest.mark.parametrize("to", [
    "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/x",
    "http://2130706433/", "http://0/", "file:///etc/passwd", "ftp://files.example/", "gopher://x/",
    "//user:pw@x.example/",
    "http://shop.example:22/", "https://shop.example:8443/", "http://[bad/", "javascript:alert(1)",
])  # fmt: skip
def test_no_redirect_leads_where_no_call_may_go(web: Web, to: str) -> None:
    web.pages["/a"] = moved(to)
    with pytest.raises(NotCalled):
        fetch(web.url("/a"))
    with pytest.raises(NotCalled):
        fetch(to if "://" in to else f"http:{to}")
    assert len(web.asked) == 1


def test_a_name_that_leads_into_a_private_network_is_not_called(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when only one of its addresses is private: the name system may answer differently the next time."""
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)
    with pytest.raises(NotCalled, match="private"):
        fetch("http://feeds.example/feed.xml")


def test_a_name_system_that_never_answers_costs_only_the_given_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*args: Any, **more: Any) -> list[Any]:
        time.sleep(2)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    began = time.monotonic()
    with pytest.raises(NotCalled):
        fetch("https://feeds.example/feed.xml", seconds=0.2)
    assert time.monotonic() - began < 1


def test_http_can_be_refused(web: Web) -> None:
    with pytest.raises(NotCalled):
        fetch(web.url("/a"), allow_http=False)


def test_a_long_body_is_refused_or_cut(web: Web) -> None:
    web.pages["/long"] = answer(b"x" * 200_000)
    with pytest.raises(TooLong):
        fetch(web.url("/long"), most_bytes=100_000)
    cut = fetch(web.url("/long"), most_bytes=100_000, may_cut=True)
    assert (len(cut.body), cut.is_cut) == (100_000, True)
    assert not fetch(web.url("/long"), most_bytes=200_000).is_cut


def test_a_packed_body_is_unpacked_only_as_far_as_it_may_be_long(web: Web) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    web.pages |= {
        "/fine": answer(gzip.compress(b"hello ") + gzip.compress(b"again"), Content_Encoding="gzip"),
        "/bomb": answer(bomb, Content_Encoding="gzip"),
        "/cut": answer(gzip.compress(b"hello" * 999)[:20], Content_Encoding="gzip"),
        "/lie": answer(b"plain text", Content_Encoding="gzip"),
        "/odd": answer(b"plain text", Content_Encoding="br"),
    }
    assert fetch(web.url("/fine")).body == b"hello again"
    with pytest.raises(TooLong):
        fetch(web.url("/bomb"), most_bytes=1_000_000)
    for path in ("/cut", "/lie", "/odd"):
        with pytest.raises(NoAnswer):
            fetch(web.url(path))


def test_a_slow_drip_ends_with_the_deadline_in_headers_and_body(web: Web) -> None:
    def drip(door: BaseHTTPRequestHandler) -> None:
        door.send_response(200)
        if door.path == "/body":
            door.send_header("Content-Length", "1000")
            door.end_headers()
        door.flush_headers()
        for _turn in range(40):
            door.wfile.write(b"x" if door.path == "/body" else b"X-More: 1\r\n")
            door.wfile.flush()
            time.sleep(0.05)

    web.pages |= {"/body": drip, "/head": drip}
    for path in ("/body", "/head"):
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="too long"):
            fetch(web.url(path), seconds=0.4)
        assert time.monotonic() - began < 1.2


def test_a_connection_that_breaks_off_is_no_answer(web: Web) -> None:
    web.pages |= {
        "/short": answer(b"half", Content_Length="100"),
        "/chunk": answer(b"zz\r\n", Transfer_Encoding="chunked"),
    }
    for path in ("/short", "/chunk"):
        with pytest.raises(NoAnswer):
            fetch(web.url(path), seconds=2)


def test_head_reads_no_body(web: Web) -> None:
    web.pages["/a"] = answer(b"body")
    found = fetch(web.url("/a"), method="HEAD", seconds=2)
    assert (found.status, found.body, found.headers["content-length"]) == (200, b"", "4")


@pytest.mark.parametrize("address", [
    "64:ff9b:1::a00:1", "fec0::1", "::127.0.0.1", "::ffff:0:10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd00::1",
    "2002:a00:1::", "2001:db8::1", "::1",
])  # fmt: skip
def test_inner_networks_of_ipv6_are_not_public(address: str) -> None:
    assert not address_is_public(address)


@pytest.mark.parametrize("address", ["2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::"])
def test_what_ipv6_gave_out_is_public(address: str) -> None:
    assert address_is_public(address)


def test_https_says_its_host_as_browsers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the port: some servers know their sites by the bare name alone."""
    sent: list[bytes] = []

    class Raw:
        settimeout = close = lambda *_given: None

        def sendall(self, data: bytes) -> None:
            sent.append(data)

    monkeypatch.setattr(connecting, "_addresses", lambda *_given: ["93.184.216.34"])
    monkeypatch.setattr(socket, "create_connection", lambda *_given, **_more: Raw())
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", lambda _self, raw, **_more: raw)
    connecting.connect("https", "feeds.example", 443, seconds=5).request("GET", "/feed")
    assert b"Host: feeds.example\r\n" in b"".join(sent)


@pytest.mark.parametrize(
    "address", ["https://hook.example:99999/", "https://[bad/", "https://hook.example:x/", "", "x"]
)
def test_a_call_to_what_is_no_address_is_not_made(address: str) -> None:
    with pytest.raises(NotCalled):
        call("POST", address)
