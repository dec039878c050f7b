"""The tabs of Resources. A page that is not there is not linked."""

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
    ("library", pgettext_lazy("resources", "Library"), "console:resources"),
    ("kits", _("Kits"), "console:kits"),
    ("calendar", _("Calendar"), "console:calendar"),
    ("faq", _("FAQ and playbook"), "console:faq"),
    ("training", _("Training"), "console:training"),
    ("roadmap", _("Roadmap"), "console:roadmap"),
)


def resource_tabs(here: str, counts: Mapping[str, int] | None = None) -> Sequence[NavItem]:
    """Return the tabs of Resources whose pages are there; `here` is the one that is open."""
    return tabs([entry for entry in TABS if _is_there(entry[2])], here, counts)


def resources_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Resources whose tab `here` is open; the template extends `console/resources/base.html`."""
    return console(request, template, "resources", {**context, "tabs": resource_tabs(here)}, status=status)


def _is_there(url_name: str) -> bool:
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True
