"""A real PostgreSQL for the tests: own folder, free loopback port, an unprivileged user, gone with the process."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt")
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=60")


def start_postgres() -> str:
    """Start a server and return its address without a database name. Raises RuntimeError where there is none."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="hanse-postgres-"))
    as_user = _unprivileged(folder)
    data, port = folder / "data", _free_port()
    init = [
        *as_user,
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "hanse",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    subprocess.run(init, check=True, stdout=subprocess.DEVNULL)
    options = [part for setting in QUICK for part in ("-c", setting)]
    command = [
        *as_user,
        str(binaries / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        str(folder),
        *options,
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    atexit.register(_stop, server, folder)
    address = f"postgresql://hanse@127.0.0.1:{port}"
    _wait(address, server, folder / "log")
    return address


def _binaries() -> Path:
    for place in PLACES:
        for found in sorted(Path(place).glob("*/bin/initdb"), reverse=True):
            if (found.parent / "postgres").exists():
                return found.parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise RuntimeError("PostgreSQL's programs are missing: install the package postgresql (15 or newer).")


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses root: run it as `nobody`, and let it die with this process."""
    setpriv = ["setpriv", "--pdeathsig", "TERM"]
    if os.getuid() != 0:
        return setpriv
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return [*setpriv, "--reuid", str(nobody.pw_uid), "--regid", str(nobody.pw_gid), "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-500:]}")


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
