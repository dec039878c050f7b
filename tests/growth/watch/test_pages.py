"""Looking at pages: what answers, what is broken, and which hints are named; a local server plays the shop."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hanse.growth.watch.destinations import LOOP, NOT_REACHED, Due, look
from hanse.growth.watch.hints import Page, hints_of, title_of
from tests.listening import listening

TEXT = "<p>" + "Lanterns for every window, poured and packed by hand. " * 12 + "</p>"
GOOD = f"<html><title>Lanterns &amp; more</title><body><h1>Lanterns</h1>{TEXT}</body></html>"
PAGES: dict[str, tuple[int, str, str]] = {
    "/good": (200, "", GOOD),
    "/": (200, "", GOOD.replace("Lanterns &amp; more", "Our shop")),
    "/gone": (404, "", "<title>Not found</title>"),
    "/down": (503, "", ""),
    "/old": (301, "/good?{query}", ""),
    "/forgets": (302, "/good", ""),
    "/front": (302, "/?{query}", ""),
    "/chain": (302, "/chain1?{query}", ""), "/chain1": (302, "/chain2?{query}", ""),
    "/chain2": (302, "/chain3?{query}", ""), "/chain3": (302, "/good?{query}", ""),
    "/loop": (302, "/loop2?{query}", ""), "/loop2": (302, "/loop?{query}", ""),
    "/soft": (200, "", f"<title>Shop</title><h1>Sorry, this page could not be found</h1>{TEXT}"),
    "/tiny": (200, "", "<title>Shop</title><script>" + "x" * 9_000 + "</script>"),
    "/shy": (403, "", "Robots, keep out"),
    "/big": (200, "", GOOD + "x" * 900_000),
    "/nowhere": (302, "http://no-such-host.invalid/", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _mark, query = self.path.partition("?")
            status, target, body = PAGES[path]
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            if target:
                self.send_header("location", target.format(query=query))
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            return

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Shop)) as server:
        yield f"127.0.0.1:{server.server_port}"


def test_each_page_is_seen_as_a_visitor_with_a_token_would(shop: str, settings: object) -> None:
    settings.HANSE_OUTBOUND_HOSTS = [shop]  # type: ignore[attr-defined]  # pytest-django's fixture
    expected = {
        "/good": ("", []), "/gone": ("status_404", []), "/down": ("status_503", []), "/old": ("", []),
        "/forgets": ("", ["token_dropped"]), "/front": ("", ["front_page"]), "/chain": ("", ["long_chain"]),
        "/loop": (LOOP, []), "/soft": ("", ["says_gone"]), "/tiny": ("", ["tiny"]), "/shy": ("", ["refuses_us"]),
        "/big": ("", []),
    }  # fmt: skip
    for path, (reason, hints) in expected.items():
        seen = look(Due(f"http://{shop}{path}", (shop,), "hz_click"))
        assert (seen.reason, list(seen.hints)) == (reason, hints), path
    old = look(Due(f"http://{shop}/old", (shop,), "hz_click"))
    assert (old.status, old.title, [status for _url, status in old.hops]) == (200, "Lanterns & more", [301])
    assert "hz_click=hanse-checks" in old.final_url
    assert look(Due(f"http://{shop}/good", ("other.example",), "hz_click")).hints == ("off_site",)
    assert look(Due(f"http://{shop}/nowhere", (shop,))).reason.startswith(NOT_REACHED)


def test_private_addresses_are_not_called_and_what_is_never_called_is_no_fault(settings: object) -> None:
    settings.HANSE_OUTBOUND_HOSTS = []  # type: ignore[attr-defined]  # pytest-django's fixture
    assert look(Due("https://127.0.0.1/")).reason.startswith(NOT_REACHED)
    assert look(Due("http://127.0.0.1:1/")).reason == ""


def test_hints_speak_many_languages_and_read_no_scripts() -> None:
    def hints(text: str, final: str = "https://shop.example/a", **fields: object) -> list[str]:
        return hints_of(Page("https://shop.example/a", final, 200, text=text, **fields), ["shop.example"])  # type: ignore[arg-type]

    for title in ("404", "Page not found", "Página no encontrada", "Nie znaleziono strony", "Страница не найдена",
                  "找不到頁面", "Seite nicht gefunden", "This page doesn’t exist"):  # fmt: skip
        assert hints(f"<title>{title}</title>{TEXT}") == ["says_gone"], title
    for title in ("Room 4040", "Found objects", "Not a lamp", "Lost and found"):
        assert hints(f"<title>{title}</title>{TEXT}") == [], title
    assert hints(f"<title>Shop</title>{TEXT}", "http://www.shop.example/a") == ["not_secure"]
    assert hints(f"<title>Shop</title>{TEXT}", "https://shop.example.evil.example/a") == ["off_site"]
    assert hints("", is_html=False) == []
    assert title_of("<title>\n  A \n B&amp;C</title>") == "A B&C"


def test_hostile_markup_costs_no_time() -> None:
    for text in ("<title" * 50_000, "<" * 300_000, "<script" * 40_000, "<!--" * 70_000, "<h1>" * 70_000,
                 "<title>" + "page " * 60_000):  # fmt: skip
        hints_of(Page("https://shop.example/a", "https://shop.example/a", 200, text=text), ["shop.example"])
