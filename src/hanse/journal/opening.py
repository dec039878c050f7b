"""Opens the journal that the operator chose."""

from __future__ import annotations

from pathlib import Path

from hanse.journal.port import Journal
from hanse.journal.settings import JournalSettings
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.errors import Refused

FILE = "journal.sqlite3"


def open_journal(data_dir: Path, settings: JournalSettings) -> Journal:
    """Return the file in the data folder, or the stream on NATS. Raises Refused with one line on what is missing."""
    if not settings.is_shared:
        return SqliteJournal(data_dir / FILE)
    try:
        from hanse.journal.nats import NatsJournal
    except ImportError:
        raise Refused("no_nats", "HANSE_JOURNAL_URL needs the NATS client: pip install 'hanse[nats]'.") from None
    return NatsJournal(settings)
