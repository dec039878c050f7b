"""The whole product in its own processes on a free loopback port, with a clock that the test moves."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)


class Served:
    """One running installation; `api` is a client with an all-scopes key."""

    def __init__(self, folder: Path, at: datetime | None = None) -> None:
        self.data = folder / "data"
        self.clock = folder / "clock"
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HANSE_DATA": str(self.data)}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment.pop("HANSE_DATABASE_URL", None)
        if at is not None:
            self.move_to(at)
            self.environment["HANSE_CLOCK"] = str(self.clock)
        self.log = (folder / "serve.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def move_to(self, at: datetime) -> None:
        """Let every process see this moment as now."""
        draft = self.clock.with_suffix(".draft")
        draft.write_text(at.astimezone(UTC).isoformat())
        draft.replace(self.clock)

    def move(self, **length: float) -> datetime:
        """Move the clock forward."""
        at = datetime.fromisoformat(self.clock.read_text()) + timedelta(**length)
        self.move_to(at)
        return at

    def start(self, *arguments: str) -> None:
        if not self.data.exists() and "HANSE_DATABASE_URL" not in self.environment:
            shutil.copytree(_migrated(), self.data)
        command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the product did not start:\n{Path(self.log.name).read_text()[-4000:]}")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)
        self.log.close()

    def hanse(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> Any:
        """Run a verb with --json and return what it printed."""
        command = [sys.executable, "-m", "hanse.runtime.cli", *arguments, "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode in codes, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def client(self, key: str | None = None) -> httpx.Client:
        headers = {"user-agent": BROWSER} | ({"authorization": f"Bearer {key}"} if key else {})
        return httpx.Client(base_url=self.url, headers=headers, follow_redirects=False, timeout=20)


@functools.cache
def _migrated() -> Path:
    """Return a data folder with all tables and nothing in them, made once: migrating takes longer than most tests."""
    data = Path(tempfile.mkdtemp(prefix="hanse-migrated-")) / "data"
    atexit.register(shutil.rmtree, data.parent, ignore_errors=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HANSE_DATA": str(data)}
    environment.pop("HANSE_DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "hanse.runtime.cli", "migrate"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    (data / "secret.key").unlink(missing_ok=True)
    return data


@contextlib.contextmanager
def served(folder: Path, at: datetime | None = None) -> Iterator[Served]:
    """Start an empty installation and stop it in the end."""
    product = Served(folder, at)
    try:
        product.start()
        yield product
    finally:
        product.stop()


def until(condition: Any, seconds: float = 10) -> Any:
    """Wait until a condition gives something true, and return it."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)
