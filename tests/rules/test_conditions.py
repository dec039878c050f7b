"""The language of conditions: what holds, what is absent, and what is refused when it is saved."""

from __future__ import annotations

from typing import Any

import pytest

from hanse.kernel.conditions import FieldKind, fields_of, holds, parse_condition
from hanse.kernel.errors import Problem

FIELDS: dict[str, FieldKind] = {
    "goal": "text", "line.category": "text", "order.amount": "number", "customer.country": "country",
    "customer.is_new": "boolean", "partner.types": "texts", "metadata.*": "any",
}  # fmt: skip


def check(condition: dict[str, Any], **values: Any) -> bool:
    problems: list[Problem] = []
    parsed = parse_condition(condition, FIELDS, "", problems)
    assert parsed is not None, problems
    return holds(parsed, {name.replace("__", "."): value for name, value in values.items()})


def pointers(condition: object) -> list[str]:
    problems: list[Problem] = []
    assert parse_condition(condition, FIELDS, "/when", problems) is None
    return [problem.pointer for problem in problems]


@pytest.mark.parametrize(
    ("op", "value", "found", "expected"),
    [
        ("eq", "books", "books", True), ("eq", "books", "Books", False), ("ne", "books", "toys", True),
        ("in", ["books", "toys"], "toys", True), ("in", [], "toys", False), ("not_in", [], "toys", True),
        ("not_in", ["toys"], "toys", False), ("contains", "oo", "books", True), ("starts_with", "bo", "books", True),
        ("ends_with", "ks", "books", True), ("ends_with", "bo", "books", False), ("exists", True, "books", True),
    ],
)  # fmt: skip
def test_texts_compare_exactly(op: str, value: Any, found: str, expected: bool) -> None:
    assert check({"field": "line.category", "op": op, "value": value}, line__category=found) is expected


@pytest.mark.parametrize(
    ("op", "found", "expected"),
    [
        ("gt", 100, False),
        ("gt", 101, True),
        ("gte", 100, True),
        ("lt", 99, True),
        ("lt", 100, False),
        ("lte", 100, True),
    ],
)
def test_numbers_are_ordered(op: str, found: int, expected: bool) -> None:
    assert check({"field": "order.amount", "op": op, "value": 100}, order__amount=found) is expected


OPERATORS = ("eq", "ne", "in", "not_in", "contains", "starts_with", "ends_with", "gt", "gte", "lt", "lte", "exists")


@pytest.mark.parametrize("op", OPERATORS)
def test_an_absent_field_makes_every_operator_false(op: str) -> None:
    value: Any = {"in": ["1"], "not_in": ["1"], "exists": True}.get(op, "1")
    assert check({"field": "metadata.x", "op": op, "value": value}) is False
    assert check({"field": "metadata.x", "op": op, "value": value}, metadata__x=None) is False


def test_exists_takes_true_by_default_or_false() -> None:
    assert check({"field": "metadata.x", "op": "exists"}, metadata__x="") is True
    assert check({"field": "metadata.x", "op": "exists", "value": False}) is True
    assert check({"field": "metadata.x", "op": "exists", "value": False}, metadata__x=0) is False
    assert check({"field": "partner.types", "op": "exists"}, partner__types=()) is False


@pytest.mark.parametrize(
    ("wanted", "op", "found", "expected"),
    [
        (5, "gt", "10", True), ("5", "gt", "10", True), ("9.5", "lte", "9.50", True), (5, "gt", 10, True),
        (5, "gt", "ten", False), (5, "gt", True, False), ("2026-02-01", "lt", "2026-01-31", True),
        ("2026-02-01", "gte", "2026-02-01T08:00:00Z", True), ("2026-02-01", "gt", "2026-02-01T08:00:00Z", False),
        ("2026-02-01T09:00:00+02:00", "gt", "2026-02-01T08:00:00Z", True), ("2026-02-01", "lt", 5, False),
        ("5", "eq", 5, False), (5, "eq", "5", False), (1, "eq", True, False), (True, "eq", 1, False),
        (True, "eq", True, True), (1.5, "gt", "1.6", True),
    ],
)  # fmt: skip
def test_metadata_compares_numbers_given_as_text_and_iso_dates(
    wanted: Any, op: str, found: Any, expected: bool
) -> None:
    assert check({"field": "metadata.x", "op": op, "value": wanted}, metadata__x=found) is expected


