"""Beginning again: takes an installation's own files out of a data folder, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from hanse.kernel.errors import Refused
from hanse.runtime.backup import STORES
from hanse.runtime.master_key import KEY_FILE
from hanse.runtime.processes import running_roles

_FOLDERS = ("mail", "imports", "locks")


def erase(data: Path) -> None:
    """Remove the stores, the key, letters and imports of a data folder. Refuses while a role runs on it."""
    if not data.exists():
        return
    if running_roles(data):
        raise Refused("running", f"Hanse runs on {data}; stop it first.")
    for name in STORES:
        for suffix in ("", "-wal", "-shm"):
            (data / f"{name}{suffix}").unlink(missing_ok=True)
    for name in (KEY_FILE, "web.sock"):
        (data / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        shutil.rmtree(data / name, ignore_errors=True)
