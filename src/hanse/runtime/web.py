"""The web role: Django by WSGI on a unix socket that only the edge talks to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from hanse.runtime.processes import die_with_parent

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


def run_web(data: Path, application: Callable[..., Any] | None = None) -> None:
    """Serve until a signal ends it. The application is loaded before the worker is forked, so they share its memory."""
    path = socket_path(data)
    path.unlink(missing_ok=True)
    loaded, parent = application or load_application(), os.getpid()

    def in_worker() -> Callable[..., Any]:
        die_with_parent(parent)
        return loaded

    server = Granian(
        target="hanse.runtime.wsgi:application",
        uds=path,
        uds_permissions=0o600,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        backpressure=WAITING,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=in_worker, wrap_loader=False)
