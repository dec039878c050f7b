"""What every verb shares: the data folder, JSON for programs, and how an installation is opened."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from hanse.journal.port import Journal

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder (or HANSE_DATA). Default: ./data.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

FOUND_PROBLEMS, WRONG_USE = 1, 2


def data_folder(data: Path | None) -> Path:
    """Return the data folder that a verb works on, and let every later reader of the environment see the same."""
    folder = (data or Path(os.environ.get("HANSE_DATA") or "data")).absolute()
    os.environ["HANSE_DATA"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hanse.runtime.settings")
    return folder


def open_installation(data: Path | None) -> Path:
    """Set Django up on the data folder, making it where there is none. Tables may still be missing."""
    folder = data_folder(data)
    import django

    django.setup()
    return folder


def open_migrated(data: Path | None) -> Path:
    """Set Django up on a data folder that has its tables; ends with exit code 2 and one line where it has none."""
    folder = data_folder(data)
    if not os.environ.get("HANSE_DATABASE_URL") and not (folder / "main.sqlite3").exists():
        fail(f"There is no Hanse data in {folder}. Start with: hanse migrate --data {folder}")
    open_installation(folder)
    from hanse.runtime.migrate import is_current

    if not is_current():
        fail(f"The tables of {folder} are not of this version. Bring them up with: hanse migrate --data {folder}")
    return folder


def installed_journal(folder: Path) -> Journal:
    """Open the journal of an installation that is set up. Raises BadSetting, Refused."""
    from hanse.journal.opening import open_journal
    from hanse.runtime.environment import journal_of
    from hanse.runtime.master_key import master_key

    return open_journal(folder, journal_of(master_key(folder)))


def fail(message: str, code: int = WRONG_USE) -> NoReturn:
    """Say what is wrong in one line and end."""
    sys.stderr.write(message.rstrip() + "\n")
    raise typer.Exit(code)


def say(text: str) -> None:
    """Print a line for a person."""
    typer.echo(text)


def say_json(value: Any) -> None:
    """Print one line of JSON for a program."""
    typer.echo(json.dumps(value, default=str, ensure_ascii=False))
