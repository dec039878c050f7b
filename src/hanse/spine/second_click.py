"""A form that was sent by two clicks: the second one finds what the first one made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

SECOND_CLICK = timedelta(minutes=1)
Row = TypeVar("Row", bound=Model)


def made_just_now(rows: QuerySet[Row], at: str, now: datetime, *, turn_of: Model) -> Row | None:
    """Return the newest of rows whose column `at` lies within the last minute, if there is one.

    Whoever asks with the same `turn_of` (an enrolment, a program) waits until the one before has committed: of two
    clicks at the very same moment one finds the other's row, too.
    """
    type(turn_of)._default_manager.select_for_update(no_key=True).get(pk=turn_of.pk)
    lately = rows.filter(**{f"{at}__gt": now - SECOND_CLICK, f"{at}__lte": now})
    return lately.order_by(f"-{at}", "-pk").first()
