"""Verbs that run the product: all of it, or one role."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from hanse.runtime.cli.options import AsJson, Data, data_folder, fail, open_installation, open_migrated, say, say_json

verbs = typer.Typer()
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


@verbs.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo once, and print links that sign in.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove the data folder's stores first.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Run edge, web and work behind one port until stopped; tables are brought up to date first."""
    os.environ.setdefault("HANSE_PUBLIC_URL", f"http://127.0.0.1:{port}")
    if fresh or demo:
        from hanse.runtime.fresh import erase, erase_half_loaded

        (erase if fresh else erase_half_loaded)(data_folder(data))
    folder = open_installation(data)
    from hanse.runtime.roles import Serving, serve_all

    raise typer.Exit(serve_all(Serving(folder, host, port, demo=demo, as_json=as_json)))


@verbs.command()
def edge(host: Host = "127.0.0.1", port: Port = 8000, data: Data = None) -> None:
    """Run the edge role alone: click doors, fact doors, and the way through to web."""
    folder = data_folder(data)
    from hanse.runtime.roles import run_edge

    run_edge(folder, host, port)


@verbs.command()
def web(
    host: Annotated[str, typer.Option(help="The address that edges on other machines reach, with --port.")] = "",
    port: Annotated[int, typer.Option(help="The port for them; without it, the data folder's socket.", max=65535)] = 0,
    data: Data = None,
) -> None:
    """Run the web role alone: console, portal, public pages and API, on the data folder's socket or for other edges."""
    if bool(host) != bool(port):
        fail("--host and --port go together: the address that edges on other machines reach.")
    folder = open_migrated(data)
    from hanse.edge.serve import refuse_taken_port
    from hanse.runtime.roles import run_web_role

    if port:
        refuse_taken_port(host, port)
    run_web_role(folder, listen=(host, port) if port else None)


@verbs.command()
def work(data: Data = None) -> None:
    """Run the work role alone: the pipeline and the schedule."""
    folder = open_migrated(data)
    from hanse.runtime.roles import run_work_role

    run_work_role(folder)


@verbs.command()
def mailroom(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to take mails at.", min=1, max=65535)] = 2525,
    data: Data = None,
) -> None:
    """Run the mailroom role alone: take mails by SMTP for the addresses of the programs, and for nobody else."""
    folder = open_migrated(data)
    from hanse.runtime.roles import run_mailroom_role

    run_mailroom_role(folder, host, port)


@verbs.command()
def migrate(data: Data = None, as_json: AsJson = False) -> None:
    """Make or bring up to date the tables of every store; safe to run twice."""
    folder = open_installation(data)
    from hanse.runtime.migrate import migrate as bring_up

    applied = bring_up()
    if as_json:
        say_json({"applied": applied, "data": str(folder)})
    else:
        say(f"{applied} changes applied." if applied else "Everything is up to date.")
