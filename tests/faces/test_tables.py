"""Tables keep their state in the URL and hand out files that no spreadsheet can be tricked with."""

from __future__ import annotations

import csv
import io

import pytest
from django.http import QueryDict

from hanse.faces.common.tables import Column, Table, UrlState, csv_lines, guarded_cell

ROWS = [{"name": name, "value": value} for name, value in (("b", 2), ("a", 3), ("c", 1))]
COLUMNS = [
    Column("name", "Name", order=lambda row: row["name"]),
    Column("value", "Value", order=lambda row: row["value"], is_number=True),
    Column("plain", "Plain"),
]


def table(query: str, size: int = 2) -> Table[dict[str, object]]:
    return Table(UrlState(QueryDict(query)), ROWS, COLUMNS, "-value", page_size=size)  # type: ignore[arg-type]


def names(shown: Table[dict[str, object]]) -> str:
    return "".join(str(row["name"]) for row in shown.page_rows)


def test_rows_come_in_the_order_of_the_url() -> None:
    assert names(table("", 3)) == "abc"
    assert names(table("sort=value", 3)) == "cba"
    assert names(table("sort=name", 3)) == "abc"
    assert names(table("sort=-name", 3)) == "cba"


@pytest.mark.parametrize("query", ["sort=plain", "sort=none", "sort=--name", "sort=", "page=0", "page=x", "page=9e9"])
def test_nonsense_in_the_url_is_read_as_nothing(query: str) -> None:
    assert names(table(query)) == "ab"


def test_a_page_past_the_end_is_the_last() -> None:
    assert names(table("page=7")) == "c"
    assert (table("page=7").first, table("page=7").last, table("page=7").total) == (3, 3, 3)


def test_a_link_keeps_the_rest_of_the_state_and_starts_at_the_first_page() -> None:
    shown = table("q=tea&page=2&sort=-value")
    assert shown.sort_link("name") == "?q=tea&sort=name"
    assert shown.sort_link("value") == "?q=tea&sort=value"
    assert shown.previous_link == "?q=tea&sort=-value"
    assert shown.state.link(q="") == "?sort=-value"
    assert shown.direction("value") == "descending"


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(evil: str) -> None:
    assert guarded_cell(evil) == "'" + evil


def test_numbers_and_nothing_stay_as_they_are() -> None:
    assert guarded_cell(-3) == "-3"
    assert guarded_cell(None) == ""


def test_a_file_reads_back_as_it_was_written() -> None:
    text = "".join(csv_lines(["Name", "Note"], [["Ana", 'says "hi",\nthen goes'], ["=cmd", 5]]))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows == [["Name", "Note"], ["Ana", 'says "hi",\nthen goes'], ["'=cmd", "5"]]
