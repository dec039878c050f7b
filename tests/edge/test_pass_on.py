"""Everything else goes to the web role: streamed, with honest headers, and with plain words when it is down."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from aiohttp import web

from hanse.edge import bodies
from hanse.edge.counts import Counts
from hanse.edge.networks import Networks
from hanse.edge.origin import Origins
from hanse.edge.pass_on import PassOn
from tests.edge.door_tables import usual_tables
from tests.edge.serving import Edge, serving


async def echo(request: web.Request) -> web.StreamResponse:
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
    told = {
        "path": request.raw_path,
        "method": request.method,
        "size": size,
        "headers": {k.lower(): v for k, v in request.headers.items()},
    }
    answer = web.json_response(told)
    answer.headers.add("Set-Cookie", "a=1")
    answer.headers.add("Set-Cookie", "b=2")
    answer.headers["Content-Language"] = "pl"
    return answer


async def long_answer(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    for number in range(40):
        await answer.write(b"%d" % (number % 10) * 50_000)
    await answer.write_eof()
    return answer


async def not_modified(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=304, headers={"etag": '"x"'})


@pytest.fixture(scope="module")
def web_role(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data_dir = tmp_path_factory.mktemp("pass-on")
    loop, started = asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/console/long", long_answer)
        app.router.add_get("/static/same", not_modified)
        app.router.add_route("*", "/{rest:.*}", echo)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.UnixSite(runner, str(data_dir / "web.sock")).start()
        return runner

    def work() -> None:
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(start())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(5)
    usual_tables(data_dir)
    yield data_dir
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture(scope="module")
def edge(web_role: Path) -> Iterator[Edge]:
    with serving(web_role) as running:
        yield running


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console",
        "/console/partners?q=a%20b&x=%C5%BA",
        "/v1/partners",
        "/p/x%3Fy%20%C5%BA",
        "/static/a.css",
        "/a/b",
        "/join/main?x=%22",
        "/spring/",
    ],
)
def test_paths_and_queries_arrive_as_they_were_sent(client: httpx.Client, path: str) -> None:
    assert client.get(path).json()["path"] == path


def test_reading_conversions_is_the_web_roles(client: httpx.Client) -> None:
    assert client.get("/v1/conversions").json()["method"] == "GET"


def test_the_client_cannot_say_where_it_comes_from(client: httpx.Client, edge: Edge) -> None:
    sent = {
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example",
        "forwarded": "for=6.6.6.6",
        "x-real-ip": "6.6.6.6",
        "connection": "keep-alive, x-secret",
        "x-secret": "1",
        "te": "trailers",
        "x-hanse-network": "GB",
        "x-kept": "yes",
    }
    got = client.get("/console", headers=sent).json()["headers"]
    assert (got["x-forwarded-for"], got["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert got["x-forwarded-host"] == got["host"] == f"127.0.0.1:{edge.port}"
    assert got["x-kept"] == "yes"
    assert not {"forwarded", "x-real-ip", "x-secret", "te", "x-hanse-network"} & got.keys()


def test_the_network_is_told_of_applications_only() -> None:
    pass_on = PassOn([], Origins((), ""), Counts(), Networks())
    application = SimpleNamespace(method="POST", path="/join/harbour")
    (name, value), *_rest = pass_on._network(application, "8.8.8.8")
    assert (name, value[:2]) == ("x-hanse-network", "US")
    assert pass_on._network(application, "127.0.0.1") == []
    for method, path in (("GET", "/join/harbour"), ("POST", "/console/survey")):
        assert pass_on._network(SimpleNamespace(method=method, path=path), "8.8.8.8") == []


def test_several_cookies_come_back_and_no_hop_by_hop_header(client: httpx.Client) -> None:
    answer = client.get("/console")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["content-language"] == "pl"


@pytest.mark.parametrize("pieces", [1, 100])
def test_an_upload_arrives_in_whole_and_with_its_length_however_it_was_framed(
    client: httpx.Client, pieces: int
) -> None:
    piece, size = b"x" * 65536, pieces * 65536
    for content in (piece * pieces, (piece for _ in range(pieces))):
        got = client.post("/console/upload", content=content).json()
        assert (got["size"], got["headers"]["content-length"]) == (size, str(size))
        assert "transfer-encoding" not in got["headers"]


def test_too_big_an_upload_is_refused(client: httpx.Client) -> None:
    piece = b"x" * 65536
    assert client.put("/console/upload", content=piece * 200).status_code == 413
    assert client.put("/console/upload", content=(piece for _ in range(200))).status_code == 413


def test_slow_senders_keep_nobody_waiting(edge: Edge, client: httpx.Client) -> None:
    head = "POST /console/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 9\r\n\r\nslow"
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", edge.port))) for _ in range(50)]
        for one in slow:
            one.sendall(head.encode())
        assert client.get("/console").status_code == 200
        slow[0].sendall(b" end!")
        assert slow[0].recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_does_not_come_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PAUSE_S", 0.05)

    async def stalling() -> AsyncIterator[bytes]:
        yield b"slow"
        await asyncio.sleep(5)

    scope = SimpleNamespace(headers={"content-length": "9"})
    with pytest.raises(bodies.BadBody) as caught:
        asyncio.run(bodies.read_bytes(scope, stalling()))
    assert caught.value.status == 408


def test_a_header_with_an_underscore_cannot_pass_for_one_of_ours(client: httpx.Client) -> None:
    sent = {"x_forwarded_for": "6.6.6.6", "x_forwarded_host": "evil.example", "x_other": "1"}
    assert not [name for name in client.get("/console", headers=sent).json()["headers"] if "_" in name]


def test_a_long_answer_streams_through(client: httpx.Client) -> None:
    assert len(client.get("/console/long").content) == 40 * 50_000


def test_answers_without_a_body_have_none(client: httpx.Client) -> None:
    assert client.get("/static/same").status_code == 304
    assert client.head("/console").content == b""


def test_a_request_body_is_never_taken_from_a_get(client: httpx.Client) -> None:
    assert client.get("/console").json()["size"] == 0


def test_ready_when_web_journal_and_doors_are(client: httpx.Client) -> None:
    body = client.get("/readyz").json()
    assert {name: body[name] for name in ("ok", "journal", "doors", "web", "pipeline")} == dict.fromkeys(
        ("ok", "journal", "doors", "web", "pipeline"), True
    )


def test_with_the_web_role_down_pages_say_so_and_links_go_on(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path) as alone, alone.client() as browser:
        page = browser.get("/console")
        assert (page.status_code, page.headers["retry-after"]) == (502, "2")
        assert "try again" in page.text
        assert browser.get("/v1/partners").headers["content-type"] == "application/problem+json"
        assert browser.get("/readyz").status_code == 503
        assert browser.get("/healthz").status_code == 200
        assert "hz_click=" in browser.get("/spring").headers["location"]


def test_before_the_first_migration_the_edge_waits(tmp_path: Path) -> None:
    with serving(tmp_path) as early, early.client() as browser:
        assert browser.get("/readyz").json()["doors"] is False
        assert browser.get("/spring").status_code == 404
        assert (
            browser.post("/v1/conversions", json={}, headers={"authorization": "Bearer hz_12345678"}).status_code == 503
        )


def test_only_named_proxies_are_believed(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path, HANSE_TRUSTED_PROXIES="127.0.0.0/8, 10.0.0.1") as behind, behind.client() as browser:
        far = {"x-forwarded-for": "6.6.6.6, 9.9.9.9, 10.0.0.1", "x-forwarded-proto": "https"}
        assert "Secure" in browser.get("/spring", headers=far).headers["set-cookie"]
        assert browser.get("/metrics", headers=far).status_code == 403
        assert browser.get("/metrics").status_code == 200
        one, two = (
            browser.get("/spring", headers={**far, "x-forwarded-for": ip, "cookie": ""})
            for ip in ("9.9.9.9", "9.9.9.10")
        )
        assert one.status_code == two.status_code == 302
        hashes = [click.ip_hash for click in behind.clicks()]
        assert hashes[0] == hashes[1] != hashes[2]
