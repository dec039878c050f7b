"""Loading the demo with a progress bar, and the two links that a newcomer clicks."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from hanse.journal.opening import FILE, open_journal
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel import clock
from hanse.runtime.cli.people import sign_in_address
from hanse.runtime.cli.progress import progress_of_stores
from hanse.runtime.demo.load import load_demo
from hanse.runtime.environment import journal_of
from hanse.runtime.fresh import half_loaded, mark_half_loaded
from hanse.runtime.pipeline import Pipeline


def load_with_progress(data: Path, *, quiet: bool) -> dict[str, object]:
    """Load the demo; draw a bar where a person looks on. Returns what came in.

    A mark in the data folder tells the next start that the demo is half there if this one is interrupted.
    """
    mark_half_loaded(data)
    where = journal_of(settings.HANSE_MASTER_KEY)
    # in a file no disk is waited for: nothing was answered, and a lost demo is loaded again
    journal = open_journal(data, where) if where.is_shared else SqliteJournal(data / FILE, sync="normal")
    try:
        with progress_of_stores(quiet=quiet) as tell:
            loaded = load_demo(
                journal=journal,
                pipeline=Pipeline(journal),
                master_key=settings.HANSE_MASTER_KEY,
                now=clock.now(),
                progress=tell,
            )
    finally:
        journal.close()
    half_loaded(data).unlink()
    return asdict(loaded)


def sign_in_links() -> dict[str, str]:
    """Return fresh one-time links for the demo's manager and for its star partner; nothing where there is no demo."""
    from hanse.people.access.queries import person_by_email
    from hanse.runtime.demo.people import MANAGER, PARTNER

    people = {"manager": person_by_email(MANAGER), "partner": person_by_email(PARTNER)}
    return {role: sign_in_address(person, clock.now()) for role, person in people.items() if person}
