"""Mentions as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SOURCES = ("survey", "support", "community", "referral")
LONGEST_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer as it came in. `person` tells people apart without naming them; `place` is where it was seen.

    `note` is what whoever logged it wrote beside; no names are read out of it.
    """

    text: str
    named_at: datetime
    source: str = "survey"
    question: str = ""
    person: str = ""
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking answers: how many were new or known, whom they named, what a person has to read."""

    new: int = 0
    known: int = 0
    mentions: int = 0
    nobody: int = 0
    unclear: int = 0
    candidates: int = 0
