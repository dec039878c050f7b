"""The tabs of Resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs

TABS: tuple[Entry, ...] = (
    ("library", pgettext_lazy("resources", "Library"), "console:resources"),
    ("kits", _("Kits"), "console:kits"),
    ("calendar", _("Calendar"), "console:calendar"),
    ("faq", _("FAQ and playbook"), "console:faq"),
    ("training", _("Training"), "console:training"),
    ("roadmap", _("Roadmap"), "console:roadmap"),
)


def resources_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Resources whose tab `here` is open; the template extends `console/resources/base.html`."""
    return console(request, template, "resources", {**context, "tabs": tabs(TABS, here)}, status=status)
