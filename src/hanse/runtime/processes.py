"""Small truths about processes: who may run a role, and that nobody outlives the supervisor."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import time
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1
LOCK_WAIT_SECONDS = 5.0


class RoleBusy(RuntimeError):
    """Another process holds this role on this data folder."""


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process the moment its parent is gone (Linux; elsewhere nothing happens)."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:  # it went between our birth and the request
        os._exit(1)


def hold_role(data: Path, role: str, wait_seconds: float = LOCK_WAIT_SECONDS) -> int:
    """Take the lock file of a role and return its descriptor; the lock lasts as long as this process and its children.

    Waits a moment for a predecessor that is just ending. Raises RoleBusy with the process number of the holder.
    """
    folder = data / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{role}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    give_up_at = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
                os.close(descriptor)
                raise RoleBusy(f"The {role} role already runs on {data} (process {holder}).") from None
            time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def running_roles(data: Path) -> list[str]:
    """Return the roles that some process holds on a data folder."""
    return [path.stem for path in sorted((data / "locks").glob("*.lock")) if _is_held(path)]


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
