"""PostgreSQL's own dump and restore programs, which a backup of an installation on PostgreSQL needs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg

from hanse.kernel.errors import Refused

DUMP = "database.dump"


def dump(database_url: str, target: Path) -> None:
    """Write the whole database, as of one moment, into a file. Refuses where pg_dump is missing or fails."""
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={database_url}")


def load(database_url: str, source: Path) -> None:
    """Replace the database by what a file holds, all of it or nothing. Refuses where pg_restore is missing or fails."""
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    _run("pg_restore", *options, f"--dbname={database_url}", str(source))


def applied_by(database_url: str) -> int:
    """Return the sequence up to which the books of a database have applied their journal; 0 when they have not."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT MIN(sequence) FROM spine_position").fetchone()
    return int(row[0] or 0) if row else 0


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise Refused("no_program", f"{program} is not installed; it comes with PostgreSQL's client package.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Refused("failed", f"{program} failed: {lines[-1]}")
