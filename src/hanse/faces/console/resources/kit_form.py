"""The form of a kit: what it is, whom it is for, its steps and its words as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.kit_words import channel_names
from hanse.faces.console.forms import PlainForm
from hanse.growth.kits.models import Kit
from hanse.growth.kits.rules import MOST_COPIES, MOST_STEPS
from hanse.growth.kits.types import CopyIn, StepIn
from hanse.people.partners.queries import partner_types
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

_EMPTY_ROWS = 2


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a field for a local day."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class WhomForm(PlainForm):
    """Whom something is for: nobody chosen means everybody."""

    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Only these tiers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Only these types"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=gettext_lazy("Only readers of"), required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        tiers = Tier.objects.filter(program=program).order_by("position", "id")
        self.choose("tiers", [(tier.key, tier.name) for tier in tiers])
        self.choose("types", [(one.slug, one.name) for one in partner_types()])
        self.choose("language", [("", _("every language")), *((code, str(name)) for code, name in settings.LANGUAGES)])

    @property
    def boxes(self) -> list[forms.BoundField]:
        """What is ticked: tiers and types."""
        return [self["tiers"], self["types"]]

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Say what can be chosen in a field."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


class KitForm(WhomForm):
    """A kit; steps and words stand in rows beside it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    key = forms.CharField(
        label=gettext_lazy("Short name in links"), max_length=24,
        help_text=gettext_lazy("Small letters, digits, hyphens: like autumn-table. It stays."),
    )  # fmt: skip
    prompt = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    offer = forms.ChoiceField(label=gettext_lazy("Offer"))
    destination_url = forms.CharField(
        label=gettext_lazy("A page of its own"), max_length=1000, required=False,
        help_text=gettext_lazy("Left empty: the offer’s own page"), widget=forms.TextInput({"inputmode": "url"}),
    )  # fmt: skip
    code_rule = forms.ChoiceField(label=gettext_lazy("Code"), choices=(
        ("own", gettext_lazy("The partner’s own, where they have one")),
        ("make", gettext_lazy("The partner’s own, else one is made")), ("none", gettext_lazy("No code")),
    ))  # fmt: skip
    code_ending = forms.CharField(
        label=gettext_lazy("Ending of codes that are made"), max_length=12, required=False,
        help_text=gettext_lazy("SPRING makes ANNASPRING. Your shop has to know the code before it works there."),
    )  # fmt: skip
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))
    steps = forms.CharField(required=False, widget=forms.HiddenInput)
    copies = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, program: Program, *args: Any, row: Kit | None = None, **kwargs: Any) -> None:
        super().__init__(program, *args, **kwargs)
        offers = Offer.objects.filter(program=program, archived_at=None).order_by("created_at", "id")
        self.offers = {str(offer.pk): offer for offer in offers}
        self.choose("offer", [(pk, offer.name) for pk, offer in self.offers.items()])
        if row is not None:
            self.fields["key"].disabled = True

    def said(self) -> dict[str, Any]:
        """Return what the verb takes of the fields."""
        data = self.cleaned_data
        names = ("name", "key", "prompt", "destination_url", "tiers", "types", "language", "code_rule", "code_ending",
                 "starts_on", "ends_on")  # fmt: skip
        return {name: data[name] for name in names} | {"offer": self.offers[data["offer"]]}


def given(row: Kit) -> dict[str, Any]:
    """Return what a form of a known kit begins with."""
    names = ("name", "key", "prompt", "destination_url", "language", "tiers", "types", "code_rule", "code_ending",
             "starts_on", "ends_on")  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"offer": str(row.offer_id)}


def steps_in(post: QueryDict) -> list[StepIn]:
    """Return the steps that were typed; empty rows are left out."""
    rows = zip(post.getlist("step_title"), post.getlist("step_text"), post.getlist("step_minutes"), strict=False)
    return [
        {"title": title, "text": text, "minutes": _whole(minutes)}
        for title, text, minutes in rows
        if title.strip() or text.strip()
    ]


def copies_in(post: QueryDict) -> list[CopyIn]:
    """Return the words that were typed; empty rows are left out."""
    rows = zip(post.getlist("copy_channel"), post.getlist("copy_title"), post.getlist("copy_text"), strict=False)
    return [
        {"channel": channel, "title": title, "text": text}
        for channel, title, text in rows
        if title.strip() or text.strip()
    ]


def shown_rows(steps: Sequence[Mapping[str, Any]], copies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the rows as they are drawn, with empty ones at the end."""
    left_steps, left_copies = MOST_STEPS - len(steps), MOST_COPIES - len(copies)
    empty_step, empty_copy = {"title": "", "text": "", "minutes": 3}, {"channel": "newsletter", "title": "", "text": ""}
    return {
        "step_rows": [*steps, *[empty_step] * max(0, min(_EMPTY_ROWS, left_steps))],
        "copy_rows": [*copies, *[empty_copy] * max(0, min(_EMPTY_ROWS, left_copies))],
        "channels": list(channel_names().items()),
    }  # fmt: skip


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
