"""Days in bodies: written like 2026-05-31, checked against the calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from hanse.faces.api.values import Text
from hanse.kernel.errors import Invalid, Problem

Day = Annotated[Text, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Like 2026-05-31.")]


def day_of(text: str, pointer: str) -> date:
    """Read a day. Raises Invalid for one that the calendar does not have, or centuries away."""
    found: date | None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None  # refused below
    if found is None or not 1970 <= found.year < 2200:
        raise Invalid([Problem(pointer, "This day does not exist.", "bad_date")])
    return found
