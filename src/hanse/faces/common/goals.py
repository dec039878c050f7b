"""Names of goals in the reader's language."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from hanse.programs.programs.models import Goal
from hanse.programs.programs.rules import DEFAULT_GOALS

_GIVEN = {spec.key: spec.name for spec in DEFAULT_GOALS}


def goal_names(program_id: UUID) -> dict[str, str]:
    """Return the display name of every goal of a program by its key. One query."""
    rows = Goal.objects.filter(program_id=program_id).values_list("key", "name")
    return {key: goal_name(key, name) for key, name in rows}


def goal_name(key: str, name: str) -> str:
    """Return a goal's name: the four that a program starts with are translated, own ones stay as written."""
    ours = {"lead": _("Lead"), "signup": _("Sign-up"), "sale": _("Sale"), "renewal": _("Renewal")}
    return ours[key] if _GIVEN.get(key) == name else name
