"""The snippet in Chromium, on a shop's page on another port: another origin, as in life."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.edge.door_tables import DoorTables
from tests.edge.serving import BROWSER, Edge, serving
from tests.listening import listening

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Shop</title>
<script>window.hanse=window.hanse||function(){{(hanse.q=hanse.q||[]).push(arguments)}};
hanse('ready', function (token) {{ document.title = 'ready ' + token; }});</script>
<script async src="{edge}/hz.js"></script><form data-hanse action="/pay"><button>Pay</button></form>"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Edge, str, DoorTables]]:
    pages: dict[str, str] = {}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(pages["page"].encode())

        def log_message(self, *_: Any) -> None:
            return

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Page)) as server:
        host = f"localhost:{server.server_port}"
        tables = DoorTables(tmp_path)
        tables.program(allowed_hosts=[host])
        tables.link(1, "spring", f"http://{host}/product", allowed_hosts=[host])
        with serving(tmp_path) as edge:
            pages["page"] = PAGE.format(edge=edge.url)
            yield edge, f"http://{host}", tables


def test_a_visitor_comes_by_a_link_and_the_page_reports_the_order(shop: tuple[Edge, str, DoorTables]) -> None:
    from playwright.sync_api import sync_playwright

    edge, home, _ = shop
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"])
        page = chromium.new_context(user_agent=BROWSER, locale="en-GB").new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{edge.url}/spring")
        page.wait_for_function("document.title.startsWith('ready ')")
        token = page.title().removeprefix("ready ")
        assert len(token) == 27
        assert page.locator("form[data-hanse] input[name=hz_click]").input_value() == token
        page.goto(f"{home}/basket")  # another page, without the token in its address
        page.wait_for_function("document.title.startsWith('ready ')")
        assert page.title() == f"ready {token}"
        told = page.evaluate(
            "new Promise(done => hanse('convert', {goal: 'sale', external_id: 'web-1', amount: 500},"
            " (error, body) => done([error && error.message, body])))"
        )
        assert told[0] is None
        assert told[1]["status"] == "accepted"
        refused = page.evaluate(
            "new Promise(done => hanse('convert', {goal: 'sale'}, (error, body) => done(error && error.message)))"
        )
        assert "Nothing was stored" in refused
        assert errors == []
        chromium.close()
    fact = edge.fact_envelopes()[-1].facts[0]
    assert (fact.external_id, fact.click) == ("web-1", token)  # type: ignore[union-attr]
    assert [click.reason for click in edge.clicks()] == [""]
