"""`hanse serve`: one supervisor, three roles behind one port, each restarted when it falls."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from hanse.kernel.errors import HanseError
from hanse.runtime.environment import BadSetting
from hanse.runtime.processes import RoleBusy, die_with_parent

_log = structlog.get_logger("hanse.serve")
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
STOP_SECONDS = 6.0
STEADY_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 5.0


@dataclass
class Role:
    """One supervised process: what it runs, and how its last starts went."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    started_at: float = 0.0
    wait_seconds: float = 0.0
    start_at: float = field(default=0.0)

    def fell(self, now: float) -> None:
        """Plan the next start: at once after a steady run, else after a wait that doubles."""
        steady = now - self.started_at >= STEADY_SECONDS
        self.wait_seconds = 0.0 if steady else min(LONGEST_WAIT_SECONDS, max(0.1, self.wait_seconds * 2))
        self.pid, self.start_at = 0, now + self.wait_seconds


class Supervisor:
    """Starts roles by forking itself, so they share what is loaded, and keeps them alive until told to stop.

    `lock` is the descriptor of the data folder's lock: given back when all roles have ended, not before.
    """

    def __init__(self, lock: int, roles: list[Role]) -> None:
        self._lock, self._roles = lock, roles

    def run(self, on_start: Callable[[], object]) -> int:
        """Serve until SIGTERM or SIGINT; call `on_start` once all roles are started. Returns the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._start_due()
            on_start()
            while True:
                caught = signal.sigtimedwait(_SIGNALS, self._pause())
                if caught is not None and caught.si_signo in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    return 0
                self._reap()
                self._start_due()
        finally:
            self._stop()
            os.close(self._lock)

    def _pause(self) -> float:
        """Return how long to sleep: until the next planned start, at most a second."""
        planned = [role.start_at for role in self._roles if not role.pid]
        return max(0.01, min([1.0, *(at - time.monotonic() for at in planned)]))

    def _start_due(self) -> None:
        for role in self._roles:
            if not role.pid and role.start_at <= time.monotonic():
                role.pid, role.started_at = fork(role.run), time.monotonic()

    def _reap(self) -> None:
        """Note every child that ended; a role among them is planned anew."""
        by_pid = {role.pid: role for role in self._roles if role.pid}
        while by_pid:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            role = by_pid.pop(pid, None)
            if role is not None:
                role.fell(time.monotonic())
                code = os.waitstatus_to_exitcode(status)
                _log.warning("role_fell", role=role.name, code=code, restart_in_seconds=round(role.wait_seconds, 1))

    def _stop(self) -> None:
        """End every role: politely, then by force."""
        running = [role for role in self._roles if role.pid]
        for role in running:
            os.kill(role.pid, signal.SIGTERM)
        give_up_at = time.monotonic() + STOP_SECONDS
        while running and time.monotonic() < give_up_at:
            running = [role for role in running if not os.waitpid(role.pid, os.WNOHANG)[0]]
            time.sleep(0.02)
        for role in running:
            os.kill(role.pid, signal.SIGKILL)
            os.waitpid(role.pid, 0)


def fork(run: Callable[[], None]) -> int:
    """Run something in a child that never outlives this process; return its number. It exits 0, or 1 with a trace."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        die_with_parent(parent)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        run()
        code = 0
    except (KeyboardInterrupt, SystemExit) as end:
        code = end.code if isinstance(end, SystemExit) and isinstance(end.code, int) else 0
    except (HanseError, BadSetting, RoleBusy) as refused:  # what the operator can mend is said in one line
        sys.stderr.write(f"{refused}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def went_well(child: int) -> bool:
    """Wait for a child that was forked, and say whether it went well. Nothing it opened stays open here."""
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def wait_until_ready(host: str, port: int, web_socket: Path, seconds: float = 30.0) -> bool:
    """Wait until the public port takes connections and web answers its health; say whether both do in time."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if _takes_connections(host, port) and _web_is_well(web_socket):
            return True
        time.sleep(0.03)
    return False


def _takes_connections(host: str, port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1" if host in ("0.0.0.0", "::") else host, port), timeout=1).close()  # noqa: S104
    except OSError:
        return False
    return True


def _web_is_well(path: Path) -> bool:
    connection = http.client.HTTPConnection("localhost", timeout=5)
    try:
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(5)
        connection.sock.connect(str(path))
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
