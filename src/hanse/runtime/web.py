"""The web role: Django by WSGI on a unix socket that only the edge talks to, or for edges on other machines."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from hanse.kernel.signing import derive
from hanse.runtime.master_key import master_key
from hanse.runtime.processes import die_with_parent
from hanse.runtime.stuck import guard_connections

THREADS = 4
WAITING = 128
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 characters


def socket_path(data: Path) -> Path:
    """Return where web listens. Raises ValueError when the data folder lies too deep for a socket's address."""
    path = data / "web.sock"
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise ValueError(f"{data} is too deep a folder for a socket; choose a shorter --data.")
    return path


def load_application() -> Callable[..., Any]:
    """Return the WSGI application with every view and template engine imported: the first page does not wait."""
    from django.template import engines
    from django.urls import get_resolver

    from hanse.runtime.wsgi import application

    _ = get_resolver().url_patterns
    engines.all()
    return application


def for_edges_only(application: Callable[..., Any], proof: str) -> Callable[..., Any]:
    """Refuse requests that no edge of this installation passed on: they could claim to come from anywhere."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if hmac.compare_digest(environ.get("HTTP_X_HANSE_EDGE", "").encode(), proof.encode()):
            answered: Iterable[bytes] = application(environ, start_response)
            return answered
        start_response("403 Forbidden", [("content-type", "text/plain; charset=utf-8")])
        return [b"Only edges of this installation are answered here.\n"]

    return guarded


def run_web(
    data: Path,
    application: Callable[..., Any] | None = None,
    *,
    listen: tuple[str, int] | None = None,
    processes: int = 1,
) -> None:
    """Serve until a signal ends it. The application is loaded before the workers are forked, so they share its memory.

    `listen` (host, port) takes the socket's place: then only edges that know the installation's secret are answered.
    """
    loaded, parent = application or load_application(), os.getpid()
    where: dict[str, Any] = {}
    if listen is None:
        path = socket_path(data)
        path.unlink(missing_ok=True)
        where = {"uds": path, "uds_permissions": 0o600}
    else:
        where = {"address": listen[0], "port": listen[1]}
        loaded = for_edges_only(loaded, derive(master_key(data), "edge-to-web").hex())

    def in_worker() -> Callable[..., Any]:
        die_with_parent(parent)
        guard_connections("hanse web")
        return loaded

    server = Granian(
        target="hanse.runtime.wsgi:application",
        **where,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        backpressure=WAITING,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=in_worker, wrap_loader=False)
