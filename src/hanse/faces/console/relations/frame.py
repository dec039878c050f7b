"""The tabs of Partners."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import NavItem
from hanse.faces.common.tabs import tabs

_TABS = (
    ("partners", _("All partners"), "console:partners"),
    ("silent", pgettext_lazy("partners", "Silent"), "console:silent"),
    ("facts", _("Facts"), "console:facts"),
)


def partner_tabs(here: str, counts: Mapping[str, int] | None = None) -> list[NavItem]:
    """Return the tabs of Partners; `here` is the one that is open."""
    return tabs(_TABS, here, counts)