def test_a_list_contains_or_shares_an_entry() -> None:
    types = {"partner__types": ("creator", "agency")}
    assert check({"field": "partner.types", "op": "contains", "value": "creator"}, **types)
    assert not check({"field": "partner.types", "op": "contains", "value": "creat"}, **types)
    assert check({"field": "partner.types", "op": "in", "value": ["channel", "agency"]}, **types)
    assert check({"field": "partner.types", "op": "not_in", "value": ["channel"]}, **types)


def leaf(value: bool = True) -> dict[str, Any]:
    return {"field": "customer.is_new", "op": "eq", "value": value}


def test_all_and_any_nest_to_three_levels() -> None:
    nested = {"all": [leaf(), {"any": [leaf(False), {"all": [leaf(), leaf()]}]}]}
    assert check(nested, customer__is_new=True)
    assert not check(nested, customer__is_new=False)
    assert check({"any": [leaf(), leaf(False)]}, customer__is_new=False)
    assert pointers({"all": [{"any": [{"all": [{"any": [leaf()]}]}]}]}) == ["/when/all/0/any/0/all/0"]


def test_fields_can_be_named() -> None:
    problems: list[Problem] = []
    parsed = parse_condition({"all": [leaf(), {"field": "metadata.x", "op": "exists"}]}, FIELDS, "", problems)
    assert parsed is not None
    assert list(fields_of(parsed)) == ["customer.is_new", "metadata.x"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("yes", ["/when", "/when/field", "/when/op"]),
        ({"field": "order.colour", "op": "eq", "value": "x"}, ["/when/field"]),
        ({"field": "metadata.", "op": "exists"}, ["/when/field"]),
        ({"field": "goal", "op": "like", "value": "x"}, ["/when/op"]),
        ({"field": "goal", "op": "gt", "value": "x"}, ["/when/op"]),
        ({"field": "order.amount", "op": "eq", "value": "100"}, ["/when/value"]),
        ({"field": "order.amount", "op": "eq", "value": True}, ["/when/value"]),
        ({"field": "order.amount", "op": "contains", "value": 1}, ["/when/op"]),
        ({"field": "customer.is_new", "op": "eq", "value": "true"}, ["/when/value"]),
        ({"field": "customer.is_new", "op": "gt", "value": True}, ["/when/op"]),
        ({"field": "customer.country", "op": "eq", "value": "pl"}, ["/when/value"]),
        ({"field": "line.category", "op": "in", "value": "books"}, ["/when/value"]),
        ({"field": "line.category", "op": "in", "value": ["books", 5]}, ["/when/value/1"]),
        ({"field": "line.category", "op": "contains", "value": ""}, ["/when/value"]),
        ({"field": "line.category", "op": "eq"}, ["/when/value"]),
        ({"field": "metadata.x", "op": "gt", "value": "soon"}, ["/when/value"]),
        ({"field": "metadata.x", "op": "eq", "value": {"a": 1}}, ["/when/value"]),
        ({"field": "metadata.x", "op": "gt", "value": float("nan")}, ["/when/value"]),
        ({"field": "metadata.x", "op": "in", "value": [1e400]}, ["/when/value/0"]),
        ({"field": "metadata.x", "op": "exists", "value": "yes"}, ["/when/value"]),
        ({"field": "goal", "op": "eq", "value": "x", "not": True}, ["/when/not"]),
        ({"all": []}, ["/when/all"]),
        ({"any": {}}, ["/when/any", "/when/any"]),
        ({"all": [leaf()], "any": [leaf()]}, ["/when/any"]),
        ({"all": [leaf(), {"field": "nope", "op": "eq", "value": 1}]}, ["/when/all/1/field"]),
        ({"field": "goal", "op": "eq", "value": "a\ud800"}, ["/when/value"]),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place_when_saved(condition: object, expected: list[str]) -> None:
    assert pointers(condition) == expected


@pytest.mark.parametrize(
    ("found", "expected"), [("0.5", True), (0.5, True), ("0.50", True), ("0.6", False), (1, False)]
)
def test_a_fraction_equals_the_same_fraction(found: object, expected: bool) -> None:
    assert check({"field": "metadata.x", "op": "eq", "value": 0.5}, metadata__x=found) is expected
    assert check({"field": "metadata.x", "op": "not_in", "value": [0.5]}, metadata__x=found) is not expected
