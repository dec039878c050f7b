"""Granian, embedded, with a short way in for clicks.

Granian hands every request to a coroutine on the event loop. A click needs none of that: it is classified in some
microseconds and answered later by the journal's thread. So requests on known links are taken where they arrive, on
Granian's own thread, and only the rest go to the loop; this halves the cost of a click. It uses a name that
Granian does not promise to keep; where it is gone, everything goes the ordinary way, slower but alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from granian import _futures
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import embed

log = structlog.get_logger("hanse.edge")
HEADER_TIMEOUT_MS = 15_000
MAX_CONNECTIONS = 4_096
MAX_HEAD = 64 * 1024  # the buffer for the first line and headers: what needs more than two of it is refused (431)
_SCHEDULING = "_cbsched_aioschedule"

Take = Callable[[Any, Any], bool]


def make_server(app: Any, host: str, port: int) -> embed.Server:
    """Return a server for an app with `__rsgi__` and `take`; `await server.serve()` runs it in this process."""
    if not _shorten(app.take):
        log.warning("no_short_way", why="this version of granian has other internals; clicks take the event loop")
    return embed.Server(
        app, address=host, port=port, interface=Interfaces.RSGI, http=HTTPModes.http1, websockets=False,
        log_enabled=False, backlog=MAX_CONNECTIONS, backpressure=MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=MAX_HEAD),
    )  # fmt: skip


def _shorten(take: Take) -> bool:
    """Let `take` see each request before the event loop does; say whether that was possible."""
    original = getattr(_futures, _SCHEDULING, None)
    if original is None:
        return False

    def scheduling(*loop_context_coroutine: Any) -> Callable[[Any], None]:
        by_loop = original(*loop_context_coroutine)

        def schedule(request: Any) -> None:
            try:
                if take(request.scope, request.proto):
                    return
            except Exception:
                log.exception("short_way_failed")
            by_loop(request)

        return schedule

    setattr(_futures, _SCHEDULING, scheduling)
    return True
