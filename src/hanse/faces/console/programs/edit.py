"""Changing a program."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import console, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.programs.common import AmountField, program_of
from hanse.kernel import clock
from hanse.programs.programs.actions import change_program
from hanse.programs.programs.models import Program

_AMOUNTS = ("minimum_payout_minor", "second_person_above_minor", "approval_ceiling_minor")


class CountriesField(forms.CharField):
    """Codes of countries, written with commas or blanks between them."""

    def prepare_value(self, value: Any) -> Any:
        """Return how a list is written."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the list."""
        return super().clean(value).replace(",", " ").upper().split()


class ProgramForm(PlainForm):
    """What may be changed of a program at any time."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    website = forms.CharField(label=gettext_lazy("Website"), max_length=300, required=False)
    description = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("Stands on the application page."),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Of days, months and statements.")
    )
    hold_days = forms.IntegerField(
        label=gettext_lazy("Hold, in days"), min_value=0, max_value=400,
        help_text=gettext_lazy("A commission can be paid this long after the order: time for returns."),
    )  # fmt: skip
    notice_days = forms.IntegerField(
        label=gettext_lazy("Notice before lower terms, in days"), min_value=0, max_value=400, required=False,
        help_text=gettext_lazy("Terms under which somebody earns less begin this long after they are published."),
    )  # fmt: skip
    minimum_payout_minor = AmountField(label=gettext_lazy("Smallest payout"), required=False)
    second_person_above_minor = AmountField(
        label=gettext_lazy("A second person approves payout runs above"), required=False,
        help_text=gettext_lazy("Empty: one person is enough."),
    )  # fmt: skip
    approval_ceiling_minor = AmountField(
        label=gettext_lazy("A person approves commissions above"), required=False,
        help_text=gettext_lazy("Empty: the hold is enough."),
    )  # fmt: skip
    fallback_url = forms.CharField(
        label=gettext_lazy("Page for links that no longer work"), max_length=500, required=False
    )
    allowed_countries = CountriesField(
        label=gettext_lazy("Only visitors from these countries"), max_length=800, required=False,
        help_text=gettext_lazy("Codes of two letters, like DE, PL. Empty: from everywhere."),
    )  # fmt: skip
    blocked_countries = CountriesField(
        label=gettext_lazy("Not visitors from these countries"), max_length=800, required=False,
        help_text=gettext_lazy("They are led to the page above; their clicks are kept and do not count."),
    )  # fmt: skip
    token_param = forms.CharField(label=gettext_lazy("Name of the click in addresses"), max_length=40)
    token_form = forms.ChoiceField(
        label=gettext_lazy("Form of the click in addresses"),
        choices=[
            ("text", gettext_lazy("27 characters")), ("hex", gettext_lazy("30 hexadecimal digits")),
            ("uuid", gettext_lazy("a UUID")), ("bare", gettext_lazy("24 hexadecimal digits, signed more weakly")),
        ],
        help_text=gettext_lazy("For systems that take no other. All forms stand for the same click."),
    )  # fmt: skip
    applications_open = forms.BooleanField(label=gettext_lazy("Take applications"), required=False)
    consent_mode = forms.BooleanField(label=gettext_lazy("Set the visitor’s cookie only after consent"), required=False)
    bare_click_ids = forms.BooleanField(
        label=gettext_lazy("Take clicks by their 24-digit id alone"), required=False,
        help_text=gettext_lazy("For systems that hold nothing longer. It is signed more weakly than the full token."),
    )  # fmt: skip

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        for name in _AMOUNTS:
            field = self.fields[name]
            assert isinstance(field, AmountField)
            field.currency = program.currency
            field.label = f"{field.label} ({program.currency})"


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a program is called, when and how much it pays out."""
    program = program_of(request, slug)
    form = ProgramForm(program, request.POST or None, initial=_known(program))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {
            "minimum_payout_minor": form.cleaned_data["minimum_payout_minor"] or 0,
            "notice_days": form.cleaned_data["notice_days"] or 0,
        }
        if attempt(form, lambda: change_program(program, **values, now=clock.now(), by=actor(request))):
            tell(request, _("%(name)s is saved.") % {"name": program.name})
            return _to(program)
        program = program_of(request, slug)
    context = {"program": program, "form": form}
    return console(request, "console/programs/edit.html", "programs", context, status=422 if form.errors else 200)


def _known(program: Program) -> dict[str, object]:
    form = ProgramForm(program)
    known: dict[str, object] = {}
    for name, field in form.fields.items():
        value = getattr(program, name)
        known[name] = field.written(value) if isinstance(field, AmountField) else value
    return known


def _to(program: Program) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:program", args=[program.slug]), status=303)
