"""A real edge in its own process on a free port, with a browser's manners for the client."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.facts import ClickEnvelope, ClickFact, FactEnvelope, decode_envelope
from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens

MASTER = bytes(range(32))
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
TOKENS = ClickTokens(derive(MASTER, "click-token"))
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Edge:
    """One running edge."""

    def __init__(self, data_dir: Path, port: int, environment: dict[str, str]) -> None:
        self.data_dir, self.port = data_dir, port
        (data_dir / "secret.key").write_text(MASTER.hex())
        command = [sys.executable, "-m", "hanse.edge", "--data", str(data_dir), "--port", str(port)]
        variables = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
        self.process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_serving(self) -> None:
        until = time.monotonic() + 15
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            if self.process.poll() is not None:
                raise AssertionError(f"the edge ended: {self.process.stdout.read().decode()}")
            time.sleep(0.05)
        raise AssertionError("the edge did not start")

    def client(self, **more: object) -> httpx.Client:
        headers = {"user-agent": BROWSER}
        return httpx.Client(base_url=self.url, headers=headers, follow_redirects=False, timeout=20, **more)  # type: ignore[arg-type]

    def stop(self, number: int = signal.SIGTERM) -> str:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.communicate(timeout=15)[0].decode()

    def clicks(self) -> list[ClickFact]:
        found = [
            decode_envelope(entry.body) for entry in SqliteJournal(self.data_dir / "journal.sqlite3").read(0, 100_000)
        ]
        return [click for envelope in found if isinstance(envelope, ClickEnvelope) for click in envelope.clicks]

    def fact_envelopes(self) -> list[FactEnvelope]:
        found = [
            decode_envelope(entry.body) for entry in SqliteJournal(self.data_dir / "journal.sqlite3").read(0, 100_000)
        ]
        return [envelope for envelope in found if isinstance(envelope, FactEnvelope)]


@contextlib.contextmanager
def serving(data_dir: Path, **environment: str) -> Iterator[Edge]:
    edge = Edge(data_dir, free_port(), environment)
    try:
        edge.wait_until_serving()
        yield edge
    finally:
        edge.stop()
