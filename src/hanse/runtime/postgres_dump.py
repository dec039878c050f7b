"""PostgreSQL's own dump and restore programs, which a backup of an installation on PostgreSQL needs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg

from hanse.kernel.errors import Refused
from hanse.spine.positions.types import PIPELINE

DUMP = "database.dump"


def dump(database_url: str, target: Path) -> None:
    """Write the whole database, as of one moment, into a file. Refuses where pg_dump is missing or fails."""
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={database_url}")


def load(database_url: str, source: Path) -> None:
    """Replace the database by what a file holds, all of it or nothing. Refuses where pg_restore or psql fails.

    The schema goes as a whole: pg_restore's own way to clear up stumbles over tables that are cut into months.
    """
    script, clear = source.with_suffix(".sql"), source.with_suffix(".clear.sql")
    _run("pg_restore", "--no-owner", f"--file={script}", str(source))
    clear.write_text("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;\n")
    options = ("--single-transaction", "--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1")
    _run("psql", *options, f"--file={clear}", f"--file={script}", f"--dbname={database_url}")


def applied_by(database_url: str) -> int:
    """Return the sequence up to which the books of a database have applied their journal; 0 when they have not."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT sequence FROM spine_position WHERE name = %s", (PIPELINE,)).fetchone()
    return int(row[0]) if row else 0


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise Refused("no_program", f"{program} is not installed; it comes with PostgreSQL's client package.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Refused("failed", f"{program} failed: {lines[-1]}")
