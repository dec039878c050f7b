"""The form of the page to join a program, and the one that answers a question."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _


class JoinForm(forms.Form):
    """Two minutes: who, where, why. `homepage` is a trap that people do not see and scripts fill in."""

    use_required_attribute = False

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address. It is written like name@company.example.")},
    )  # fmt: skip
    channels = forms.CharField(
        label=_("Where do you talk to people?"), max_length=1000,
        help_text=_("One or more addresses, with commas between"),
        widget=forms.TextInput(attrs={"placeholder": _("yourblog.com, @yourname, a newsletter …")}),
    )  # fmt: skip
    message = forms.CharField(
        label=_("What would you show first, and why?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    company = forms.CharField(
        label=_("Company"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )  # fmt: skip
    references = forms.CharField(
        label=_("Who can say something about you?"), max_length=5000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    accepts = forms.BooleanField(label="", error_messages={"required": _("Please read the terms first.")})
    homepage = forms.CharField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})  # type: ignore[arg-type]
        for name, field in self.fields.items():
            if name != "accepts":
                field.error_messages["required"] = _("Please fill this in.")

    def channel_list(self) -> list[str]:
        """Return the places as a list."""
        text = str(self.cleaned_data["channels"])
        return [place.strip()[:300] for place in re.split(r"[,;\n]+", text) if place.strip()][:20]


class AnswerForm(forms.Form):
    """An applicant's answer."""

    use_required_attribute = False
    answer = forms.CharField(
        label=_("Your answer"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please fill this in.")}, label_suffix="",
    )  # fmt: skip
