"""Colleagues to choose from, for forms that hand something over."""

from __future__ import annotations

from hanse.people.access.queries import team


def colleague_choices(*, also_former: bool = False) -> list[tuple[str, str]]:
    """Return the members of the team as choices, by name; those who may no longer sign in only where they are asked
    for: what they once looked after can still be looked up. One query."""
    return [(str(one.pk), one.name or one.email) for one in team() if one.is_active or also_former]
