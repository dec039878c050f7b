"""The tabs of Resources & calendar in the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import NavItem
from hanse.faces.common.tabs import Entry, tabs

_TABS: tuple[Entry, ...] = (
    ("for_you", pgettext_lazy("resources", "For you"), "portal:resources"),
    ("kits", _("Kits"), "portal:kits"),
    ("calendar", _("Calendar"), "portal:calendar"),
    ("library", pgettext_lazy("resources", "Library"), "portal:library"),
    ("lessons", _("Lessons"), "portal:lessons"),
    ("coming", pgettext_lazy("roadmap", "Coming"), "portal:coming"),
    ("faq", _("Questions and answers"), "portal:faq"),
)


def resource_tabs(here: str) -> list[NavItem]:
    """Return the tabs; `here` is the one that is open. For `components/tabs.html`."""
    return tabs(_TABS, here)
