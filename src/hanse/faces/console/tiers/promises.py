"""Our promises: how well each tier's were kept, what is owed now, and the days that upper tiers hear of early."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.tiers.frame import tiers_page
from hanse.growth.care.actions import add_day, keep_briefing, keep_promise
from hanse.growth.care.models import PromiseDue
from hanse.growth.care.queries import days_ahead, owed_in, promises_of, scores_of
from hanse.growth.care.rules import SCORED_DAYS, Score
from hanse.growth.care.words import promise_words
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

_SHOWN = 100
_AHEAD_DAYS = 14


class DayForm(PlainForm):
    """A day that upper tiers hear of early."""

    name = forms.CharField(label=gettext_lazy("What comes"), max_length=120)
    on = forms.DateField(label=gettext_lazy("When"), widget=forms.DateInput({"type": "date"}))


@console_page()
@writes
@needs_program
def promises(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show scores and what is owed; add a day."""
    now, form = reader(), DayForm(request.POST if request.method == "POST" else None)
    today = local_day(now.now, program.time_zone)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: add_day(program, now=now.now, by=actor(request), **given)):
            tell(request, _("%(name)s is on the list") % {"name": given["name"]})
            return HttpResponseRedirect(reverse("console:tier_promises"))
    scores, whole, rows = scores_of(program.pk, now.now), Score(), []
    for one in promises_of(program.pk):
        own = scores.get(one.pk, Score())
        whole += own
        rows.append((one.tier, promise_words(one.kind, one.number, one.words), own))
    soon = owed_in(program.pk).filter(due_at__lte=now.now + timedelta(days=_AHEAD_DAYS))
    later = owed_in(program.pk).filter(due_at__gt=now.now + timedelta(days=_AHEAD_DAYS)).count()
    owed = list(soon[:_SHOWN])
    context = {
        "rows": rows, "whole": whole, "days": SCORED_DAYS, "form": form, "later": later, "may_act": may(request),
        "owed": [
            (due, partner_href(due.enrolment.partner_id), due.due_at <= now.now,
             promise_words(due.promise.kind, due.promise.number, due.promise.words))
            for due in owed
        ],
        "ahead": [(day, f"day:{day.pk}", _briefed(owed, f"day:{day.pk}")) for day in days_ahead(program.pk, today)],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return tiers_page(request, program, "console/tiers/promises.html", "promises", context, status=status)


def _briefed(owed: list[PromiseDue], key: str) -> int:
    return sum(due.key == key for due in owed)


@console_page()
@require_POST
@writes
@needs_program
def keep(request: HttpRequest, program: Program, due_id: UUID) -> HttpResponse:
    """Say that a promise was kept."""
    due = get_object_or_404(PromiseDue.objects.filter(promise__tier__program=program), pk=due_id)
    note = request.POST.get("note", "")
    attempt_or_warn(request, lambda: keep_promise(due, note=note, now=clock.now(), by=actor(request)), _("Kept"))
    return HttpResponseRedirect(reverse("console:tier_promises"))


@console_page()
@require_POST
@writes
@needs_program
def briefed(request: HttpRequest, program: Program) -> HttpResponse:
    """Say that everybody has heard of a day."""
    key = request.POST.get("key", "")[:120]
    attempt_or_warn(
        request, lambda: keep_briefing(program, key, now=clock.now(), by=actor(request)), _("Everybody has heard")
    )
    return HttpResponseRedirect(reverse("console:tier_promises"))
