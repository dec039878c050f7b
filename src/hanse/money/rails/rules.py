"""Rules that rails share: which texts a spreadsheet would run, splitting, what settings lack, what may be an e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from hanse.money.rails.types import SettingsField

T = TypeVar("T")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")


def begins_a_formula(cell: str) -> bool:
    """Say whether a spreadsheet might take a cell for a formula."""
    return cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") or cell[:1] in ("\t", "\r")


def unsafe_cell(*cells: str) -> str:
    """Return a sentence when a cell may not stand in a file whose cells must not be altered, or "".

    Banks read their own formats to the letter, so such a cell is refused where other files get an apostrophe.
    """
    if any(begins_a_formula(cell) for cell in cells):
        return _("The name, account or address begins with a character that spreadsheets run as a formula (= + - @).")
    return ""


def is_email(text: str) -> bool:
    """Say whether a text is one plain e-mail address."""
    return len(text) <= 127 and _EMAIL.fullmatch(text) is not None


def in_parts(rows: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Yield rows, at most so many at a time."""
    for start in range(0, len(rows), most):
        yield rows[start : start + most]


def missing(fields: Sequence[SettingsField], values: Mapping[str, str]) -> list[str]:
    """Say which settings are still needed."""
    names = [_(one.label) for one in fields if one.is_required and not values.get(one.name)]
    return [_("Settings are missing: %(names)s.") % {"names": ", ".join(names)}] if names else []
