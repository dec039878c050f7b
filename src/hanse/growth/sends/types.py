"""What a letter is worth when a person may get only one."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """Why somebody is written to. The smaller number wins; transactional letters stand outside caps and quiet hours."""

    TRANSACTIONAL = 0
    HONESTY = 1
    NOTE = 2
    FIRST_WIN = 3
    SEQUENCE = 4
    NEWSLETTER = 5


NOTE_KIND = "note"  # what a colleague writes to one person; no template has this kind

ACTIONS = ("sale", "click", "link", "login", "reply")
"""What a reader is to do: sell, have a visitor, make a link, come to the portal, answer."""
