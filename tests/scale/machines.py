"""An installation spread over several machines, each a data folder of its own: PostgreSQL and NATS hold it together."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import psycopg

from hanse.journal.nats import NatsJournal
from hanse.journal.settings import JournalSettings
from tests.faults.oracle import Log
from tests.nats_server import NatsServer
from tests.served import BROWSER, ROOT, until


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Role:
    """One process of one role on a machine of its own; it can be killed and started again."""

    def __init__(self, machines: Machines, verb: str, name: str) -> None:
        self.data = machines.folder / name
        self.data.mkdir()
        shutil.copy(machines.box / "secret.key", self.data / "secret.key")
        self.port = free_port() if verb in ("edge", "web") else 0
        self.command = [sys.executable, "-m", "hanse.runtime.cli", verb, "--data", str(self.data)]
        self.command += ["--host", "127.0.0.1", "--port", str(self.port)] if self.port else []
        self.environment = {**machines.environment, "HANSE_DATA": str(self.data)}
        self.log = machines.folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        path = "/readyz" if self.command[3] == "edge" else "/healthz"
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}{path}").status_code in (200, 403):
                    return
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.05)
        raise AssertionError(f"{self.command[3]} did not get ready:\n{self.log.read_text()[-3000:]}")

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(timeout=20)


class Machines:
    """The stores, and the roles that a test starts on them."""

    def __init__(self, folder: Path, postgres: str) -> None:
        self.folder, self.box, self.roles, self.log = folder, folder / "box", list[Role](), Log()
        self.nats = NatsServer()
        self.nats.start()
        name = f"scale_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self.database_url = f"{postgres}/{name}"
        self.environment = {
            **os.environ, "PYTHONPATH": str(ROOT / "src"), "HANSE_DATA": str(self.box),
            "HANSE_DATABASE_URL": self.database_url, "HANSE_JOURNAL_URL": self.nats.url, "HANSE_NATS_DURABLE": "always",
        }  # fmt: skip
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.hanse("migrate")
        self.key = str(self.hanse("keys", "create", "scale", "--scopes", "all")["key"])

    def role(self, verb: str, name: str) -> Role:
        """Start a role on a new machine."""
        role = Role(self, verb, name)
        self.roles.append(role)
        role.start()
        return role

    def hanse(self, *arguments: str) -> Any:
        """Run a verb on the first box and return what it printed."""
        command = [sys.executable, "-m", "hanse.runtime.cli", *arguments, "--json"]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=120, check=False, cwd=self.folder
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def client(self, edge: Role) -> httpx.Client:
        headers = {"user-agent": BROWSER, "authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=edge.url, headers=headers, timeout=20)

    def make_shop(self, edge: Role) -> None:
        """Make a program with one partner and the link `ana`."""
        with self.client(edge) as api:
            program = _made(api, "programs", name="Harbour", slug="harbour", currency="EUR", time_zone="Europe/Berlin")
            offer = _made(api, "offers", program=program, name="Shop", destination_url="https://shop.example/gifts")
            percent = {"kind": "percent", "rate": "20%", "goal": "sale"}
            _made(api, "terms", program=program, body={"clauses": [percent]})
            partner = _made(api, "partners", name="Ana", email="ana@partners.example")
            enrolment = _made(api, "enrolments", partner=partner, program=program)
            _made(api, "links", enrolment=enrolment, offer=offer, slug="ana")

    def sees_link(self, edge: Role) -> None:
        """Wait until an edge answers the link with a token."""

        def seen() -> bool:
            self.log.clicks_asked += 1
            answer = httpx.get(f"{edge.url}/ana", headers={"user-agent": BROWSER})
            return "hz_click" in answer.headers.get("location", "")

        until(seen, seconds=20)

    def order(self, edge: Role, external_id: str, amount: int) -> httpx.Response:
        """Send an order through an edge and wait for the verdict."""
        self.log.orders_asked[external_id] += 1
        body = {"goal": "sale", "external_id": external_id, "amount": amount, "currency": "EUR"}
        with self.client(edge) as api:
            return api.post("/v1/conversions?wait=1", json=body)

    def ask(self, sql: str) -> Any:
        """Return the first row of a question to the database."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql).fetchone()

    def leader(self) -> int:
        """Return the number of the process that leads the pipeline; 0 when nobody does."""
        row = self.ask("SELECT holder FROM spine_lease WHERE name = 'pipeline' AND until > now()")
        return int(row[0].split(":")[1]) if row else 0

    def position(self) -> int:
        row = self.ask("SELECT sequence FROM spine_position WHERE name = 'pipeline'")
        return int(row[0]) if row else 0

    def wait_until_applied(self, seconds: float = 60) -> None:
        """Wait until everything that is in the journal has been applied."""
        journal = NatsJournal(JournalSettings(self.nats.url, "always"))
        try:
            until(lambda: self.position() >= journal.end(), seconds)
        finally:
            journal.close()

    def stop(self) -> None:
        for role in self.roles:
            if role.process is not None and role.process.poll() is None:
                role.process.send_signal(signal.SIGCONT)
                role.process.terminate()
        for role in self.roles:
            if role.process is not None:
                try:
                    role.process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    role.process.kill()
                    role.process.wait()
        self.nats.remove()


def _made(api: httpx.Client, kind: str, **body: object) -> str:
    answer = api.post(f"/v1/{kind}", json=body)
    assert answer.status_code in (200, 201), f"{kind}: {answer.status_code} {answer.text}"
    return str(answer.json()["id"])
