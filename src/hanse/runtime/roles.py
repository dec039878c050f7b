"""What each role runs, together under the supervisor or alone."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from hanse.runtime.environment import journal_of, read_environment
from hanse.runtime.logs import set_up_logs
from hanse.runtime.master_key import master_key
from hanse.runtime.processes import hold_role
from hanse.runtime.serve import Role, Supervisor, fork, wait_until_ready, went_well


def run_edge(data: Path, host: str, port: int) -> None:
    """Run the front door until a signal ends it; it keeps its own lock and refuses where another edge runs."""
    from hanse.edge.serve import run
    from hanse.edge.settings import EdgeSettings, HealthSettings

    environment = read_environment()
    set_up_logs(environment.log_level)
    key = master_key(data)
    settings = EdgeSettings(
        data_dir=data,
        master_key=key,
        database_url=environment.database_url,
        public_url=environment.public_url,
        trusted_proxies=environment.trusted_proxies,
        edge_number=environment.edge_number,
        journal=journal_of(key),
        web_urls=environment.web_urls,
        health=HealthSettings(environment.ready_lag_seconds, environment.metrics_token),
    )
    run(settings, host, port)


def run_web_role(
    data: Path, application: Callable[..., Any] | None = None, listen: tuple[str, int] | None = None
) -> None:
    """Run web until a signal ends it, on the data folder's socket or on an address that edges elsewhere reach.

    Raises RoleBusy if another process has the role.
    """
    from hanse.runtime.web import run_web

    hold_role(data, "web")
    run_web(data, application, listen=listen, processes=read_environment().web_processes)


def run_work_role(data: Path) -> None:
    """Run pipeline and schedule until a signal ends it. Raises RoleBusy if another process has the role."""
    from hanse.runtime.work import run_work

    hold_role(data, "work")
    run_work(data)


def run_mailroom_role(data: Path, host: str, port: int) -> None:
    """Take mails by SMTP until a signal ends it. Raises RoleBusy if another process has the role."""
    from hanse.runtime.mailroom import run_mailroom

    hold_role(data, "mailroom")
    run_mailroom(host, port, read_environment().public_host)


@dataclass(frozen=True, slots=True)
class Serving:
    """What `hanse serve` was asked for."""

    data: Path
    host: str
    port: int
    demo: bool = False
    as_json: bool = False


def serve_all(asked: Serving) -> int:
    """Bring the tables up to date (and load the demo where asked), then run every role until told to stop.

    Returns the exit code. Refuses a port that is taken and a data folder that is served already. What needs the
    database here runs in children: nothing may be open when roles are forked.
    """
    from hanse.edge.serve import refuse_taken_port

    began = time.monotonic()
    lock = hold_role(asked.data, "serve")
    refuse_taken_port(asked.host, asked.port)
    preparing = fork(lambda: _prepare(asked))
    application = _load_all()  # meanwhile
    if not went_well(preparing):
        return 1
    roles = [
        Role("edge", lambda: run_edge(asked.data, asked.host, asked.port)),
        Role("web", lambda: run_web_role(asked.data, application)),
        Role("work", lambda: run_work_role(asked.data)),
        *_mailroom(asked.data),
    ]
    return Supervisor(lock, roles).run(lambda: fork(lambda: _say_ready(asked, began)))


def _mailroom(data: Path) -> list[Role]:
    """Return the role that takes mails, where the operator said at which address."""
    inbound = read_environment().inbound
    return [Role("mailroom", lambda: run_mailroom_role(data, *inbound))] if inbound else []


def _load_all() -> Callable[..., Any]:
    """Import what the roles run, so that a role that fell is back without importing; return web's application."""
    gc.disable()  # nearly all that is loaded stays: to look through it again and again takes a sixth of the time
    from hanse.runtime.web import load_application

    application = load_application()
    for name in ("hanse.edge.serve", "hanse.runtime.work"):
        import_module(name)
    gc.collect()
    gc.freeze()  # from now on the collector need not touch, and so copy, the pages that the roles share
    gc.enable()
    return application


def _prepare(asked: Serving) -> None:
    from hanse.journal.opening import open_journal
    from hanse.programs.models import Program
    from hanse.runtime.migrate import migrate
    from hanse.runtime.planner import tell_planner

    open_journal(asked.data, journal_of(master_key(asked.data))).close()  # refuses what could lose facts
    migrate()
    if asked.demo and not Program.objects.exists():
        from hanse.runtime.cli.demo import load_with_progress

        sys.stderr.write("Loading the demo, once: a year of a shop's real orders …\n")
        load_with_progress(asked.data, quiet=asked.as_json)
    tell_planner()


def _say_ready(asked: Serving, began: float) -> None:
    """Wait for the roles, then say where to look and how to get in."""
    from hanse.runtime.web import socket_path

    if not wait_until_ready(asked.host, asked.port, socket_path(asked.data)):
        sys.stderr.write("The roles did not become ready within 30 seconds; see the log lines above.\n")
        return
    url, seconds = f"http://{asked.host}:{asked.port}", round(time.monotonic() - began, 1)
    links = _links() if asked.demo else {}
    if asked.as_json:
        sys.stdout.write(json.dumps({"ready": True, "url": url, "seconds": seconds, "links": links}) + "\n")
        return
    sys.stdout.write(f"Hanse is ready at {url} ({seconds} s)\n")
    for who, link in links.items():
        sys.stdout.write(f"  sign in as the {who}: {link}\n")


def _links() -> dict[str, str]:
    from hanse.runtime.cli.demo import sign_in_links

    return sign_in_links()
