"""Finding and killing the processes of a role: the holder of its lock file, as the kernel knows it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def holder_of(data: Path, role: str) -> int:
    """Return the number of the process that holds a role's lock; 0 where nobody does."""
    inode = os.stat(data / "locks" / f"{role}.lock").st_ino
    for line in Path("/proc/locks").read_text().splitlines():
        parts = line.split()
        if "FLOCK" in parts and parts[-3].endswith(f":{inode}") and "->" not in parts:
            return int(parts[-4])
    return 0


def kill(data: Path, role: str) -> int:
    """Kill the holder of a role without a warning; return its number."""
    give_up_at = time.monotonic() + 10
    while time.monotonic() < give_up_at:
        pid = holder_of(data, role)
        if pid:
            os.kill(pid, signal.SIGKILL)
            return pid
        time.sleep(0.02)
    raise AssertionError(f"nobody holds {role}")
