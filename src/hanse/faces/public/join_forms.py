"""The form of the page to join a program, and the one that answers a question."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.format import locale_of
from hanse.growth.recruiting.mailboxes import is_disposable
from hanse.growth.recruiting.types import STANDARD, FormContent, Question
from hanse.spine.checks import countries

_PREFIX = "q_"


class JoinForm(forms.Form):
    """Two minutes: who, where, why, and what the program asks. `homepage` is a trap that people do not see."""

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
    website = forms.CharField(label=_("Your website"), max_length=300, widget=forms.TextInput({"inputmode": "url"}))
    country = forms.ChoiceField(label=_("Country"))
    company = forms.CharField(
        label=_("Company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"})
    )
    references = forms.CharField(
        label=_("Who can say something about you?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    accepts = forms.BooleanField(label="", error_messages={"required": _("Please read the terms first.")})
    keep_address = forms.BooleanField(label=_("I will keep this address"), required=False)
    homepage = forms.CharField(required=False)
    form = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput)

    def __init__(self, content: FormContent, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})  # type: ignore[arg-type]
        self.content = content
        for name in STANDARD:
            if content.asks(name):
                self.fields[name].required = content.requires(name)
            else:
                del self.fields[name]
        if "country" in self.fields:
            self.fields["country"].choices = [("", "–"), *_countries()]  # type: ignore[attr-defined]  # a ChoiceField
        for question in content.questions:
            self.fields[_PREFIX + question.key] = _field(question)
        for name, field in self.fields.items():
            if name != "accepts":
                field.error_messages["required"] = gettext("Please fill this in.")

    @property
    def first(self) -> list[forms.BoundField]:
        """What everybody sees: who, where, and what must be filled in."""
        return [self[name] for name in ("name", "email", "channels", *STANDARD) if self._is_shown(name, True)]

    @property
    def more(self) -> list[forms.BoundField]:
        """What may be left empty, folded away."""
        return [self[name] for name in STANDARD if self._is_shown(name, False)]

    @property
    def own(self) -> list[forms.BoundField]:
        """The program's own questions."""
        return [self[_PREFIX + question.key] for question in self.content.questions]

    @property
    def is_more_open(self) -> bool:
        """Whether something folded away is wrong."""
        return any(bound.errors for bound in self.more)

    @property
    def doubts_address(self) -> bool:
        """Whether the address looks as if it were thrown away soon."""
        return "email" in self.errors and is_disposable(str(self.data.get("email", "")))

    def clean(self) -> dict[str, Any]:
        """Ask once more about an address that is made to be thrown away."""
        given = super().clean() or self.cleaned_data
        if not given.get("keep_address") and not given.get("homepage") and is_disposable(str(given.get("email", ""))):
            message = gettext("This looks like an address for a few minutes. Mails about what you earn would go there.")
            self.add_error("email", message)
        return given

    def channel_list(self) -> list[str]:
        """Return the places as a list."""
        text = str(self.cleaned_data["channels"])
        return [place.strip()[:300] for place in re.split(r"[,;\n]+", text) if place.strip()][:20]

    def standard(self) -> dict[str, str]:
        """Return our own fields that were asked; a website without its beginning gets one."""
        given = {name: str(self.cleaned_data.get(name) or "") for name in STANDARD if name in self.fields}
        if given.get("website") and "://" not in given["website"]:
            given["website"] = f"https://{given['website']}"
        return given

    def answers(self) -> dict[str, object]:
        """Return the answers to the program's own questions."""
        return {question.key: self.cleaned_data.get(_PREFIX + question.key) for question in self.content.questions}

    def _is_shown(self, name: str, is_first: bool) -> bool:
        return name in self.fields and self.fields[name].required == is_first


def field_of(pointer: str) -> str:
    """Return the form's field for a problem's pointer: answers stand under their own questions."""
    parts = pointer.strip("/").split("/")
    return _PREFIX + parts[1] if parts[0] == "answers" and len(parts) > 1 else parts[0]


def question_field(key: str) -> str:
    """Return the form's field of one of the program's own questions."""
    return _PREFIX + key


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label, "help_text": question.hint, "required": question.is_required,
    }  # fmt: skip
    if question.kind == "choice":
        return forms.ChoiceField(**common, choices=[("", "–"), *((one, one) for one in question.options)])
    if question.kind == "yes_no":
        return forms.ChoiceField(**common, choices=[("", "–"), ("yes", gettext("Yes")), ("no", gettext("No"))])
    if question.kind == "long":
        return forms.CharField(**common, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    if question.kind == "link":
        return forms.CharField(**common, max_length=500, widget=forms.TextInput(attrs={"inputmode": "url"}))
    return forms.CharField(**common, max_length=300)


def _countries() -> list[tuple[str, str]]:
    names = locale_of(get_language() or "en").territories
    return sorted(((code, str(names.get(code, code))) for code in countries()), key=lambda pair: pair[1])


class AnswerForm(forms.Form):
    """An applicant's answer."""

    use_required_attribute = False
    answer = forms.CharField(
        label=_("Your answer"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please fill this in.")}, label_suffix="",
    )  # fmt: skip
