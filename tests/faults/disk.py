"""Real trouble with the disk under a running process: full, failing to sync, slow to sync; lifted at the end."""

from __future__ import annotations

import contextlib
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator

import pytest


@contextlib.contextmanager
def full(*pids: int) -> Iterator[None]:
    """Let no file of these processes grow, as on a full disk: the kernel refuses every write to a file."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    try:
        for pid, (_soft, hard) in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        yield
    finally:
        for pid, limits in before.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextlib.contextmanager
def failing_sync(pid: int, first: int) -> Iterator[None]:
    """Let every sync of a process to the disk fail with EIO, from its `first` one on."""
    with _injected(pid, f"error=EIO:when={first}+"):
        yield


@contextlib.contextmanager
def slow_sync(pid: int, milliseconds: int) -> Iterator[None]:
    """Let every sync of a process take this long."""
    with _injected(pid, f"delay_enter={milliseconds * 1000}"):
        yield


@contextlib.contextmanager
def _injected(pid: int, fault: str) -> Iterator[None]:
    """Have strace interfere with a process's syncs. Skips the test where strace is missing or may not."""
    tool = shutil.which("strace")
    if tool is None:
        pytest.skip("strace, which makes a disk fail, is not installed")
    command = [tool, "-f", "-p", str(pid), "-e", "trace=fsync,fdatasync", "-e", f"inject=fsync,fdatasync:{fault}"]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracer.stderr is not None
    try:
        first = tracer.stderr.readline()
        if "attached" not in first:
            tracer.wait(timeout=5)
            pytest.skip(f"strace may not look at other processes here: {first.strip()}")
        reader = subprocess.Popen(["cat"], stdin=tracer.stderr, stdout=subprocess.DEVNULL)  # keeps its pipe empty
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(timeout=10)
    reader.wait(timeout=10)
