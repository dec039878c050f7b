"""CSV for people: cells that a spreadsheet would run get an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet will take for a formula: a leading apostrophe where one might begin."""
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") or cell[:1] in ("\t", "\r") else cell


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write rows as CSV with CRLF line ends; callers have guarded every cell that people typed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
