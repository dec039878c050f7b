"""Paging by cursor: the next page begins behind the last row that was seen, however many rows came in between."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Query

from hanse.kernel.errors import Invalid, Problem

Row = TypeVar("Row", bound=Model)
Cursor = Annotated[str, Query(max_length=300, description="The `next_cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page.")]
PAGE = 50


def take_page(rows: QuerySet[Row], cursor: str, limit: int, *, by: str = "pk") -> tuple[list[Row], str | None]:
    """Return the rows behind a cursor, newest first, and the cursor of the next page. Raises Invalid for a bad one.

    `by` names a column of moments to order by (the key decides among equals), or "pk": our keys ascend with time.
    """
    if by == "pk":
        rows = rows.order_by("-pk")
        behind = _read(rows, cursor, 1) if cursor else None
        found = list((rows.filter(pk__lt=behind[0]) if behind else rows)[: limit + 1])
    else:
        rows = rows.order_by(f"-{by}", "-pk")
        behind = _read(rows, cursor, 2) if cursor else None
        found = list((_behind(rows, by, behind) if behind else rows)[: limit + 1])
    page = found[:limit]
    return page, _write(page[-1], by) if len(found) > limit else None


def _behind(rows: QuerySet[Row], by: str, cursor: list[Any]) -> QuerySet[Row]:
    key, moment = cursor
    return rows.filter(Q(**{f"{by}__lt": moment}) | Q(pk__lt=key), **{f"{by}__lte": moment})


def _write(row: Model, by: str) -> str:
    parts = [str(row.pk)] if by == "pk" else [str(row.pk), getattr(row, by).isoformat()]
    return urlsafe_b64encode(json.dumps(parts).encode()).decode("ascii").rstrip("=")


def _read(rows: QuerySet[Any], cursor: str, length: int) -> list[Any]:
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or len(parts) != length:
            raise ValueError(cursor)
        if not isinstance(parts[0], str):
            raise ValueError(cursor)
        key = rows.model._meta.pk.to_python(parts[0])
        if not isinstance(key, UUID) and not str(key).isalnum():
            raise ValueError(cursor)
        return [key] if length == 1 else [key, _moment(parts[1])]
    except Exception as error:
        problem = Problem("/query/cursor", _("This cursor is not one of ours; begin without one."), "bad_cursor")
        raise Invalid([problem]) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1970 < moment.year < 2200:
        raise ValueError(text)
    return moment
