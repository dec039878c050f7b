"""The tabs of Settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs

_TABS: tuple[Entry, ...] = (
    ("team", _("Team"), "console:settings"),
    ("keys", _("API keys"), "console:keys"),
    ("tracking", _("Tracking"), "console:tracking"),
    ("rates", _("Exchange rates"), "console:rates"),
    ("domains", _("Domains"), "console:domains"),
    ("audit", _("Audit log"), "console:audit"),
    ("health", _("Health"), "console:health"),
    ("profile", _("My profile"), "console:profile"),
)


def settings_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Settings whose tab `here` is open."""
    return console(request, template, "settings", {**context, "tabs": tabs(_TABS, here)}, status=status)
