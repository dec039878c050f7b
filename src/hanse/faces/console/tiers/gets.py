"""What each tier gets: terms, contact, benefits, goals, path, resources, message style, and what we promise it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.colleagues import colleague_choices
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.tiers.frame import tiers_page
from hanse.growth.care.actions import end_promise, promise, set_treatment
from hanse.growth.care.models import TierPromise
from hanse.growth.care.queries import promises_of, scores_of, treatment_of, treatments_of
from hanse.growth.care.rules import Score
from hanse.growth.care.words import promise_words
from hanse.growth.tiers.queries import standings_in
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.people.access.queries import team
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.in_force import scopes_of
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tier_by_key, tiers_of


def _text(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": 3})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=2000, widget=widget)


class TreatmentForm(PlainForm):
    """What a tier gets beside its terms."""

    contact = forms.ChoiceField(label=gettext_lazy("Contact"), required=False)
    contact_words = forms.CharField(
        label=gettext_lazy("Or in words"), required=False, max_length=200,
        help_text=gettext_lazy("An address or a name, where it is not one of the team."),
    )  # fmt: skip
    benefits = _text(gettext_lazy("Benefits"), gettext_lazy("One a line. Partners read them."))
    goals = _text(gettext_lazy("Goals"))
    path = _text(gettext_lazy("Path"), gettext_lazy("The steps that somebody new in this tier takes with you."))
    resources = _text(gettext_lazy("Resources"), gettext_lazy("Partners read this."))
    message_style = _text(
        gettext_lazy("How we write to them"), gettext_lazy("For whoever writes letters to this tier.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = colleague_choices(also_former=True)
        self.fields["contact"] = forms.ChoiceField(
            label=_("Contact"), required=False, choices=[("", _("Nobody in particular")), *people]
        )


class PromiseForm(PlainForm):
    """One promise of ours."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("answer", gettext_lazy("An answer, within hours")), ("call", gettext_lazy("A call, every so many days")),
            ("briefing", gettext_lazy("Word of what comes, days ahead")),
            ("own", gettext_lazy("Something of our own, every so many days")),
        ],
    )  # fmt: skip
    number = forms.IntegerField(label=gettext_lazy("Hours or days"), min_value=1, max_value=720)
    words = forms.CharField(label=gettext_lazy("In words (for our own)"), required=False, max_length=200)


@console_page()
@needs_program
@require_GET
def gets(request: HttpRequest, program: Program) -> HttpResponse:
    """Show every tier beside the others."""
    now, rows = reader().now, tiers_of(program.pk)
    names = {goal.key: goal.name for goal in goals_of(program.pk)}
    scopes = {(one.tier_id, one.enrolment_id): one.in_force for one in scopes_of(program.pk, now)}
    treatments, scores = treatments_of(program.pk), scores_of(program.pk, now)
    promised: dict[UUID, list[tuple[TierPromise, str, Score]]] = {}
    for one in promises_of(program.pk):
        said = promise_words(one.kind, one.number, one.words)
        promised.setdefault(one.tier_id, []).append((one, said, scores.get(one.pk, Score())))
    sizes: dict[str, int] = {}
    for key in standings_in(program.pk).values_list("tier", flat=True):
        sizes[key] = sizes.get(key, 0) + 1
    shown = []
    for tier in rows:
        own = scopes.get((tier.pk, None))
        terms = own or scopes.get((None, None))
        said_terms = sentences(body_of(terms), program.currency, names) if terms else []
        shown.append({
            "tier": tier, "size": sizes.get(tier.key, 0), "treatment": treatments.get(tier.pk), "terms": said_terms,
            "is_own": own is not None, "promises": promised.get(tier.pk, []),
        })  # fmt: skip
    return tiers_page(
        request, program, "console/tiers/gets.html", "gets", {"shown": shown, "may_act": may(request)}
    )  # fmt: skip


@console_page()
@writes
@needs_program
def treatment(request: HttpRequest, program: Program, key: str) -> HttpResponse:
    """Change what a tier gets."""
    tier = _tier(program, key)
    row = treatment_of(tier.pk)
    initial = {name: getattr(row, name) for name in TreatmentForm.base_fields if name != "contact"} if row else {}
    initial |= {"contact": str(row.contact_id)} if row and row.contact_id else {}
    form = TreatmentForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        person = next((one for one in team() if str(one.pk) == given["contact"]), None)
        given["contact"] = person
        kept = attempt(form, lambda: set_treatment(tier, now=clock.now(), by=actor(request), **given))
        if kept is not None:
            tell(request, _("What %(tier)s gets is kept") % {"tier": tier.name})
            return HttpResponseRedirect(reverse("console:tier_gets"))
    promises = [
        (one, promise_words(one.kind, one.number, one.words))
        for one in promises_of(program.pk)
        if one.tier_id == tier.pk
    ]
    context = {"tier": tier, "form": form, "promises": promises, "promise_form": PromiseForm(), "may_act": may(request)}
    status = 422 if request.method == "POST" else 200
    return tiers_page(request, program, "console/tiers/treatment.html", "gets", context, status=status)


@console_page()
@require_POST
@writes
@needs_program
def promise_add(request: HttpRequest, program: Program, key: str) -> HttpResponse:
    """Promise a tier something more."""
    tier, form = _tier(program, key), PromiseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        attempt_or_warn(
            request,
            lambda: promise(
                tier, given["kind"], given["number"], words=given["words"], now=clock.now(), by=actor(request)
            ),
            _("Promised"),
        )
        return HttpResponseRedirect(reverse("console:tier_treatment", args=[key]))
    context = {"tier": tier, "form": TreatmentForm(), "promises": [], "promise_form": form, "may_act": True}
    return tiers_page(request, program, "console/tiers/treatment.html", "gets", context, status=422)


@console_page()
@require_POST
@writes
@needs_program
def promise_end(request: HttpRequest, program: Program, promise_id: UUID) -> HttpResponse:
    """Promise this no more."""
    rows = TierPromise.objects.select_related("tier").filter(tier__program=program)
    row = get_object_or_404(rows, pk=promise_id)
    attempt_or_warn(request, lambda: end_promise(row, now=clock.now(), by=actor(request)), _("Not promised any more"))
    return HttpResponseRedirect(reverse("console:tier_treatment", args=[row.tier.key]))


def _tier(program: Program, key: str) -> Tier:
    try:
        return tier_by_key(program.pk, key)
    except NotFound as error:
        raise Http404 from error
