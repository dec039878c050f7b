"""Conditions over named fields: checked when they are saved, compiled once, asked many times.

`{"field": "line.category", "op": "in", "value": ["books"]}`, joined by `all` and `any` to three levels. A field that is
absent makes every operator false; only `exists` with `false` is true then.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, Literal

from hanse.kernel.errors import Problem
from hanse.kernel.reading import ObjectReader, pointer_part, unsound_text

FieldKind = Literal["text", "country", "number", "boolean", "texts", "any"]
Scalar = str | int | bool | Decimal
Values = Mapping[str, object]
Check = Callable[[Values], bool]

MAX_LEVELS: Final = 3
MAX_ENTRIES: Final = 1_000
_LISTS: Final = frozenset(("in", "not_in"))
_ORDER: Final = frozenset(("gt", "gte", "lt", "lte"))
_TEXTUAL: Final = frozenset(("contains", "starts_with", "ends_with"))
_EQUAL: Final = frozenset(("eq", "ne"))
OPERATORS: Final = _LISTS | _ORDER | _TEXTUAL | _EQUAL | {"exists"}
_ALLOWED: Final[Mapping[FieldKind, frozenset[str]]] = {
    "text": OPERATORS - _ORDER,
    "country": (OPERATORS - _ORDER) - _TEXTUAL,
    "number": OPERATORS - _TEXTUAL,
    "boolean": _EQUAL | {"exists"},
    "texts": _LISTS | {"contains", "exists"},
    "any": OPERATORS,
}
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,20})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Test:
    """One field compared with one value (a tuple for `in` and `not_in`)."""

    __test__ = False

    field: str
    op: str
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions of which `all` or `any` must hold."""

    how: Literal["all", "any"]
    conditions: tuple[Condition, ...]


Condition = Test | Group


def parse_condition(
    value: object, fields: Mapping[str, FieldKind], pointer: str, problems: list[Problem], level: int = 1
) -> Condition | None:
    """Read one condition; whatever is wrong goes to `problems` with its pointer, and None is returned.

    `fields` names every field with its kind; a name ending in `.*` stands for all names with that beginning.
    """
    if isinstance(value, dict) and ("all" in value or "any" in value):
        return _parse_group(value, fields, pointer, problems, level)
    before = len(problems)
    reader = ObjectReader(value, pointer, problems, ("field", "op", "value"))
    name = reader.text("field", 120, required=True)
    op = reader.text("op", 20, required=True)
    kind = _kind_of(name, fields) if name else None
    if name and kind is None:
        reader.refuse("field", f"is “{name}”, which no condition can test", "unknown_field")
    if op and op not in OPERATORS:
        reader.refuse("op", f"is “{op}”; known are {', '.join(sorted(OPERATORS))}", "unknown_operator")
    elif kind and op and op not in _ALLOWED[kind]:
        reader.refuse("op", f"“{op}” does not fit “{name}”, which is {_KIND_WORDS[kind]}", "wrong_operator")
    if len(problems) > before or not (name and op and kind):
        return None
    read = _read_value(reader, op, kind)
    return Test(name, op, read) if read is not None and len(problems) == before else None


def _parse_group(
    value: Mapping[str, object], fields: Mapping[str, FieldKind], pointer: str, problems: list[Problem], level: int
) -> Group | None:
    before = len(problems)
    how: Literal["all", "any"] = "all" if "all" in value else "any"
    reader = ObjectReader(value, pointer, problems, (how,))
    members = reader.array(how, MAX_ENTRIES)
    if level > MAX_LEVELS:
        reader.refuse("", f"is nested deeper than {MAX_LEVELS} levels", "too_deep")
        return None
    if not members:
        reader.refuse(how, "needs at least one condition", "required")
        return None
    read = [
        parse_condition(member, fields, f"{pointer}/{how}/{index}", problems, level + 1)
        for index, member in enumerate(members)
    ]
    return Group(how, tuple(member for member in read if member)) if len(problems) == before else None


def _kind_of(name: str, fields: Mapping[str, FieldKind]) -> FieldKind | None:
    head, dot, rest = name.partition(".")
    return fields.get(name) or (fields.get(f"{head}.*") if dot and rest else None)


_KIND_WORDS: Final[Mapping[FieldKind, str]] = {
    "text": "a text",
    "country": "a country of two capital letters",
    "number": "a whole number",
    "boolean": "true or false",
    "texts": "a list of texts",
    "any": "a text, a number, true or false",
}


def _read_value(reader: ObjectReader, op: str, kind: FieldKind) -> Scalar | tuple[Scalar, ...] | None:
    value = reader.values.get("value")
    if op == "exists":
        if "value" in reader.values and not isinstance(value, bool):
            reader.refuse("value", "must be true or false", "wrong_type")
        return value if isinstance(value, bool) else True
    if op not in _LISTS:
        return _read_scalar(reader, value, op, kind, "value")
    if not isinstance(value, list) or len(value) > MAX_ENTRIES:
        reader.refuse("value", f"must be a list of at most {MAX_ENTRIES} entries", "wrong_type")
        return None
    read = [_read_scalar(reader, entry, op, kind, f"value/{index}") for index, entry in enumerate(value)]
    return tuple(entry for entry in read if entry is not None)


