"""The tabs of Grow in the portal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import NavItem
from hanse.faces.common.tabs import Entry, tabs

_TABS: tuple[Entry, ...] = (
    ("facts", _("Your audience"), "portal:grow"),
    ("pieces", pgettext_lazy("portal", "Your content"), "portal:pieces"),
    ("deliverables", pgettext_lazy("portal", "Agreed work"), "portal:deliverables"),
    ("together", pgettext_lazy("portal", "Together"), "portal:together"),
)


def grow_tabs(here: str) -> list[NavItem]:
    """Return the tabs; `here` is the one that is open. For `components/tabs.html`."""
    return tabs(_TABS, here)
