"""Single values of the terms editor: amounts, numbers and tests between what is typed and what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.programs.terms.reading import FIELDS

MONEY_FIELDS = frozenset(("line.amount", "order.amount", "enrolment.value"))
LISTS = frozenset(("in", "not_in"))


def amount_text(minor: object, currency: str) -> str:
    """Write an amount as the editor shows it; what is no whole number stays as it is."""
    return decimal_text(minor, currency) if isinstance(minor, int) else str(minor)


def read_amount(errors: dict[str, str], place: str, text: str, currency: str) -> Any:
    """Read an amount into minor units; nonsense is noted and stays a text, so that nothing of it can be stored."""
    if not text:
        errors.setdefault(place, _("Please fill this in."))
        return text
    try:
        return parse_amount_minor(text, currency)
    except Invalid as invalid:
        errors.setdefault(place, invalid.problems[0].message)
        return text


def read_number(errors: dict[str, str], place: str, text: str) -> Any:
    """Read a whole number; nonsense is noted and stays a text."""
    if text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 16:
        return int(text)
    errors.setdefault(place, _("A whole number, please."))
    return text


def test_text(test: Mapping[str, Any], currency: str) -> dict[str, str]:
    """Write one test of a condition as the editor's three fields."""
    name, value = str(test["field"]), test.get("value")
    values = value if isinstance(value, list) else [value]
    texts = [_text(name, each, currency) for each in values]
    is_own = name.startswith("metadata.")
    return {
        "field": "metadata.*" if is_own else name, "name": name.removeprefix("metadata.") if is_own else "",
        "op": str(test.get("op", "eq")), "value": ", ".join(texts),
    }  # fmt: skip


def _text(name: str, value: object, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in MONEY_FIELDS:
        return amount_text(value, currency)
    return "" if value is None else str(value)


def read_test(errors: dict[str, str], index: int, test: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Read one test of a condition from the editor's fields."""
    name = f"metadata.{test['name']}" if test["field"] == "metadata.*" else test["field"]
    op, text, place = test["op"], test["value"], f"w{index}"
    if op == "exists":
        return {"field": name, "op": op, "value": text != "no"}
    if op in LISTS:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return {"field": name, "op": op, "value": [_value(errors, place, name, part, currency) for part in parts]}
    return {"field": name, "op": op, "value": _value(errors, place, name, text, currency)}


def _value(errors: dict[str, str], place: str, name: str, text: str, currency: str) -> Any:
    kind = FIELDS.get(name)
    if kind == "boolean":
        return text == "yes"
    if name in MONEY_FIELDS:
        return read_amount(errors, place, text, currency)
    if kind == "number":
        return read_number(errors, place, text)
    if kind == "country":
        return text.upper()
    return text
