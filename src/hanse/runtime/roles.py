"""What each role runs, together under the supervisor or alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hanse.runtime.processes import hold_role
from hanse.runtime.serve import Role, Supervisor, fork, run_in_child, wait_until_ready


def run_alone(data: Path, role: str, run: Callable[[], None]) -> None:
    """Run one role in this process. Raises RoleBusy if another process has it."""
    hold_role(data, role, wait_seconds=0.5)
    run()


def run_edge(data: Path, host: str, port: int) -> None:
    """Run the front door until a signal ends it."""
    from hanse.edge.serve import run

    run(data=data, host=host, port=port)


def serve_all(data: Path, host: str, port: int, *, as_json: bool = False) -> int:
    """Bring the tables up to date, then run every role until told to stop. Returns the exit code."""
    from hanse.runtime.migrate import migrate
    from hanse.runtime.web import load_application, run_web, socket_path

    began = time.monotonic()
    if not run_in_child(lambda: None if migrate() >= 0 else None):
        return 1
    application = load_application()

    def work() -> None:
        from hanse.runtime.work import run_work

        run_work(data)

    roles = [
        Role("edge", lambda: run_edge(data, host, port)),
        Role("web", lambda: run_web(data, application)),
        Role("work", work),
    ]

    def announce() -> None:
        fork(lambda: _say_ready(host, port, socket_path(data), began, as_json=as_json))

    return Supervisor(data, roles).run(announce)


def _say_ready(host: str, port: int, web_socket: Path, began: float, *, as_json: bool) -> None:
    """Wait for the roles, then print the one line that says where to look."""
    if not wait_until_ready(host, port, web_socket):
        sys.stderr.write("The roles did not become ready within 30 seconds; see the log lines above.\n")
        return
    url, seconds = f"http://{host}:{port}", round(time.monotonic() - began, 1)
    line = json.dumps({"ready": True, "url": url, "seconds": seconds}) if as_json else f"Hanse is ready at {url} ({seconds} s)"
    sys.stdout.write(line + "\n")
