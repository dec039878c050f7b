"""Launch: what a program needs before it opens, and pilots with their verdict."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.reader import Reader, reader
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.onboarding.frame import onboarding_page
from hanse.faces.console.onboarding.launch_words import (
    aim_words,
    check_names,
    check_words,
    decision_names,
    interval_words,
    metric_names,
    suggestion_words,
    units,
)
from hanse.faces.console.onboarding.numbers import median_words
from hanse.growth.launch import actions
from hanse.growth.launch.models import Pilot, PilotPartner
from hanse.growth.launch.queries import checks_of, launch_of, pilots_of, verdict_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_CHOICES = 500
_USUAL_DAYS = 60


class PrepareForm(PlainForm):
    """What people say before a program opens."""

    asset_pack = forms.URLField(
        label=gettext_lazy("Asset pack"), required=False, max_length=500, assume_scheme="https",
        help_text=gettext_lazy("Where partners find pictures, texts and examples."),
    )  # fmt: skip
    playbook = forms.CharField(
        label=gettext_lazy("Playbook"), required=False, max_length=50_000, widget=forms.Textarea({"rows": 8}),
        help_text=gettext_lazy("How the team answers: who decides what, how fast, and what is never promised."),
    )  # fmt: skip
    aim_metric = forms.ChoiceField(label=gettext_lazy("Success is counted in"), required=False)
    aim_number = forms.IntegerField(
        label=gettext_lazy("The number for success"), required=False, min_value=1,
        help_text=gettext_lazy("Value in whole units of the program’s currency."),
    )  # fmt: skip
    aim_on = forms.DateField(label=gettext_lazy("By"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aim_metric"].choices = [("", _("Choose")), *metric_names().items()]  # type: ignore[attr-defined]


class PilotForm(PlainForm):
    """A pilot: so many partners, one aim, an end."""

    name = forms.CharField(label=gettext_lazy("Name of the pilot"), max_length=120)
    size = forms.IntegerField(label=gettext_lazy("Partners"), min_value=1, max_value=actions.MAX_SIZE, initial=12)
    aim_days = forms.IntegerField(
        label=gettext_lazy("Half of them sell within days"), min_value=1, max_value=actions.MAX_DAYS, initial=30
    )
    starts_on = forms.DateField(label=gettext_lazy("Starts"), widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=gettext_lazy("Ends"), widget=forms.DateInput({"type": "date"}))
    fills_itself = forms.BooleanField(
        label=gettext_lazy("Whoever joins in these days takes part, until it is full"), required=False
    )


class DecideForm(PlainForm):
    """The decision with its reason."""

    decision = forms.ChoiceField(label=gettext_lazy("We"))
    why = forms.CharField(label=gettext_lazy("Because"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(decision_names().items())  # type: ignore[attr-defined]


@console_page()
@writes
@needs_program
def launch(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the check and the pilots; a POST keeps what people say, or plans a pilot."""
    known, now = launch_of(program), clock.now()
    today = local_day(now, program.time_zone)
    is_value, is_pilot = known.aim_metric == "value", request.method == "POST" and "size" in request.POST
    number = known.aim_number // units(program) if known.aim_number and is_value else known.aim_number
    initial = {
        "asset_pack": known.asset_pack, "playbook": known.playbook, "aim_metric": known.aim_metric,
        "aim_number": number, "aim_on": known.aim_on,
    }  # fmt: skip
    form = PrepareForm(request.POST if request.method == "POST" and not is_pilot else None, initial=initial)
    pilot_form = PilotForm(request.POST if is_pilot else None, initial=_usual_days(today))
    if request.method == "POST":
        done = _start(request, program, pilot_form) if is_pilot else _prepare(request, program, form)
        if done:
            return done
    checks = checks_of(program, now)
    missing = [check for check in checks if not check.passed]
    context = {
        "form": form, "pilot_form": pilot_form, "launch": known,
        "checks": [check_words(one, program.slug) for one in checks],
        "missing": len(missing), "pilots": [_pilot_row(one, reader()) for one in pilots_of(program.pk)[:50]],
        "may_act": may(request), "aim": aim_words(known, program, reader()),
        "opened_without": [check_names()[key] for key in known.opened_without],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return onboarding_page(request, program, "launch", "launch", context, status=status)


def _usual_days(today: date) -> dict[str, date]:
    return {"starts_on": today, "ends_on": today + timedelta(days=_USUAL_DAYS)}


def _prepare(request: HttpRequest, program: Program, form: PrepareForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    said = dict(form.cleaned_data)
    if said["aim_metric"] == "value" and said["aim_number"]:
        said["aim_number"] *= units(program)
    if attempt(form, lambda: actions.prepare_launch(program, **said, now=clock.now(), by=actor(request))) is None:
        return None
    tell(request, _("Saved."))
    return HttpResponseRedirect(reverse("console:launch"))


def _start(request: HttpRequest, program: Program, form: PilotForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    said = form.cleaned_data
    row = attempt(form, lambda: actions.start_pilot(program, **said, now=clock.now(), by=actor(request)))
    return HttpResponseRedirect(reverse("console:pilot", args=[text_id("plt", row.pk)])) if row else None


@console_page()
@require_POST
@writes
@needs_program
def open_up(request: HttpRequest, program: Program) -> HttpResponse:
    """Open the program, with a reason where something is missing."""
    why = request.POST.get("reason", "")
    attempt_or_warn(
        request, lambda: actions.open_program(program, why=why, now=clock.now(), by=actor(request)),
        _("The program is open: its join page takes applications"),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:launch"))


@console_page()
@writes
@needs_program
def pilot(request: HttpRequest, program: Program, pilot_id: str) -> HttpResponse:
    """Show what a pilot shows and suggests; a POST decides it."""
    row, now = _pilot(program, pilot_id), reader()
    form = DecideForm(request.POST or None, initial={"decision": row.decision, "why": row.decision_why})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.decide_pilot(row, **said, now=clock.now(), by=actor(request))):
            tell(request, _("Decided"))
            return HttpResponseRedirect(reverse("console:pilot", args=[pilot_id]))
    found = verdict_of(row, local_day(now.now, program.time_zone))
    members = [(one, partner_href(one.partner_id)) for one in found.members]
    context = {
        "pilot": row, "id": pilot_id, "verdict": found, "members": members, "form": form, "may_act": may(request),
        "suggested": suggestion_words(found), "interval": interval_words(found, now),
        "median": median_words(found.curve, now),
        "decision": decision_names().get(row.decision, ""), "room": row.size - len(members),
        "choices": _choices(program, row) if row.size > len(members) and not row.decision else [],
    }  # fmt: skip
    return onboarding_page(
        request, program, "pilot", "launch", context, status=422 if request.method == "POST" else 200
    )


@console_page()
@require_POST
@writes
@needs_program
def pilot_add(request: HttpRequest, program: Program, pilot_id: str) -> HttpResponse:
    """Let chosen partners take part."""
    row = _pilot(program, pilot_id)
    ids = [id_or_404("enr", one) for one in request.POST.getlist("enrolment")[: actions.MAX_SIZE]]
    chosen = list(Enrolment.objects.filter(program=program, pk__in=ids))
    attempt_or_warn(
        request, lambda: actions.add_to_pilot(row, chosen, now=clock.now(), by=actor(request)), _("They take part")
    )
    return HttpResponseRedirect(reverse("console:pilot", args=[pilot_id]))


def _choices(program: Program, row: Pilot) -> list[tuple[str, str]]:
    taken = PilotPartner.objects.filter(pilot=row).values("enrolment")
    rows = Enrolment.objects.filter(program=program, is_test=False, status="active").exclude(pk__in=taken)
    return [(text_id("enr", one.pk), one.partner.name) for one in
            rows.select_related("partner").order_by("-enrolled_at", "pk")[:_CHOICES]]  # fmt: skip


def _pilot(program: Program, pilot_id: str) -> Pilot:
    row = Pilot.objects.select_related("program").filter(program=program, pk=id_or_404("plt", pilot_id)).first()
    if row is None:
        raise Http404
    return row


def _pilot_row(row: Pilot, now: Reader) -> dict[str, Any]:
    span = fmt.day_range(row.starts_on, row.ends_on, now.language)
    return {"row": row, "id": text_id("plt", row.pk), "days": span, "decision": decision_names().get(row.decision, ""),
            "is_over": row.ends_on < now.today}  # fmt: skip
