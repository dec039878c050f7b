"""Words for what the tables of mentions keep as keys."""

from __future__ import annotations

from django.utils.translation import gettext as _


def source_names() -> dict[str, str]:
    """Return where a name was heard, in words."""
    return {
        "survey": _("survey"),
        "support": _("support"),
        "community": _("community"),
        "referral": _("referral"),
    }
