"""The second row of navigation inside a group of pages, in the console and the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.functional import Promise

from hanse.faces.common.page import NavItem

Entry = tuple[str, "Promise | str", str]


def tabs(entries: Sequence[Entry], here: str, counts: Mapping[str, int] | None = None) -> list[NavItem]:
    """Return the tabs of a page group: key, name and url name each; `here` is the one that is open."""
    return [
        NavItem(key, str(name), "", reverse(url_name), (counts or {}).get(key, 0), key == here)
        for key, name, url_name in entries
    ]
