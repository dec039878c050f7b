"""Names of goals in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.programs.programs.rules import DEFAULT_GOALS

_GIVEN = {spec.key: spec.name for spec in DEFAULT_GOALS}


def goal_name(key: str, name: str) -> str:
    """Return a goal's name: the four that a program starts with are translated, own ones stay as written."""
    ours = {"lead": _("Lead"), "signup": _("Sign-up"), "sale": _("Sale"), "renewal": _("Renewal")}
    return ours[key] if _GIVEN.get(key) == name else name
