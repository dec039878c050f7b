"""A web server of this machine for tests, whose pages may misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.listening import listening

Page = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """Pages by path; `asked` are the paths that were asked for, with the headers."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        web = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                page = web.pages.get(self.path.partition("?")[0])
                with suppress(OSError):  # the caller has hung up
                    (page or answer(b"nothing here", status=404))(self)

            def do_HEAD(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


@contextmanager
def web_server() -> Iterator[Web]:
    web = Web()
    with listening(web.server):
        yield web


def answer(body: bytes, *, status: int = 200, **headers: str) -> Page:
    """A page that answers with this body; header names have underscores for hyphens."""

    def page(door: BaseHTTPRequestHandler) -> None:
        door.send_response(status)
        fields = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(body)), **headers}
        for name, value in fields.items():
            door.send_header(name.replace("_", "-"), value)
        door.end_headers()
        if door.command != "HEAD":
            door.wfile.write(body)

    return page


def moved(to: str, status: int = 302) -> Page:
    return answer(b"", status=status, Location=to)
