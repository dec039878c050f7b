"""The pipeline in numbers, and the ideal partner with its test on known partners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.prospects.words import stage_names
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.profile.actions import set_profile
from hanse.growth.profile.queries import back_test_of, weighing_of
from hanse.growth.profile.types import CRITERIA, BackTest
from hanse.growth.profile.words import criterion_meanings, criterion_names
from hanse.growth.prospects.queries import report_of
from hanse.growth.prospects.rules import STALE_DAYS
from hanse.kernel import clock
from hanse.programs.programs.models import Program


class ProfileForm(PlainForm):
    """What counts how much."""

    reach_cap = forms.IntegerField(
        label=gettext_lazy("Most points that reach may give"), min_value=0, max_value=100,
        help_text=gettext_lazy("Of 100. Size alone never makes an ideal partner."),
    )  # fmt: skip
    qualify_at = forms.IntegerField(
        label=gettext_lazy("Suggest “Qualified” from"), min_value=1, max_value=100,
        help_text=gettext_lazy("Points of 100."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meanings = criterion_meanings()
        for key, name in criterion_names().items():
            self.fields[key] = forms.IntegerField(label=name, min_value=0, max_value=100, help_text=meanings[key])


@console_page()
@needs_program
@require_GET
def numbers(request: HttpRequest, program: Program) -> HttpResponse:
    """Show conversion and time of each stage."""
    found, names, language = report_of(program.pk), stage_names(), reader().language
    rows = [
        {
            "name": names[one.stage], "one": one, "share": one.share, "stale_days": STALE_DAYS.get(one.stage),
            "median": fmt.span(one.median, language) if one.median is not None else "",
        }
        for one in found.stages
    ]  # fmt: skip
    context = {"rows": rows, "report": found}
    return recruit_page(request, program, "console/prospects/numbers.html", "pipeline", context)


@console_page()
@writes
@needs_program
def profile(request: HttpRequest, program: Program) -> HttpResponse:
    """Show and set what counts; below, what it would have said of today's partners."""
    weighing = weighing_of(program.pk)
    initial = {**weighing.weights, "reach_cap": weighing.reach_cap, "qualify_at": weighing.qualify_at}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        weights, now, by = {name: given.pop(name) for name in CRITERIA}, clock.now(), actor(request)
        if attempt(form, lambda: set_profile(program, weights=weights, now=now, by=by, **given)):
            tell(request, _("The profile is kept; every score follows it"))
            return HttpResponseRedirect(reverse("console:ideal_partner"))
    test = back_test_of(program.pk)
    context = {
        "form": form, "weights": [form[name] for name in CRITERIA], "test": test, "best": _best(test),
        "rho": f"{test.correlation:.2f}".replace("-", "−") if test.correlation is not None else "",
        "may_act": may(request), "currency": program.currency,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/prospects/profile.html", "profile", context, status=status)


def _best(test: BackTest) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name, "href": partner_href(one.partner_id), "value": one.value_minor,
            "points": one.score.points, "is_known": bool(one.score.known_count), "rank": _rank(one.value_rank2),
            "by_score": _rank(one.score_rank2),
        }
        for one in test.best
    ]  # fmt: skip


def _rank(doubled: int) -> str:
    """Write a rank that may lie between two."""
    return f"{doubled // 2}½" if doubled % 2 else str(doubled // 2)
