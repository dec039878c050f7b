"""A flat condition as rows of a form; one with groups inside groups stands there as the JSON that the API takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hanse.faces.console.kinds.condition_words import AMOUNT_FIELDS, operator_names
from hanse.kernel.conditions import FieldKind
from hanse.kernel.errors import Invalid
from hanse.kernel.money import decimal_text, parse_amount_minor

ROWS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One test as typed."""

    number: int
    field: str = ""
    op: str = ""
    value: str = ""


@dataclass(slots=True)
class ConditionForm:
    """Rows of tests, joined by `how`; `errors` says what could not be read. `json` holds a nested condition instead."""

    names: Mapping[str, str]
    kinds: Mapping[str, FieldKind]
    currency: str
    how: str = "all"
    rows: list[Row] = field(default_factory=list)
    json: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields to choose from."""
        return [("", "…"), *self.names.items()]

    @property
    def operators(self) -> list[tuple[str, str]]:
        """The operators to choose from."""
        return list(operator_names().items())

    @property
    def shown(self) -> list[Row]:
        """All rows with empty ones at the end."""
        return [*self.rows, *(Row(number) for number in range(len(self.rows), ROWS))]

    def read(self, post: QueryDict) -> Any:
        """Take what was typed and return the condition; None without any row. What cannot be is in `errors`."""
        self.json = post.get("c-json", "").strip()
        if self.json:
            try:
                return json.loads(self.json)
            except ValueError:
                self.errors.append(_("This is no JSON."))
                return None
        self.how = "any" if post.get("c-how") == "any" else "all"
        self.rows = [
            Row(number, *(post.get(f"c{number}-{name}", "").strip()[:500] for name in ("field", "op", "value")))
            for number in range(ROWS)
            if post.get(f"c{number}-field")
        ]
        tests = [self._test(row) for row in self.rows]
        return tests[0] if len(tests) == 1 else {self.how: tests} if tests else None

    def show(self, condition: Any) -> None:
        """Put a stored condition into the rows."""
        if not isinstance(condition, Mapping) or not condition:
            return
        self.how = "any" if "any" in condition else "all"
        members = [condition] if "field" in condition else list(condition[self.how])
        if len(members) > ROWS or not all(self._fits(one) for one in members):
            self.json = json.dumps(condition, ensure_ascii=False, indent=1)
            return
        self.rows = [Row(number, one["field"], one["op"], self._written(one)) for number, one in enumerate(members)]

    def _fits(self, one: Mapping[str, Any]) -> bool:
        return one.get("field") in self.names and one.get("op") in operator_names()

    def _test(self, row: Row) -> dict[str, Any]:
        if row.op == "exists":
            return {"field": row.field, "op": "exists", "value": True}
        if row.op in ("in", "not_in"):
            parts = [part.strip() for part in row.value.split(",") if part.strip()]
            return {"field": row.field, "op": row.op, "value": [self._value(row, part) for part in parts]}
        return {"field": row.field, "op": row.op, "value": self._value(row, row.value)}

    def _value(self, row: Row, text: str) -> object:
        if self.kinds.get(row.field) == "country":
            return text.upper()
        if self.kinds.get(row.field) != "number":
            return text
        try:
            return parse_amount_minor(text, self.currency) if row.field in AMOUNT_FIELDS else int(text)
        except (Invalid, ValueError):
            self.errors.append(_("%(name)s: a number, please.") % {"name": self.names.get(row.field, row.field)})
            return 0

    def _written(self, one: Mapping[str, Any]) -> str:
        value = one.get("value")
        if one["op"] == "exists":
            return ""
        if isinstance(value, list):
            return ", ".join(str(part) for part in value)
        if one["field"] in AMOUNT_FIELDS and isinstance(value, int):
            return decimal_text(value, self.currency)
        return str(value)
