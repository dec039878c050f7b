"""Reads lists of people, to invite or who share: any usual column names; rows are checked where they are brought in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from hanse.bridges.files.answers import rows_of, text_of
from hanse.growth.invitations.asking import MOST_ROWS
from hanse.growth.invitations.types import NewInvitation
from hanse.kernel.errors import Invalid, Problem

_COLUMNS = {
    "email": ("email", "e-mail", "mail", "address"),
    "name": ("name", "contact", "full name", "full_name"),
    "company": ("company", "organisation", "organization"),
    "website": ("website", "site", "homepage", "url"),
    "channels": ("channels", "channel", "handle", "handles"),
    "country": ("country",),
    "language": ("language", "locale"),
    "note": ("note", "message", "comment"),
    "tier": ("tier",),
}


def read_invitations(body: bytes, questions: Iterable[str] = ()) -> list[NewInvitation]:
    """Return the rows of a CSV file; columns called like one of the form's `questions` hold answers to it.

    Raises Invalid when it is too large, no text, or has no column of addresses.
    """
    taken = {name for usual in _COLUMNS.values() for name in usual}
    asked: dict[str, tuple[str, ...]] = {f"?{name}": (name,) for name in questions if name not in taken}
    found: list[NewInvitation] = []
    for given in read_people(body, _COLUMNS | asked, MOST_ROWS):
        answers = tuple((name[1:], given.pop(name)) for name in asked if name in given)
        channels = tuple(one.strip() for one in re.split(r"[;|,\n]+", given.pop("channels", "")) if one.strip())
        found.append(NewInvitation(**{"email": "", **given}, channels=channels, answers=answers))
    return found


def read_people(body: bytes, columns: Mapping[str, Sequence[str]], limit: int) -> list[dict[str, str]]:
    """Return the cells of a list of people by our names of the columns; a column of addresses is needed.

    Raises Invalid for a file that is too large or long, no text, or without that column.
    """
    rows = rows_of(text_of(body))
    head = [cell.strip().strip("\ufeff").lower() for cell in next(rows, [])]
    places = {key: head.index(name) for key, usual in columns.items() for name in reversed(usual) if name in head}
    if "email" not in places:
        message = _("No column is called “email”. The first row holds: %(names)s.")
        said = ", ".join(head[:8])[:200] or _("nothing")
        raise Invalid([Problem("/file", message % {"names": said}, "no_column")])
    found: list[dict[str, str]] = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == limit:
            message = _("A file may have at most %(limit)d rows; cut it in two.") % {"limit": limit}
            raise Invalid([Problem("/file", message, "too_long")])
        found.append({key: cells[place].strip() for key, place in places.items() if place < len(cells)})
    return found
