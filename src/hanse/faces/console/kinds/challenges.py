"""Challenges: the list, and writing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.challenge_words import goal_words, prize_words, stage_words
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.kinds.condition_rows import ConditionForm
from hanse.faces.console.kinds.condition_words import condition_words, field_names
from hanse.faces.console.kinds.frame import kinds_page
from hanse.faces.console.programs.common import AmountField
from hanse.growth.audiences.fields import FIELDS
from hanse.growth.challenges.actions import keep_challenge
from hanse.growth.challenges.models import Challenge
from hanse.growth.challenges.queries import challenges_of
from hanse.growth.challenges.rules import stage_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.programs.programs.models import Program


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class ChallengeForm(PlainForm):
    """A challenge: what, until when, for what prize."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("What partners read"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    metric = forms.ChoiceField(label=gettext_lazy("Goal"), choices=(
        ("conversions", gettext_lazy("Sales that are kept")), ("value", gettext_lazy("Value of sales")),
        ("new_customers", gettext_lazy("New customers")), ("clicks", gettext_lazy("Valid clicks")),
        ("proof", gettext_lazy("Something done, with proof")),
    ))  # fmt: skip
    target = forms.CharField(label=gettext_lazy("How much"), max_length=30, required=False)
    starts_on = _day(gettext_lazy("First day"))
    ends_on = _day(gettext_lazy("Last day"))
    prize = AmountField(label=gettext_lazy("Prize in money, or what the gift is worth"), required=False)
    gift = forms.CharField(
        label=gettext_lazy("Gift instead of money"), max_length=200, required=False,
        help_text=gettext_lazy("Named, the prize is owed in kind and stands under Money, Benefits."),
    )  # fmt: skip
    most_winners = forms.IntegerField(label=gettext_lazy("At most so many winners"), required=False, min_value=1)
    is_reviewed = forms.BooleanField(label=gettext_lazy("A person looks at each before it is paid"), required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["prize"]
        assert isinstance(amount, AmountField)
        amount.currency, amount.label = program.currency, f"{amount.label} ({program.currency})"
        self.currency = program.currency

    def promise(self) -> None:
        """Let what partners were promised stand: these fields show it and take nothing."""
        for name in ("metric", "target", "starts_on", "gift", "is_reviewed"):
            self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Read the target by the goal: money for value, a whole number else, nothing for proof."""
        said: dict[str, Any] = super().clean() or {}
        text, metric = str(said.get("target") or "").strip(), said.get("metric")
        try:
            said["target"] = 1 if metric == "proof" else _number(text, metric == "value", self.currency)
        except (Invalid, ValueError):
            self.add_error("target", _("A number, please."))
        return said


@console_page()
@needs_program
@require_GET
def challenges(request: HttpRequest, program: Program) -> HttpResponse:
    """List challenges, what runs first."""
    today = reader().today
    order = {"running": 0, "settling": 1, "upcoming": 2, "draft": 3, "over": 4, "cancelled": 5}
    rows: list[Any] = list(challenges_of(program.pk)[:300])
    staged = sorted(((row, stage_of(row, today, program.hold_days)) for row in rows), key=lambda one: order[one[1]])
    context = {
        "rows": [
            {
                "row": row, "id": text_id("chl", row.pk), "goal": goal_words(row), "prize": prize_words(row),
                "stage": stage_words(stage),
            }
            for row, stage in staged
        ],
        "running": sum(1 for _row, stage in staged if stage == "running"),
        "waiting": sum(row.waiting for row in rows), "paid_minor": sum(row.paid_minor for row in rows if not row.gift),
        "may_act": may(request),
    }  # fmt: skip
    return kinds_page(request, program, "console/kinds/challenges.html", "challenges", context)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def write(request: HttpRequest, program: Program, challenge_id: str = "") -> HttpResponse:
    """Write a challenge, a new one or a known one."""
    row = get_object_or_404(Challenge, pk=id_or_404("chl", challenge_id), program=program) if challenge_id else None
    form = ChallengeForm(program, request.POST or None, initial=_given(row) if row else None)
    tests = ConditionForm(field_names(), FIELDS, program.currency)
    is_open = row is not None and row.opened_at is not None
    if is_open:
        form.promise()
    if request.method == "POST":
        audience = row.audience if row and is_open else tests.read(request.POST)
        kept = _keep(request, program, form, audience, row) if form.is_valid() and not tests.errors else None
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(reverse("console:challenge", args=[text_id("chl", kept.pk)]), status=303)
    elif row:
        tests.show(row.audience)
    context = {
        "form": form, "tests": tests, "challenge": row, "challenge_id": challenge_id, "is_open": is_open,
        "audience": condition_words(row.audience if row else None, program.currency, field_names()),
    }  # fmt: skip
    bad = 422 if request.method == "POST" else 200
    return kinds_page(request, program, "console/kinds/challenge_edit.html", "challenges", context, status=bad)


def _keep(
    request: HttpRequest, program: Program, form: ChallengeForm, audience: Any, row: Challenge | None
) -> Challenge | None:
    said = form.cleaned_data
    return attempt(form, lambda: keep_challenge(
        program, name=said["name"], text=said["text"], metric=said["metric"], target=said["target"],
        starts_on=said["starts_on"], ends_on=said["ends_on"], audience=audience, is_reviewed=said["is_reviewed"],
        most_winners=said["most_winners"], prize_minor=said["prize"] or 0, gift=said["gift"], now=clock.now(),
        by=actor(request), instead_of=row,
    ))  # fmt: skip


def _given(row: Challenge) -> dict[str, Any]:
    is_value = row.metric == Challenge.Metric.VALUE
    return {
        "name": row.name, "text": row.text, "metric": row.metric, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "target": decimal_text(row.target, row.currency) if is_value else row.target, "gift": row.gift,
        "prize": decimal_text(row.prize_minor, row.currency), "most_winners": row.most_winners,
        "is_reviewed": row.is_reviewed,
    }  # fmt: skip


def _number(text: str, is_money: bool, currency: str) -> int:
    return parse_amount_minor(text, currency) if is_money else int(text)
