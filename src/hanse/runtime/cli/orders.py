"""Bringing an order file in with a progress bar."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from hanse.journal.port import Journal
from hanse.kernel import clock
from hanse.programs.models import Program
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.reading import RateFile
from hanse.runtime.cli.options import installed_journal
from hanse.runtime.cli.progress import progress_of_stores
from hanse.runtime.imports import OrderImport
from hanse.runtime.pipeline import Pipeline
from hanse.runtime.pipeline.lead import NAME
from hanse.runtime.processes import running_roles
from hanse.spine.positions.queries import is_led, place_of


def import_with_progress(data: Path, program: Program, path: Path, *, quiet: bool) -> dict[str, Any]:
    """Import a file; facts are applied by the running work role, or here where there is none."""
    journal = installed_journal(data)
    pipeline = Pipeline(journal)
    try:
        with progress_of_stores(quiet=quiet) as tell:
            began = time.monotonic()
            run = OrderImport(
                program,
                journal,
                data / "imports",
                settings.HANSE_MASTER_KEY,
                tell,
                lambda: _drained(data, journal, pipeline),
            )
            report = run.run(path)
    finally:
        journal.close()
    return {**report, "seconds": round(time.monotonic() - began, 1)}


def import_rates_of(data: Path, path: Path) -> dict[str, Any]:
    """Keep the rates of a file, and let the orders that waited for them be counted. Raises Invalid."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rates = RateFile(file)
        found = rates.read()
    with transaction.atomic():
        skipped = sorted(rates.skipped)
        done = keep_rates(found, source=path.name[:40], skipped=skipped, now=clock.now(), by="command line")
    journal = installed_journal(data)
    try:
        _drained(data, journal, Pipeline(journal))
    finally:
        journal.close()
    return {"new": done.new, "corrected": done.corrected, "known": done.known, "skipped": list(done.skipped)}


def _drained(data: Path, journal: Journal, pipeline: Pipeline) -> bool:
    """Apply what the journal holds; where a work role runs, say whether it has done so."""
    if "work" in running_roles(data) or is_led(NAME):
        return place_of(NAME)[0].sequence >= journal.end()
    pipeline.drain()
    return True
