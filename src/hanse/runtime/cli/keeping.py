"""Verbs that keep an installation: backup, restore, version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hanse.runtime.cli.options import AsJson, Data, data_folder, open_migrated, say, say_json
from hanse.runtime.environment import journal_of, read_environment
from hanse.runtime.logs import set_up_logs
from hanse.runtime.master_key import master_key

verbs = typer.Typer()


@verbs.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The tar file to write; it holds the secret key, keep it safe.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Copy every store and the secret key into one tar file, while everything runs."""
    folder = open_migrated(data)
    from hanse.kernel import clock
    from hanse.runtime.backup import back_up
    from hanse.runtime.cli.progress import progress_of_stores

    with progress_of_stores(quiet=as_json) as tell:
        note = back_up(
            folder,
            target.absolute(),
            at=clock.now(),
            database_url=read_environment().database_url,
            journal=journal_of(master_key(folder)),
            progress=tell,
        )
    if as_json:
        say_json(note)
    else:
        say(f"Wrote {note['file']} ({target.stat().st_size / 1e6:.1f} MB). Restore it with: hanse restore {target}")


@verbs.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file made by hanse backup.", exists=True, dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace what the data folder holds.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty data folder; facts that came in meanwhile are applied at the next start."""
    folder = data_folder(data)
    from hanse.runtime.backup import restore as put_back

    environment = read_environment()
    set_up_logs(environment.log_level)
    database_url = environment.database_url
    note = put_back(source.absolute(), folder, database_url=database_url, journal=journal_of, force=force)
    if as_json:
        say_json({**note, "data": str(folder)})
    else:
        say(f"Restored the state of {note['at']} into {folder}.")


@verbs.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    from hanse import __version__

    if as_json:
        say_json({"version": __version__})
    else:
        say(__version__)
