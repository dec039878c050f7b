"""Tables whose state lives in the URL: search, filter, sort, page, and a CSV of what is seen."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict, StreamingHttpResponse

Row = TypeVar("Row")
PAGE_SIZE = 50
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. `order` sorts it: field names for a queryset, a key function for a list. `cell` exports it."""

    key: str
    label: str
    order: Sequence[str] | Callable[[Row], Any] = ()
    cell: Callable[[Row], object] | None = None
    is_number: bool = False


class UrlState:
    """The query string as state: read with defaults, and links that change one thing and keep the rest."""

    def __init__(self, params: QueryDict) -> None:
        self._params = params

    def text(self, name: str) -> str:
        """Return a free text parameter, trimmed, at most 200 characters."""
        return self._params.get(name, "").strip()[:200].replace("\x00", "")

    def choice(self, name: str, allowed: Iterable[str], default: str = "") -> str:
        """Return a parameter if it is one of the allowed values, else the default."""
        value = self._params.get(name, default)
        return value if value in set(allowed) else default

    def page(self) -> int:
        """Return the page asked for, from 1."""
        text = self._params.get("page", "1")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1

    def link(self, **changes: object) -> str:
        """Return the query string with some parameters changed; empty leaves one out, a new state starts at page 1."""
        params = self._params.copy()
        for name in ("page", *changes):
            params.pop(name, None)
        for name, value in changes.items():
            if value not in ("", None):
                params[name] = str(value)
        return f"?{params.urlencode()}" if params else "?"


@dataclass
class Table(Generic[Row]):
    """One page of rows in the order of the URL's `sort` (`-`: largest first), with links for every other state."""

    state: UrlState
    rows: QuerySet[Any, Row] | Sequence[Row]
    columns: Sequence[Column[Row]]
    default_sort: str
    page_size: int = PAGE_SIZE
    tie: str = "pk"
    _by_key: Mapping[str, Column[Row]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_key = {column.key: column for column in self.columns if column.order}

    @cached_property
    def sort(self) -> str:
        """The order in force."""
        asked = self.state.text("sort")
        return asked if asked.lstrip("-") in self._by_key and not asked.startswith("--") else self.default_sort

    @cached_property
    def total(self) -> int:
        """How many rows there are on all pages."""
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, math.ceil(self.total / self.page_size))

    @property
    def page(self) -> int:
        """The page shown; past the end it is the last."""
        return min(self.state.page(), self.pages)

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1."""
        return min((self.page - 1) * self.page_size + 1, self.total)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.page * self.page_size, self.total)

    @cached_property
    def ordered(self) -> QuerySet[Any, Row] | Sequence[Row]:
        """All rows in order."""
        column, falling = self._by_key[self.sort.lstrip("-")], self.sort.startswith("-")
        if isinstance(self.rows, QuerySet):
            fields = [column.order] if isinstance(column.order, str) else list(column.order)  # type: ignore[arg-type]
            return self.rows.order_by(*(_turned(name) if falling else name for name in fields), self.tie)
        assert callable(column.order)
        return sorted(self.rows, key=column.order, reverse=falling)

    @cached_property
    def page_rows(self) -> list[Row]:
        """The rows of the page shown."""
        start = (self.page - 1) * self.page_size
        return list(self.ordered[start : start + self.page_size])

    def page_link(self, page: int) -> str:
        """The link to another page of the same state."""
        return self.state.link(page=page if page > 1 else "")

    @property
    def previous_link(self) -> str:
        """The link to the page before, or nothing on the first."""
        return self.page_link(self.page - 1) if self.page > 1 else ""

    @property
    def next_link(self) -> str:
        """The link to the page after, or nothing on the last."""
        return self.page_link(self.page + 1) if self.page < self.pages else ""

    @property
    def export_link(self) -> str:
        """The link that downloads what is seen, all pages of it."""
        return self.state.link(format="csv")

    def sort_link(self, key: str) -> str:
        """The link that sorts by a column: numbers start with the largest; a second click turns the order."""
        first = f"-{key}" if self._by_key[key].is_number else key
        second = key if first.startswith("-") else f"-{key}"
        return self.state.link(sort=second if self.sort == first else first)

    def direction(self, key: str) -> str:
        """How a column is sorted now, in the words of `aria-sort`."""
        if self.sort.lstrip("-") != key:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def wants_csv(request: HttpRequest) -> bool:
    """Say whether the page was asked for as a file."""
    return request.GET.get("format") == "csv"


def guarded_cell(value: object) -> str:
    """Write a value so that no spreadsheet takes it for a formula; numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        return "'" + text
    return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Write CSV (RFC 4180, UTF-8 with a mark so that spreadsheets read it right), one row at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow([guarded_cell(cell) for cell in head])
    for row in rows:
        yield _taken(buffer)
        writer.writerow([guarded_cell(cell) for cell in row])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """Answer with a CSV file of the given name."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def export(name: str, table: Table[Row]) -> StreamingHttpResponse:
    """Answer with all rows of a table in its order, in the columns that say how they are written."""
    columns = [column for column in table.columns if column.cell]
    rows = table.ordered.iterator(chunk_size=1000) if isinstance(table.ordered, QuerySet) else table.ordered
    lines = ([column.cell(row) for column in columns if column.cell] for row in rows)
    return csv_file(name, [column.label for column in columns], lines)
