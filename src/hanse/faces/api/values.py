"""Values of the API's shapes: ids as text, instants in UTC, texts that can be stored, fields that may be left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from hanse.kernel.ids import text_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.kernel.reading import unsound_text

_FIRST = datetime(1970, 1, 2, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)


def _sound(value: str) -> str:
    why = unsound_text(value)
    if why:
        raise ValueError(why)
    return value


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str) and len(value) <= 40 and "T" in value.upper():
        moment = datetime.fromisoformat(value.strip().upper())
    else:
        raise ValueError(_("write a moment as text, like 2026-05-01T12:00:00Z"))
    if moment.tzinfo is None:
        raise ValueError(_("say the zone: end the moment with Z or an offset"))
    if not _FIRST.replace(tzinfo=None) <= moment.replace(tzinfo=None) <= _LAST.replace(tzinfo=None):
        raise ValueError(_("this moment is too far away"))
    return moment.astimezone(UTC)


Text = Annotated[str, AfterValidator(_sound)]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Minor = Annotated[int, Field(ge=0, le=MAX_AMOUNT_MINOR, description="In the currency's minor unit.")]
SignedMinor = Annotated[int, Field(description="In the currency's minor unit.")]


class Input(BaseModel):
    """What is sent to us: unknown fields and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """Return the fields that were sent; a field left out is not to be changed."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Output(BaseModel):
    """What we answer."""


class Page(Output):
    """One page of a list; `next_cursor` is null on the last one."""

    next_cursor: str | None


def unset() -> Any:
    """Stand for a field of a change that was left out."""
    return None


def left_out(**options: Any) -> Any:
    """Declare a field of a change that may be left out, but not be null."""
    return Field(default_factory=unset, **options)


def shown_id(prefix: str, value: UUID | None) -> str | None:
    """Return the text form of an id that may be missing."""
    return text_id(prefix, value) if value else None
