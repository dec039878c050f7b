"""What the pages of training and roadmap say in common: for whom something is, and fields that choose it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.console.forms import PlainForm
from hanse.people.partners.queries import partner_types
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

MOMENT = "%Y-%m-%dT%H:%M"


def audience_words(tiers: Sequence[str], types: Sequence[str], names: Mapping[str, str]) -> str:
    """Say for whom something is: `Power, Growth · Creator`, or everybody."""
    parts = [", ".join(names.get(key, key) for key in chosen) for chosen in (tiers, types) if chosen]
    return " · ".join(parts) or _("everybody")


def audience_names(program: Program) -> dict[str, str]:
    """Return the names of tiers and types by key. Two queries."""
    return {row.key: row.name for row in tiers_of(program.pk)} | {row.slug: row.name for row in partner_types()}


class MeantForm(PlainForm):
    """Tiers and types that something is for; none chosen means everybody."""

    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"), required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Partner types"), required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )  # fmt: skip

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(program.time_zone)
        for name, choices in (
            ("tiers", [(row.key, row.name) for row in tiers_of(program.pk)]),
            ("types", [(row.slug, row.name) for row in partner_types()]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices

    def moment(self, name: str) -> datetime | None:
        """Return a moment that was typed as the program's local time."""
        value = self.cleaned_data.get(name)
        return value.replace(tzinfo=self.zone) if value else None


def local_text(at: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment as a field of local time shows it."""
    return at.astimezone(zone).strftime(MOMENT) if at else ""


class LocalMomentField(forms.DateTimeField):
    """A day and a time as the program's clocks show it; the form gives it its zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
        super().__init__(widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        """Return the time without a zone."""
        if value in self.empty_values:
            return None
        for pattern in (MOMENT, f"{MOMENT}:%S"):
            try:
                return datetime.strptime(str(value), pattern)  # noqa: DTZ007  # the form knows the zone
            except ValueError:
                continue
        raise forms.ValidationError(_("A day and a time, please."), code="invalid")
