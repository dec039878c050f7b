"""What the pages of Programs & terms share: the program of the path, and the fields of its forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from hanse.faces.common.access import team_member
from hanse.faces.common.reader import activate_zone
from hanse.kernel.errors import Invalid
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.programs.programs.models import Program


def program_of(request: HttpRequest, slug: str) -> Program:
    """Return the program of a path and write times in its zone. Raises Http404."""
    program = get_object_or_404(Program, slug=slug)
    if not team_member(request).time_zone:
        activate_zone(program.time_zone)
    return program


class AmountField(forms.CharField):
    """An amount as people write it; the value is in minor units of the currency, None when left empty."""

    def __init__(self, *, currency: str = "EUR", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=30, **kwargs)
        self.currency = currency

    def clean(self, value: Any) -> Any:
        """Return minor units. Refuses what is no amount of the currency, or below zero."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_amount_minor(text, self.currency)
        except Invalid as invalid:
            raise forms.ValidationError([problem.message for problem in invalid.problems]) from invalid

    def written(self, minor: int | None) -> str:
        """Return an amount as the field shows it."""
        return "" if minor is None else decimal_text(minor, self.currency)
