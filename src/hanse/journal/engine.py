"""One SQLite for journal and edge: pysqlite3, or the standard library's when it is new enough.

Debian's 3.40 carries the WAL-reset bug (fixed in 3.51.3), which can lose a commit that was answered.
"""

from __future__ import annotations

import sqlite3 as standard
from types import ModuleType

NEEDED = (3, 51, 3)


def _newest() -> ModuleType:
    try:
        import pysqlite3.dbapi2 as wheel
    except ImportError:
        wheel = None
    for candidate in (wheel, standard):
        if candidate is not None and candidate.sqlite_version_info >= NEEDED:
            return candidate
    raise RuntimeError(f"Hanse needs SQLite {'.'.join(map(str, NEEDED))} or newer: pip install pysqlite3")


sqlite = _newest()
