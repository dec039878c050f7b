"""Payout settings: when runs are drafted, and what each way of paying needs to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import APPROVE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.programs.common import AmountField
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.money.payouts.actions import save_rail, set_payout_rules
from hanse.money.payouts.rules import next_day
from hanse.money.payouts.schedule import payout_rules
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.settings import rail_problems, shown_values
from hanse.money.rails.types import Rail, SettingsField
from hanse.programs.programs.models import Program

_WIDGETS: dict[str, type[forms.Widget]] = {"lines": forms.Textarea, "secret": forms.PasswordInput}


def rail_choices() -> list[tuple[str, str]]:
    """Return every way of paying with its name."""
    return [(key, _(rail.name)) for key, rail in RAILS_BY_KEY.items()]


def rail_name(key: str) -> str:
    """Return the name of a way of paying."""
    rail = RAILS_BY_KEY.get(key)
    return _(rail.name) if rail else key


class RulesForm(PlainForm):
    """When runs are drafted."""

    schedule = forms.ChoiceField(
        label=gettext_lazy("Draft a run"),
        choices=(
            ("off", gettext_lazy("only when somebody asks")),
            ("monthly", gettext_lazy("every month")),
            ("weekly", gettext_lazy("every week")),
        ),
    )
    month_day = forms.IntegerField(label=gettext_lazy("Day of the month"), min_value=1, max_value=28, required=False)
    week_day = forms.ChoiceField(
        label=gettext_lazy("Day of the week"), required=False,
        choices=[
            ("0", gettext_lazy("Monday")), ("1", gettext_lazy("Tuesday")), ("2", gettext_lazy("Wednesday")),
            ("3", gettext_lazy("Thursday")), ("4", gettext_lazy("Friday")), ("5", gettext_lazy("Saturday")),
            ("6", gettext_lazy("Sunday")),
        ],
    )  # fmt: skip
    rail = forms.ChoiceField(label=gettext_lazy("How it is paid"))
    first_payout = AmountField(
        label=gettext_lazy("A first payout may fall below the minimum up to"), required=False,
        help_text=gettext_lazy("A quick first payout is worth more than its fee. Empty: never."),
    )  # fmt: skip
    first_hold_days = forms.IntegerField(
        label=gettext_lazy("Up to that amount, hold a first payout for so many days only"), required=False,
        min_value=0, max_value=365,
        help_text=gettext_lazy("For what is earned from now on, while nothing was paid yet. Empty: as long as usual."),
    )  # fmt: skip

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rail"].choices = rail_choices()  # type: ignore[attr-defined]
        amount = self.fields["first_payout"]
        assert isinstance(amount, AmountField)
        amount.currency, amount.label = program.currency, f"{amount.label} ({program.currency})"


@console_page(write_roles=APPROVE)
@writes
@needs_program
def settings(request: HttpRequest, program: Program) -> HttpResponse:
    """Show how a program pays; a POST says when runs are drafted."""
    rules, now = payout_rules(program), clock.now()
    known = {
        "schedule": rules.schedule, "rail": rules.rail,
        "month_day": rules.schedule_day if rules.schedule == "monthly" else 1,
        "week_day": str(rules.schedule_day if rules.schedule == "weekly" else 0),
        "first_payout": AmountField(currency=program.currency).written(rules.first_payout_up_to_minor),
        "first_hold_days": rules.first_hold_days,
    }  # fmt: skip
    form = RulesForm(program, request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        day = int(said["week_day"] or 0) if said["schedule"] == "weekly" else said["month_day"] or 1
        saved = attempt(
            form,
            lambda: set_payout_rules(
                program, schedule=said["schedule"], schedule_day=day, rail=said["rail"],
                first_payout_up_to_minor=said["first_payout"], first_hold_days=said["first_hold_days"],
                now=now, by=actor(request),
            ),
            {"schedule_day": "month_day", "first_payout_up_to_minor": "first_payout"},
        )  # fmt: skip
        if saved:
            tell(request, _("Saved."))
            return HttpResponseRedirect(reverse("console:payout_settings"), status=303)
    today = local_day(reader().now, program.time_zone)
    context = {
        "form": form, "rails": [_rail_row(program, rail) for rail in RAILS_BY_KEY.values()],
        "rules": rules, "next_on": next_day(rules.schedule, rules.schedule_day, today),
        "may_change": may(request, APPROVE), "name": rail_name(rules.rail),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return money_page(request, program, "console/money/payout_settings.html", "payouts", context, status=status)


def _rail_row(program: Program, rail: Rail) -> dict[str, object]:
    return {
        "key": rail.key, "name": _(rail.name), "problems": rail_problems(program, rail.key),
        "has_settings": bool(rail.fields),
    }  # fmt: skip


@console_page(write_roles=APPROVE)
@writes
@needs_program
def rail(request: HttpRequest, program: Program, rail_key: str) -> HttpResponse:
    """Show and keep what one way of paying needs; secrets are never shown again."""
    found = RAILS_BY_KEY.get(rail_key)
    if found is None or not found.fields:
        raise Http404
    shown = shown_values(program.pk, rail_key)
    form = rail_form(found, shown)(request.POST or None, initial=_without_secrets(found, shown))
    if request.method == "POST" and form.is_valid():
        given = {name: str(value or "") for name, value in form.cleaned_data.items()}
        if attempt(form, lambda: save_rail(program, rail_key, given, now=clock.now(), by=actor(request))):
            tell(request, _("Saved."))
            return HttpResponseRedirect(reverse("console:payout_settings"), status=303)
    context = {
        "form": form, "name": _(found.name), "key": rail_key, "problems": rail_problems(program, rail_key),
        "may_change": may(request, APPROVE),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return money_page(request, program, "console/money/rail.html", "payouts", context, status=status)


def rail_form(rail: Rail, shown: dict[str, str]) -> type[PlainForm]:
    """Return a form for the settings of a rail."""
    fields = {one.name: _form_field(one, has_value=bool(shown.get(one.name))) for one in rail.fields}
    return type("RailForm", (PlainForm,), fields)


def _without_secrets(rail: Rail, shown: dict[str, str]) -> dict[str, str]:
    secret = {one.name for one in rail.fields if one.kind == "secret"}
    return {name: value for name, value in shown.items() if name not in secret}


def _form_field(one: SettingsField, *, has_value: bool) -> forms.Field:
    label, hint = _(one.label), _(one.hint) if one.hint else ""
    if one.kind == "choice":
        return forms.ChoiceField(
            label=label, help_text=hint, choices=[(key, _(words)) for key, words in one.options], required=False
        )
    if one.kind == "secret":
        hint = _("One is kept. Leave this empty to keep it.") if has_value else hint
    attrs = {"autocomplete": "off", "spellcheck": "false"} | ({"rows": "2"} if one.kind == "lines" else {})
    widget = _WIDGETS.get(one.kind, forms.TextInput)(attrs=attrs)
    needed = one.is_required and not (one.kind == "secret" and has_value)
    return forms.CharField(label=label, help_text=hint, max_length=one.limit, required=needed, widget=widget)
