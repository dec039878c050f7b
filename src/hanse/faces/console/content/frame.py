"""The tabs of Content. A page that is not there is not linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import NavItem, console
from hanse.faces.console.tabs import Entry, tabs

TABS: tuple[Entry, ...] = (
    ("pieces", pgettext_lazy("content", "Pieces"), "console:content"),
    ("feeds", pgettext_lazy("content", "Feeds"), "console:feeds"),
    ("deliverables", _("Deliverables"), "console:deliverables"),
    ("together", pgettext_lazy("content", "Together"), "console:together"),
)


def content_tabs(here: str, counts: Mapping[str, int] | None = None) -> Sequence[NavItem]:
    """Return the tabs of Content whose pages are there; `here` is the one that is open."""
    return tabs([entry for entry in TABS if _is_there(entry[2])], here, counts)


def content_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Content whose tab `here` is open; the template extends `console/content/base.html`."""
    return console(request, template, "content", {**context, "tabs": content_tabs(here)}, status=status)


def _is_there(url_name: str) -> bool:
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True
