"""Rules that take applicants in without a person; they never do while a risk is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.recruiting.automatic import FIELDS, add_rule, end_rule, rules_in
from hanse.growth.recruiting.forms import form_of
from hanse.growth.recruiting.models import Application, ApprovalRule
from hanse.growth.recruiting.types import FormContent
from hanse.growth.recruiting.words import condition_words, operator_names, rule_fields
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tiers_of

_TESTS = 4
_LISTS = ("in", "not_in")


class RuleForm(PlainForm):
    """Up to four things that must hold together."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"), max_length=120,
        help_text=gettext_lazy("It stands beside everybody whom it takes in."),
    )  # fmt: skip
    tier = forms.ChoiceField(label=gettext_lazy("Into the tier"), required=False)

    def __init__(self, content: FormContent, tiers: list[Tier], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content
        usual = ("", _("the usual one (new, or the invitation’s)"))
        self.fields["tier"] = forms.ChoiceField(
            label=_("Into the tier"), required=False, choices=[usual, *((tier.key, tier.name) for tier in tiers)]
        )
        fields = [("", "–"), *rule_fields(content.questions).items()]
        for place in range(_TESTS):
            self.fields[f"field{place}"] = forms.ChoiceField(
                label=_("What"),
                choices=fields,
                required=False,
                widget=forms.Select({"aria-label": _("What"), "class": "form-select"}),
            )
            self.fields[f"op{place}"] = forms.ChoiceField(
                label=_("How"), choices=list(operator_names().items()), required=False,
                widget=forms.Select({"aria-label": _("How"), "class": "form-select"}),
            )  # fmt: skip
            self.fields[f"value{place}"] = forms.CharField(
                label=_("Value"),
                max_length=500,
                required=False,
                widget=forms.TextInput({"aria-label": _("Value"), "class": "form-control"}),
            )

    @property
    def tests(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The rows of the condition."""
        return [(self[f"field{place}"], self[f"op{place}"], self[f"value{place}"]) for place in range(_TESTS)]

    def condition(self) -> dict[str, Any]:
        """Return the condition as it is stored."""
        given = self.cleaned_data
        rows = [
            _test(given[f"field{place}"], given[f"op{place}"] or "eq", given[f"value{place}"].strip())
            for place in range(_TESTS)
            if given[f"field{place}"]
        ]
        return {"all": rows}


@console_page()
@writes
@needs_program
def approval_rules(request: HttpRequest, program: Program) -> HttpResponse:
    """List the rules with how many they took in; add one."""
    content, tiers = form_of(program.pk), tiers_of(program.pk)
    form = RuleForm(content, tiers, _posted(request))
    if request.method == "POST" and form.is_valid():
        tier = next((one for one in tiers if one.key == form.cleaned_data["tier"]), None)
        made = attempt(
            form,
            lambda: add_rule(
                program, name=form.cleaned_data["name"], condition=form.condition(), tier=tier, now=clock.now(),
                by=actor(request),
            ),
        )  # fmt: skip
        if made is not None:
            tell(request, _("The rule works from now on"))
            return HttpResponseRedirect(reverse("console:approval_rules"))
    rules, taken = list(rules_in(program.pk)), _taken_in(program)
    rows = [(rule, condition_words(rule.condition, content.questions), taken.get(rule.name, 0)) for rule in rules]
    context = {"rows": rows, "form": form, "may_act": may(request)}
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/recruiting/rules.html", "applications", context, status=status)


@console_page()
@require_POST
@writes
@needs_program
def rule_end(request: HttpRequest, program: Program, rule_id: UUID) -> HttpResponse:
    """End a rule."""
    rule = get_object_or_404(ApprovalRule, pk=rule_id, program=program)
    attempt_or_warn(request, lambda: end_rule(rule, now=clock.now(), by=actor(request)), _("The rule is ended"))
    return HttpResponseRedirect(reverse("console:approval_rules"))


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _test(field: str, op: str, text: str) -> dict[str, Any]:
    """Return one comparison with its value as the field's kind wants it."""
    kind = FIELDS.get(field, "any")
    if op == "exists":
        return {"field": field, "op": op, "value": text.lower() not in ("no", _("no"))}
    if kind == "boolean" or (kind == "any" and text.lower() in ("yes", "no", _("yes"), _("no"))):
        return {"field": field, "op": op, "value": text.lower() not in ("no", _("no"))}
    parts: list[Any] = [part.strip() for part in text.split(",") if part.strip()] if op in _LISTS else [text]
    values = [_value(kind, part) for part in parts]
    return {"field": field, "op": op, "value": values if op in _LISTS else (values or [""])[0]}


def _value(kind: str, text: str) -> str | int:
    if kind == "number" and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return text.upper() if kind == "country" else text.lower() if kind == "texts" else text


def _taken_in(program: Program) -> dict[str, int]:
    rows = Application.objects.filter(program=program, status="approved", decided_by__startswith="rule: ")
    counted = rows.order_by().values_list("decided_by").annotate(n=Count("pk"))
    return {by.removeprefix("rule: "): n for by, n in counted}