def _read_scalar(reader: ObjectReader, value: object, op: str, kind: FieldKind, key: str) -> Scalar | None:
    fits = {
        "text": isinstance(value, str),
        "texts": isinstance(value, str),
        "country": isinstance(value, str) and _COUNTRY.fullmatch(value) is not None,
        "number": isinstance(value, int) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "any": isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)),
    }[kind]
    where = "/".join(pointer_part(part) for part in key.split("/"))
    why = "" if fits else f"must be {_KIND_WORDS[kind] if kind != 'texts' else 'a text'}"
    if not why and op in _TEXTUAL and not (isinstance(value, str) and value):
        why = "must be a text that is not empty"
    if not why and op in _ORDER and _comparable(value) is None:
        why = "must be a number or an ISO date"
    if not why and isinstance(value, str):
        why = unsound_text(value) or ("is longer than 500 characters" if len(value) > 500 else "")
    if why:
        reader.problems.append(Problem(f"{reader.pointer}/{where}", f"{reader.pointer}/{where} {why}.", "wrong_type"))
        return None
    return Decimal(str(value)) if isinstance(value, float) else value  # type: ignore[return-value]  # fits says so


def fields_of(condition: Condition) -> Iterator[str]:
    """Name every field that a condition asks for (repeats included)."""
    if isinstance(condition, Test):
        yield condition.field
    else:
        for member in condition.conditions:
            yield from fields_of(member)


def tests_of(condition: Condition) -> Iterator[Test]:
    """Name every single test of a condition."""
    if isinstance(condition, Test):
        yield condition
    else:
        for member in condition.conditions:
            yield from tests_of(member)


def holds(condition: Condition, values: Values) -> bool:
    """Say whether a condition holds for these values; None and a missing field are alike: absent."""
    return compiled(condition)(values)


def compiled(condition: Condition) -> Check:
    """Turn a condition into a function of the values, to be asked many times."""
    if isinstance(condition, Group):
        checks = tuple(compiled(member) for member in condition.conditions)
        if condition.how == "all":
            return lambda values: all(check(values) for check in checks)
        return lambda values: any(check(values) for check in checks)
    field, op, wanted = condition.field, condition.op, condition.value
    if op == "exists":
        return lambda values: (_present(values.get(field)) is not None) is wanted
    if op == "in" and isinstance(wanted, tuple) and all(isinstance(entry, str) for entry in wanted):
        return _check_texts(field, frozenset(wanted), wanted)
    if op == "eq" and isinstance(wanted, bool):
        return lambda values: values.get(field) is wanted
    asks = _ASKS[op]

    def check(values: Values) -> bool:
        found = _present(values.get(field))
        return found is not None and asks(found, wanted)

    return check


def _check_texts(field: str, texts: frozenset[object], wanted: tuple[Scalar, ...]) -> Check:
    """Return the check of a list of texts: most values are texts too, and then one look at a set is enough."""

    def check(values: Values) -> bool:
        found = values.get(field)
        if type(found) is str:
            return found in texts
        return found is not None and _among(found, wanted)

    return check


def _present(found: object) -> object | None:
    return None if found == () or found == [] else found


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, float) or isinstance(wanted, Decimal):
        return _comparable(found) == _comparable(wanted)  # a fraction is kept as its text
    return found == wanted


def _among(found: object, wanted: object) -> bool:
    entries = wanted if isinstance(wanted, tuple) else ()
    if isinstance(found, list | tuple):
        return any(_same(each, entry) for each in found for entry in entries)
    return any(_same(found, entry) for entry in entries)


def _contains(found: object, wanted: object) -> bool:
    if isinstance(found, list | tuple):
        return wanted in found
    return isinstance(found, str) and isinstance(wanted, str) and wanted in found


def _compare(found: object, wanted: object) -> int | None:
    """Return −1, 0 or 1, or None where the two cannot be ordered. A day compares with a moment by its day."""
    left, right = _comparable(found), _comparable(wanted)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        if not (isinstance(left, datetime) and isinstance(right, datetime)):
            left, right = _day(left), _day(right)
        return (left > right) - (left < right)
    return None


def _comparable(value: object) -> Decimal | date | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    if not isinstance(value, str):
        return None
    if _NUMBER.fullmatch(value):
        return Decimal(value)
    if not _DATE.fullmatch(value):
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


_ASKS: Final[Mapping[str, Callable[[object, object], bool]]] = {
    "eq": _same,
    "ne": lambda found, wanted: not _same(found, wanted),
    "in": _among,
    "not_in": lambda found, wanted: not _among(found, wanted),
    "gt": lambda found, wanted: _compare(found, wanted) == 1,
    "gte": lambda found, wanted: _compare(found, wanted) in (0, 1),
    "lt": lambda found, wanted: _compare(found, wanted) == -1,
    "lte": lambda found, wanted: _compare(found, wanted) in (-1, 0),
    "contains": _contains,
    "starts_with": lambda found, wanted: isinstance(found, str) and found.startswith(str(wanted)),
    "ends_with": lambda found, wanted: isinstance(found, str) and found.endswith(str(wanted)),
}
