"""Shapes of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

OWED_KINDS: Final = frozenset(("honesty", "transactional"))
"""Kinds of letters that are owed: nobody can stop them."""
STOPPABLE_KINDS: Final = ("welcome", "newsletter", "insight", "ideas", "comeback", "thanks", "invitation")
"""Kinds that a partner can stop, in the order in which they are listed."""
AddressOf: TypeAlias = Callable[[UUID, str], str]
"""Turns (enrolment, destination) into the address that stands in her letter: a counted one."""
StopAddressOf: TypeAlias = Callable[[UUID], str]
"""Gives the address where one partner stops letters of this kind."""
About: TypeAlias = Mapping[UUID, Mapping[str, Mapping[str, object]]]
"""What a letter is about, an enrolment each, beside what is known of her anyway: `{"incident": {"orders": 3, …}}`."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter as one partner gets it.

    `is_empty`: all its fact blocks dropped, or nothing of its subject or body is for her, so it must not be sent.
    """

    subject: str
    text: str
    html: str
    language: str
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One thing wrong in a source: where (lines and columns from 1), what and how to mend it."""

    line: int
    column: int
    message: str
    code: str
