"""Beginning again: takes an installation's own files out of a data folder, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from hanse.kernel.errors import Refused
from hanse.runtime.backup import STORES
from hanse.runtime.environment import read_environment
from hanse.runtime.master_key import KEY_FILE
from hanse.runtime.processes import running_roles

_FOLDERS = ("mail", "imports", "locks", "files")


def half_loaded(data: Path) -> Path:
    """Return the mark that is there while the demo is being loaded."""
    return data / "demo.loading"


def mark_half_loaded(data: Path) -> None:
    """Note that the demo is being loaded into a data folder; whoever loads it takes the mark away when it is whole."""
    half_loaded(data).touch()


def erase_half_loaded(data: Path) -> None:
    """Take out a demo whose loading was interrupted, so that it is loaded anew. Refuses on PostgreSQL."""
    if not half_loaded(data).exists():
        return
    if read_environment().database_url:
        raise Refused("half_loaded", "Loading the demo was interrupted; name an empty database in HANSE_DATABASE_URL.")
    erase(data)


def erase(data: Path) -> None:
    """Remove the stores, the key, letters and imports of a data folder. Refuses while a role runs on it."""
    if not data.exists():
        return
    if running_roles(data):
        raise Refused("running", f"Hanse runs on {data}; stop it first.")
    for name in STORES:
        for suffix in ("", "-wal", "-shm"):
            (data / f"{name}{suffix}").unlink(missing_ok=True)
    for name in (KEY_FILE, "web.sock", half_loaded(data).name):
        (data / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        shutil.rmtree(data / name, ignore_errors=True)
