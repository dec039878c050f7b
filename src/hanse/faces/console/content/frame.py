"""The tabs of Content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs

TABS: tuple[Entry, ...] = (
    ("pieces", pgettext_lazy("content", "Pieces"), "console:content"),
    ("feeds", pgettext_lazy("content", "Feeds"), "console:feeds"),
    ("deliverables", _("Deliverables"), "console:deliverables"),
    ("together", pgettext_lazy("content", "Together"), "console:together"),
)


def content_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Content whose tab `here` is open; the template extends `console/content/base.html`."""
    return console(request, template, "content", {**context, "tabs": tabs(TABS, here)}, status=status)
