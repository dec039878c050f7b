"""A partner takes a kit and publishes, the feed tells of the piece, a reader buys, and the manager sees it all."""

from __future__ import annotations

import contextlib
import html
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, PARTNER, Demo
from tests.listening import listening
from tests.served import BROWSER, until

TITLE = "A candlelit supper for eight"
COUNT = """
import django
django.setup()
from hanse.kernel import clock
from hanse.runtime.content import count_all_pieces
count_all_pieces(clock.now())
"""


class Website:
    """A partner's website: a front page that names its feed, and a feed with what was published."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._items: list[str] = []

    def publish(self, title: str, text: str) -> None:
        """Put a piece into the feed."""
        body = html.escape(re.sub(r"(https?://[^\s]+)", r'<a href="\1">here</a>', html.escape(text)))
        self._items.insert(
            0,
            f"<item><title>{html.escape(title)}</title><link>{self.address}/supper</link><guid>supper</guid>"
            f"<pubDate>{format_datetime(datetime.now(UTC))}</pubDate><description>{body}</description></item>",
        )

    def page(self, path: str) -> tuple[str, str]:
        """Return the type and text of what lies at a path."""
        if path == "/feed":
            items = "".join(self._items)
            return "application/rss+xml", f"<rss version='2.0'><channel><title>Supper</title>{items}</channel></rss>"
        link = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
        return "text/html", f"<!doctype html><title>Supper</title>{link}<p>Supper for eight."

    @contextlib.contextmanager
    def open(self) -> Iterator[Website]:
        """Serve it until the end."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, text = site.page(urlsplit(self.path).path)
                content = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        with listening(ThreadingHTTPServer(("127.0.0.1", int(urlsplit(self.address).port or 0)), Handler)):
            yield self


def count_pieces(demo: Demo) -> None:
    """Do at once what the worker does every two minutes."""
    environment = {**demo.environment, "DJANGO_SETTINGS_MODULE": "hanse.runtime.settings"}
    subprocess.run([sys.executable, "-c", COUNT], env=environment, check=True, timeout=60)


def test_a_kit_becomes_a_piece_with_a_click_and_a_sale_that_the_manager_sees(demo: Demo, sit: Sit) -> None:
    partner = sit(PARTNER, phone=True)
    page = partner.open("/p/kits")
    partner.check()
    page.locator("main a[href*='/kit_']").first.click()
    page.get_by_role("button", name=re.compile("^(Put mine inside|Copy the text for)")).first.wait_for()
    if page.get_by_role("button", name="Put mine inside").count():
        partner.press("Put mine inside")
    partner.check()
    page.get_by_role("button", name=re.compile("^Copy the text for")).first.click()
    partner.see("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    link = re.search(rf"{re.escape(demo.url)}[^\s]+", text)
    assert link, f"her own link is inside: {text}"

    website = Website(demo.website_port)
    website.publish(TITLE, text)
    with website.open():
        page = partner.open("/p/grow/content")
        form = page.locator("form").filter(has=page.locator("input[name=what][value=feed]"))
        form.locator("input[name=address]").fill(website.address)
        form.get_by_role("button", name="Add it").click()
        partner.see(TITLE)
    partner.check()

    answer = httpx.get(link[0].rstrip(".,)"), headers={"user-agent": BROWSER, "referer": f"{website.address}/supper"})
    (token,) = parse_qs(urlsplit(answer.headers["location"]).query)["hz_click"]
    key = demo.hanse("keys", "create", "shop", "--program", "harbour-pine")["key"]
    order = {"goal": "sale", "external_id": "supper-1", "amount": 6_400, "currency": "GBP", "click": token}
    with demo.client(key) as shop:
        until(lambda: shop.post("/v1/conversions?wait=1", json=order).status_code == 200)
    count_pieces(demo)

    row = partner.open("/p/grow/content").get_by_role("row").filter(has_text=TITLE)
    expect(row.get_by_role("cell").nth(1)).to_have_text(re.compile("1$"))
    expect(row.get_by_role("cell").last).to_have_text("1")

    manager = sit(MANAGER)
    row = manager.open("/console/content").get_by_role("row").filter(has_text=TITLE)
    expect(row.first).to_contain_text("£64.00")
    row.first.get_by_role("link", name=TITLE).click()
    manager.see("£64.00")
    manager.check()
