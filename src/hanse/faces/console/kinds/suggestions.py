"""Rules between types, and what they suggest: accept, or decline with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.kinds.condition_rows import ConditionForm
from hanse.faces.console.kinds.condition_words import condition_words, field_names, value_words, wanted_words
from hanse.faces.console.kinds.frame import kinds_page
from hanse.growth.audiences.fields import FIELDS
from hanse.growth.demarcation.models import TypeRule, TypeSuggestion
from hanse.growth.demarcation.queries import open_suggestions, rules_of, suggestions_of, type_names
from hanse.growth.demarcation.suggesting import (
    accept_suggestion,
    decline_suggestion,
    keep_type_rule,
    remove_type_rule,
    suggest_types,
)
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_SHOWN, _ANSWERED = 100, 20


class RuleForm(PlainForm):
    """A rule: its name, and what it adds and takes off."""

    name = forms.CharField(label=gettext_lazy("Name of the rule"), max_length=120)
    adds = forms.ChoiceField(label=gettext_lazy("Suggests to become"), required=False)
    drops = forms.ChoiceField(label=gettext_lazy("and to stop being"), required=False)
    is_on = forms.BooleanField(label=gettext_lazy("This rule is on"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "…"), *type_names().items()]
        for name in ("adds", "drops"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields


@console_page()
@needs_program
def suggestions(request: HttpRequest, program: Program) -> HttpResponse:
    """Show what waits for an answer, the rules, and what was answered lately."""
    waiting = list(open_suggestions(program.pk)[:_SHOWN])
    answered = suggestions_of(program.pk).filter(state__in=("accepted", "declined")).order_by("-decided_at")
    names = type_names()
    context = {
        "waiting": [_shown(row, names, program) for row in waiting],
        "answered": [_shown(row, names, program) for row in answered[:_ANSWERED]],
        "rules": [
            (row, text_id("tyr", row.pk), _change(row.adds, row.drops, names),
             condition_words(row.condition, program.currency, field_names()))
            for row in rules_of(program.pk)
        ],
        "may_change": may(request, CHANGE), "may_act": may(request),
    }  # fmt: skip
    return kinds_page(request, program, "console/kinds/suggestions.html", "suggestions", context)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def rule(request: HttpRequest, program: Program, rule_id: str = "") -> HttpResponse:
    """Write a rule, a new one or a known one; it is asked at once."""
    row = get_object_or_404(rules_of(program.pk), pk=id_or_404("tyr", rule_id)) if rule_id else None
    given = {"name": row.name, "adds": row.adds, "drops": row.drops, "is_on": row.is_on} if row else None
    form = RuleForm(request.POST or None, initial=given)
    tests = ConditionForm(field_names(), FIELDS, program.currency)
    if request.method == "POST":
        condition = tests.read(request.POST)
        if form.is_valid() and not tests.errors and _keep(request, program, form, condition, row):
            return HttpResponseRedirect(reverse("console:type_suggestions"), status=303)
    elif row:
        tests.show(row.condition)
    context = {"form": form, "tests": tests, "rule": row, "rule_id": rule_id}
    bad = 422 if request.method == "POST" else 200
    return kinds_page(request, program, "console/kinds/rule.html", "suggestions", context, status=bad)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def remove(request: HttpRequest, program: Program, rule_id: str) -> HttpResponse:
    """Put a rule away."""
    row = get_object_or_404(rules_of(program.pk), pk=id_or_404("tyr", rule_id))
    attempt_or_warn(
        request, lambda: remove_type_rule(row, now=clock.now(), by=actor(request)), _("The rule is put away.")
    )
    return HttpResponseRedirect(reverse("console:type_suggestions"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def accept(request: HttpRequest, program: Program, suggestion_id: str) -> HttpResponse:
    """Make the partner what is suggested."""
    row = _suggestion(program, suggestion_id)
    attempt_or_warn(
        request, lambda: accept_suggestion(row, now=clock.now(), by=actor(request)),
        _("%(name)s: %(change)s.") % {"name": row.partner.name, "change": _change(row.adds, row.drops, type_names())},
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:type_suggestions"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def decline(request: HttpRequest, program: Program, suggestion_id: str) -> HttpResponse:
    """Leave the partner as they are, with a reason."""
    row, reason = _suggestion(program, suggestion_id), str(request.POST.get("reason", ""))
    attempt_or_warn(
        request, lambda: decline_suggestion(row, reason=reason, now=clock.now(), by=actor(request)),
        _("Left as it is. It is not suggested again for 90 days."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:type_suggestions"), status=303)


def _keep(request: HttpRequest, program: Program, form: RuleForm, condition: Any, row: TypeRule | None) -> bool:
    said, now = form.cleaned_data, clock.now()
    kept = attempt(form, lambda: keep_type_rule(
        program, name=said["name"], adds=said["adds"], drops=said["drops"], condition=condition, is_on=said["is_on"],
        now=now, by=actor(request), instead_of=row,
    ))  # fmt: skip
    if kept is None:
        return False
    new = suggest_types(program, now)
    told = ngettext("%(n)d partner fits now.", "%(n)d partners fit now.", new) % {"n": new}
    tell(request, _("The rule is kept. %(told)s") % {"told": told})
    return True


def _suggestion(program: Program, suggestion_id: str) -> TypeSuggestion:
    return get_object_or_404(suggestions_of(program.pk), pk=id_or_404("tys", suggestion_id))


def _change(adds: str, drops: str, names: dict[str, str]) -> str:
    said = {"adds": names.get(adds, adds), "drops": names.get(drops, drops)}
    if adds and drops:
        return _("from %(drops)s to %(adds)s") % said
    return _("also %(adds)s") % said if adds else _("no longer %(drops)s") % said


def _shown(row: TypeSuggestion, names: dict[str, str], program: Program) -> dict[str, Any]:
    fields = field_names()
    seen = [
        (fields.get(one["field"], one["field"]), value_words(one, one["found"], program.currency),
         wanted_words({**one, "value": one["wanted"]}, program.currency))
        for one in row.evidence
    ]  # fmt: skip
    return {
        "row": row, "id": text_id("tys", row.pk), "href": partner_href(row.partner_id), "seen": seen,
        "change": _change(row.adds, row.drops, names), "types": [names.get(one, one) for one in row.partner.types],
    }  # fmt: skip
