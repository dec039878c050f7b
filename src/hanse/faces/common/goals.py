"""Names of a program's goals in the reader's language."""

from __future__ import annotations

from uuid import UUID

from hanse.programs.programs.goal_words import goal_name
from hanse.programs.programs.models import Goal


def goal_names(program_id: UUID) -> dict[str, str]:
    """Return the display name of every goal of a program by its key. One query."""
    rows = Goal.objects.filter(program_id=program_id).values_list("key", "name")
    return {key: goal_name(key, name) for key, name in rows}
