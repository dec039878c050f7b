"""Nested conditions as the editor holds them: rows in reading order with levels, groups before their members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from hanse.faces.console.programs.terms_values import read_test, test_text
from hanse.kernel.conditions import MAX_LEVELS

Row = dict[str, str]
MOST_ROWS = 60
_TEST_FIELDS = ("field", "name", "op", "value")


def rows_from_form(post: QueryDict, prefix: str) -> list[Row]:
    """Read the rows of one clause: `w0-level`, `w0-field`, … A row with `how` is a group."""
    rows: list[Row] = []
    while f"{prefix}w{len(rows)}-level" in post and len(rows) < MOST_ROWS:
        place = f"{prefix}w{len(rows)}-"
        level = post.get(place + "level", "1")
        row = {"level": level if level in ("1", "2", "3") else "1"}
        if place + "how" in post:
            row["how"] = "any" if post.get(place + "how") == "any" else "all"
        else:
            row |= {name: post.get(place + name, "").strip()[:500] for name in _TEST_FIELDS}
        rows.append(row)
    return rows


def rows_from_json(when: object, currency: str) -> tuple[str, list[Row]]:
    """Return how the outermost conditions are joined, and their rows."""
    if not isinstance(when, Mapping):
        return "all", []
    how = "any" if "any" in when else "all"
    members = when.get(how) if how in when else [when]
    rows: list[Row] = []
    _add(members or (), 1, currency, rows)
    return how, rows


def _add(members: Any, level: int, currency: str, rows: list[Row]) -> None:
    for member in members:
        if isinstance(member, Mapping) and ("all" in member or "any" in member):
            how = "any" if "any" in member else "all"
            rows.append({"level": str(level), "how": how})
            _add(member[how], level + 1, currency, rows)
        elif isinstance(member, Mapping):
            rows.append({"level": str(level), **test_text(member, currency)})


def condition_of(rows: list[Row], how: str, errors: dict[str, str], currency: str) -> Any:
    """Return the rows as JSON, None without any; what cannot be read is noted at its row. Empty groups are left out."""
    members, _end = _members(rows, 0, 1, errors, currency)
    if not members:
        return None
    if len(members) == 1 and "field" in members[0]:
        return members[0]
    return {"any" if how == "any" else "all": members}


def _members(
    rows: list[Row], start: int, level: int, errors: dict[str, str], currency: str
) -> tuple[list[dict[str, Any]], int]:
    found: list[dict[str, Any]] = []
    place = start
    while place < len(rows) and int(rows[place]["level"]) >= level:
        row = rows[place]
        if "how" not in row:
            found.append(read_test(errors, place, row, currency))
            place += 1
            continue
        inner, place = _members(rows, place + 1, level + 1, errors, currency)
        if inner:
            found.append({row["how"]: inner})
    return found, place


def place_of(rows: list[Row], path: list[str]) -> int:
    """Return the row that a pointer inside `when` means, like all/1/any/0/value; the first where it cannot be told."""
    place, level = -1, 1
    for step, index in zip(path[::2], path[1::2], strict=False):
        if step not in ("all", "any") or not index.isdigit():
            break
        found = _nth(rows, place + 1, level, int(index))
        if found is None:
            break
        place, level = found, level + 1
    return max(0, place)


def _nth(rows: list[Row], start: int, level: int, index: int) -> int | None:
    seen = -1
    for place in range(start, len(rows)):
        own = int(rows[place]["level"])
        if own < level:
            return None
        seen += own == level
        if seen == index:
            return place
    return None


def add_row(rows: list[Row], into: int | None, *, group: bool) -> None:
    """Add a test or a group at the end of a group, or of everything. Groups nest as deep as conditions may."""
    level = 1 if into is None else int(rows[into]["level"]) + 1
    if level > MAX_LEVELS or (group and level >= MAX_LEVELS) or len(rows) >= MOST_ROWS:
        return
    test = {"level": str(level), "field": "line.category", "name": "", "op": "in", "value": ""}
    made = [{"level": str(level), "how": "any"}, test | {"level": str(level + 1)}] if group else [test]
    end = len(rows) if into is None else end_of(rows, into)
    rows[end:end] = made


def remove_row(rows: list[Row], place: int) -> None:
    """Take a row out, a group with everything in it."""
    if place < len(rows):
        del rows[place : end_of(rows, place)]


def end_of(rows: list[Row], place: int) -> int:
    """Return where the rows that belong to a row end."""
    end, level = place + 1, int(rows[place]["level"])
    while end < len(rows) and int(rows[end]["level"]) > level:
        end += 1
    return end
