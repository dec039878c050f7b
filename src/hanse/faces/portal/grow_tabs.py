"""The tabs of Grow in the portal. A page that is not there is not linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import NavItem

# key, name, url name
_TABS = (
    ("facts", _("Your audience"), "portal:grow"),
    ("pieces", pgettext_lazy("portal", "Your content"), "portal:pieces"),
    ("deliverables", pgettext_lazy("portal", "Agreed work"), "portal:deliverables"),
    ("together", pgettext_lazy("portal", "Together"), "portal:together"),
)


def grow_tabs(here: str, counts: Mapping[str, int] | None = None) -> Sequence[NavItem]:
    """Return the tabs whose pages are there; `here` is the one that is open. For `components/tabs.html`."""
    found = []
    for key, name, url_name in _TABS:
        try:
            address = reverse(url_name)
        except NoReverseMatch:
            continue
        found.append(NavItem(key, str(name), "", address, (counts or {}).get(key, 0), key == here))
    return found
