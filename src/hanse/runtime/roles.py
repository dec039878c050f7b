"""What each role runs, together under the supervisor or alone."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hanse.runtime.environment import read_environment
from hanse.runtime.logs import set_up_logs
from hanse.runtime.master_key import master_key
from hanse.runtime.processes import hold_role
from hanse.runtime.serve import Role, Supervisor, fork, run_in_child, wait_until_ready


def run_edge(data: Path, host: str, port: int) -> None:
    """Run the front door until a signal ends it (it keeps its own lock). Refuses when another edge has the data folder."""
    from hanse.edge.serve import run
    from hanse.edge.settings import EdgeSettings

    environment = read_environment()
    set_up_logs(environment.log_level)
    settings = EdgeSettings(
        data_dir=data,
        master_key=master_key(data),
        database_url=environment.database_url,
        public_url=environment.public_url,
        trusted_proxies=environment.trusted_proxies,
    )
    run(settings, host, port)


def run_web_role(data: Path, application: Callable[..., Any] | None = None) -> None:
    """Run web until a signal ends it. Raises RoleBusy if another process has the role."""
    from hanse.runtime.web import run_web

    hold_role(data, "web")
    run_web(data, application)


def run_work_role(data: Path) -> None:
    """Run pipeline and schedule until a signal ends it. Raises RoleBusy if another process has the role."""
    from hanse.runtime.work import run_work

    hold_role(data, "work")
    run_work(data)


def serve_all(data: Path, host: str, port: int, *, as_json: bool = False) -> int:
    """Bring the tables up to date, then run every role until told to stop. Returns the exit code."""
    from hanse.runtime.migrate import migrate
    from hanse.runtime.web import load_application, socket_path

    began = time.monotonic()
    if not run_in_child(lambda: None if migrate() >= 0 else None):
        return 1
    application = load_application()

    roles = [
        Role("edge", lambda: run_edge(data, host, port)),
        Role("web", lambda: run_web_role(data, application)),
        Role("work", lambda: run_work_role(data)),
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
