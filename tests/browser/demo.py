"""The demo, loaded once for all tests of a run and served from a copy: its people's sign-in links, mails and log."""

from __future__ import annotations

import contextlib
import email
import email.policy
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.served import ROOT, Served, until

MANAGER = "ruth@harbourandpine.example"
FINANCE = "ben@harbourandpine.example"
PARTNER = "dusza10@partners.example"
FOLDER = "HANSE_TEST_DEMO"  # where several suites of one run find the demo loaded
_LINK = re.compile(r"https?://[^\s<>\"]+")


class Demo(Served):
    """The running demo. It may read a partner's website on the loopback port `website_port`, and no other there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.website_port = int(listener.getsockname()[1])
        self.environment["HANSE_OUTBOUND_HOSTS"] = f"127.0.0.1:{self.website_port}"

    def links(self) -> dict[str, str]:
        """Return the two links that the command printed when it was ready."""
        return dict(next(line for line in self.log_lines() if line.get("ready"))["links"])

    def log_lines(self, start: int = 0) -> list[dict[str, Any]]:
        """Return what the processes logged, from a byte of the log on."""
        with Path(self.log.name).open("rb") as log:
            log.seek(start)
            lines = log.read().decode().splitlines()
        found = []
        for line in lines:
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict)]

    @property
    def log_length(self) -> int:
        """How many bytes the log has now."""
        return Path(self.log.name).stat().st_size

    def sign_in_path(self, person: str) -> str:
        """Return the path of a fresh one-time link for a person."""
        return urlsplit(self.hanse("sign-in", person)["url"]).path

    def mail_to(self, address: str, words: str) -> str:
        """Wait for a mail to an address whose subject or text has these words; return the text of the newest."""

        def found() -> str:
            for letter in reversed(self._letters()):
                part = letter.get_body(("plain",))
                text = str(part.get_content()) if part else ""
                if address in str(letter["to"]) and words in f"{letter['subject']}\n{text}":
                    return text
            return ""

        return str(until(found, seconds=20))

    def mailed_path(self, address: str, words: str) -> str:
        """Return the path of the first link in such a mail."""
        return urlsplit(_LINK.findall(self.mail_to(address, words))[0]).path

    def _letters(self) -> list[EmailMessage]:
        files = sorted((self.data / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [
            email.message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=email.policy.default)  # type: ignore[arg-type]
            for file in files
        ]


@contextlib.contextmanager
def serving(template: Path, folder: Path) -> Iterator[Demo]:
    """Serve a copy of a loaded data folder until the end."""
    shutil.copytree(template, folder / "data", ignore=shutil.ignore_patterns("*.sock", "locks"))
    product = Demo(folder)
    product.environment["HANSE_PUBLIC_URL"] = product.url
    try:
        product.start("--demo", "--json")
        until(lambda: any(line.get("ready") for line in product.log_lines()), seconds=60)
        yield product
    finally:
        product.stop()


def load(folder: Path) -> Path:
    """Load the demo into a folder, once even when several processes ask at the same time; return its data folder."""
    data = folder / "demo"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            draft = folder / "demo.draft"
            environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HANSE_DATA": str(draft)}
            for name in ("DJANGO_SETTINGS_MODULE", "HANSE_DATABASE_URL", "HANSE_CLOCK"):
                environment.pop(name, None)
            command = [sys.executable, "-m", "hanse.runtime.cli", "demo", "--json"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, f"the demo did not load:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            draft.rename(data)
    return data


if __name__ == "__main__":
    load(Path(os.environ[FOLDER]))
