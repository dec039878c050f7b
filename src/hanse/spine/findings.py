"""What a check of stored numbers against the rows found wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found wrong: which check, about what, and in words."""

    check: str
    subject: str
    message: str
