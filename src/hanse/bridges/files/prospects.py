"""Reads a file of prospects: any of the usual column names; what is in a row is checked where it is brought in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.bridges.files.answers import rows_of, text_of
from hanse.growth.prospects.importing import NewProspect
from hanse.kernel.errors import Invalid, Problem

MOST_ROWS = 5_000
_COLUMNS = {
    "name": ("name", "company", "prospect", "contact", "partner"),
    "email": ("email", "e-mail", "mail"),
    "website": ("website", "site", "homepage"),
    "content": ("content", "piece", "link", "url"),
    "referrer": ("referrer", "referred_by", "brought_by"),
    "stage": ("stage",),
    "note": ("note", "notes", "comment"),
}


def read_prospects(body: bytes) -> list[NewProspect]:
    """Return the rows of a CSV file. Raises Invalid when it is too large, no text, or has no column of names."""
    rows = rows_of(text_of(body))
    head = [cell.strip().strip("\ufeff").lower() for cell in next(rows, [])]
    places = {key: head.index(name) for key, usual in _COLUMNS.items() for name in reversed(usual) if name in head}
    if "name" not in places:
        message = _("No column is called “name”. The first row holds: %(names)s.")
        said = ", ".join(head[:8])[:200] or _("nothing")
        raise Invalid([Problem("/file", message % {"names": said}, "no_column")])
    found: list[NewProspect] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == MOST_ROWS:
            message = _("A file may have at most %(limit)d rows; cut it in two.") % {"limit": MOST_ROWS}
            raise Invalid([Problem("/file", message, "too_long")])
        given = {key: cells[place].strip() for key, place in places.items() if place < len(cells)}
        given["stage"] = given.get("stage", "").lower() or "prospect"
        found.append(NewProspect(**{"name": "", **given}))
    return found
