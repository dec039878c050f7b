"""The form of an audience: rows of what, how and value, joined by all or any; deeper conditions as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.console.forms import PlainForm
from hanse.growth.audiences.fields import AMOUNTS, FIELDS
from hanse.growth.audiences.words import field_groups, operator_names
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import decimal_text, parse_amount_minor

ROWS = 6
_LISTS = ("in", "not_in")


class AudienceForm(PlainForm):
    """Who is meant: everybody, by rows, or by JSON where rows are not enough."""

    name = forms.CharField(label=gettext_lazy("Name of the audience"), max_length=100)
    how = forms.ChoiceField(label=gettext_lazy("Of these"), required=False)
    written = forms.CharField(
        label=gettext_lazy("As JSON"), required=False, max_length=20_000, widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("For conditions inside each other. It counts instead of the rows."),
    )  # fmt: skip

    def __init__(
        self, currency: str, data: Any = None, condition: Mapping[str, Any] | None = None, name: str = ""
    ) -> None:
        how, rows, written = _rows_of(condition, currency)
        initial: dict[str, Any] = {"name": name, "how": how, "written": written}
        for place, (field, operator, value) in enumerate(rows):
            initial |= {f"field{place}": field, f"op{place}": operator, f"value{place}": value}
        super().__init__(data, initial=initial)
        self.currency = currency
        self.fields["how"] = forms.ChoiceField(
            label=_("Of these"), required=False, choices=[("all", _("all have to hold")), ("any", _("one is enough"))]
        )
        names = [("", "–"), *((title, choices) for title, choices in field_groups())]
        operators = list(operator_names().items())
        for place in range(ROWS):
            self.fields[f"field{place}"] = forms.ChoiceField(
                choices=names, required=False, widget=forms.Select(_attributes(_("What"), "form-select"))
            )
            self.fields[f"op{place}"] = forms.ChoiceField(
                choices=operators, required=False, widget=forms.Select(_attributes(_("How"), "form-select"))
            )
            self.fields[f"value{place}"] = forms.CharField(
                max_length=500, required=False, widget=forms.TextInput(_attributes(_("Value"), "form-control"))
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows of the condition."""
        return [(self[f"field{place}"], self[f"op{place}"], self[f"value{place}"]) for place in range(ROWS)]

    def condition(self) -> object:
        """Return the condition as it is stored; None for everybody. Raises Invalid for JSON that is none."""
        given = self.cleaned_data
        if written := given.get("written", "").strip():
            return _json(written)
        tests = [
            _test(field, given.get(f"op{place}") or "eq", given.get(f"value{place}", ""), self.currency)
            for place in range(ROWS)
            if (field := given.get(f"field{place}"))
        ]
        return {given.get("how") or "all": tests} if tests else None


def _attributes(label: str, css: str) -> dict[str, str]:
    return {"aria-label": label, "class": css}


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        where = f"{wrong.lineno}:{wrong.colno}" if isinstance(wrong, json.JSONDecodeError) else "1:1"
        message = _("This is no JSON; it breaks off at %(place)s (line:column).") % {"place": where}
        raise Invalid([Problem("/written", message, "bad_json")]) from wrong


def _test(field: str, operator: str, value: str, currency: str) -> dict[str, object]:
    """Return one test; a value of another kind than the field stays text, so that the check can say so."""
    if operator == "exists":
        no = value.strip().lower() in ("no", "false", _("no"))
        return {"field": field, "op": "exists", "value": not no}
    if operator in _LISTS:
        entries = [_scalar(field, one.strip(), currency) for one in value.split(",") if one.strip()]
        return {"field": field, "op": operator, "value": entries}
    return {"field": field, "op": operator, "value": _scalar(field, value.strip(), currency)}


def _scalar(field: str, text: str, currency: str) -> object:
    kind = FIELDS.get(field) or FIELDS.get(f"{field.partition('.')[0]}.*")
    if field in AMOUNTS:
        try:
            return parse_amount_minor(text, currency)
        except Invalid:
            return text
    if kind == "number" and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 18:
        return int(text)
    return text.upper() if kind == "country" else text


def _rows_of(condition: Mapping[str, Any] | None, currency: str) -> tuple[str, list[tuple[str, str, str]], str]:
    """Return a stored condition as rows where it fits into them, else as JSON."""
    if condition is None:
        return "all", [], ""
    how = "any" if "any" in condition else "all"
    tests = condition.get(how, [condition])
    if len(tests) > ROWS or not all(isinstance(one, Mapping) and "field" in one for one in tests):
        return how, [], json.dumps(condition, indent=2, ensure_ascii=False)
    return how, [(one["field"], one["op"], _text(one, currency)) for one in tests], ""


def _text(test: Mapping[str, Any], currency: str) -> str:
    value = test.get("value", True)
    if test["op"] == "exists":
        return _("yes") if value else _("no")
    entries = value if isinstance(value, list) else [value]
    if test["field"] in AMOUNTS:
        entries = [decimal_text(entry, currency) if isinstance(entry, int) else entry for entry in entries]
    return ", ".join(str(entry) for entry in entries)
