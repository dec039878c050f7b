"""Which files a partner may open: those that something shows to them. Each room says so for its own things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from hanse.programs.enrolments.models import Enrolment

Shows = Callable[[UUID, Enrolment, datetime], bool]
_ROOMS: list[Shows] = []


def shows_files(room: Shows) -> Shows:
    """Let a room say whether something of its own shows a file to a partner now: `(file_id, enrolment, now)`.

    Put it on a function of a module that the portal's pages import; what no room shows, no partner opens.
    """
    if room not in _ROOMS:
        _ROOMS.append(room)
    return room


def is_shown(file_id: UUID, enrolment: Enrolment, now: datetime) -> bool:
    """Say whether any room shows a file to a partner now."""
    return any(room(file_id, enrolment, now) for room in _ROOMS)
