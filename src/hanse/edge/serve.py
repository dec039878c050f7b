"""Runs the edge role: one process, one lock, one listening port."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import gc
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import structlog

from hanse.edge.app import EdgeApp
from hanse.edge.granian_door import MAX_CONNECTIONS, make_server
from hanse.edge.settings import EdgeSettings
from hanse.kernel.errors import Refused

log = structlog.get_logger("hanse.edge")
_PR_SET_PDEATHSIG = 1
_SWITCH_S = 0.0001  # the writer's thread must get its turn soon after the disk has answered; 5 ms is the default


def run(settings: EdgeSettings, host: str, port: int, *, ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. `ready` is called once the port listens.

    Raises Refused when another edge works on the same data folder, or somebody listens on the port. Dies with its
    parent.
    """
    lock = take_lock(settings.data_dir)
    name = None
    try:
        name = claim_port(host, port)
        _die_with_parent()
        allow_many_files()
        sys.setswitchinterval(_SWITCH_S)
        asyncio.run(_serve(settings, host, port, ready))
    finally:
        lock.close()
        if name is not None:
            name.close()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Refused where somebody else listens on the port, or the address is not this machine's."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as error:
        raise Refused("port_taken", f"Cannot listen on {host}:{port}: {error.strerror}. Try another --port.") from None


def claim_port(host: str, port: int, wait_s: float = 2.0) -> socket.socket | None:
    """Hold a name that only one edge of this machine can have for a port; returns what holds it, None off Linux.

    The server listens with SO_REUSEPORT, by which the system would share the port out among two that know nothing of
    each other. Waits a moment for a predecessor that is just ending. Raises Refused when the port stays taken.
    """
    until = time.monotonic() + wait_s
    name = socket.socket(socket.AF_UNIX) if sys.platform == "linux" else None
    while True:
        try:
            refuse_taken_port(host, port)
            if name is not None:
                name.bind(f"\0hanse-edge-{port}")
            return name
        except Refused:
            if time.monotonic() > until:
                raise
        except OSError:
            if time.monotonic() > until:
                told = f"Another Hanse edge of this machine has port {port}. Try another --port."
                raise Refused("port_taken", told) from None
        time.sleep(0.05)


def take_lock(data_dir: Path, wait_s: float = 2.0) -> IO[str]:
    """Return the open lock file of the edge role. Raises Refused when another process keeps it while we wait."""
    (data_dir / "locks").mkdir(parents=True, exist_ok=True)
    file = (data_dir / "locks" / "edge.lock").open("w")
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            if time.monotonic() > until:
                file.close()
                raise Refused("edge_runs_already", f"Another edge is serving {data_dir}; stop it first.") from None
            time.sleep(0.02)


async def _serve(settings: EdgeSettings, host: str, port: int, ready: Callable[[], None] | None) -> None:
    app = EdgeApp(settings)
    server = make_server(app, host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    gc.collect()
    gc.freeze()  # what was loaded stays: the collector need not walk it again and again
    gc.set_threshold(50_000, 20, 50)
    if ready is not None:
        loop.call_later(0.05, ready)
    log.info("edge_serves", host=host, port=port, links=len(app.directory.links))
    try:
        await server.serve()
    finally:
        await app.close()


def allow_many_files() -> None:
    """Take as many open files as the system grants: each visitor's connection is one, and 1,024 is often the default.

    Without, idle connections of strangers could use all of them up long before the server's own limit.
    """
    granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MAX_CONNECTIONS
    if granted != resource.RLIM_INFINITY and granted < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
            )


def _die_with_parent() -> None:
    """Ask Linux to end us with our parent, so that a killed supervisor leaves no second writer behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
