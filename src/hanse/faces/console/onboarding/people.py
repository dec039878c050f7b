"""Who is under way: each with the step that comes next and since when; and what our own people have to do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.colleagues import colleague_choices
from hanse.faces.console.forms import PlainForm, attempt_or_warn
from hanse.faces.console.onboarding.frame import onboarding_page
from hanse.growth.onboarding import actions
from hanse.growth.onboarding.models import OwnerTask
from hanse.growth.onboarding.queries import open_tasks, path_in, paths_in, under_way, version_in_force
from hanse.growth.onboarding.rules import DEFAULT
from hanse.growth.onboarding.words import step_title
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_TASKS = 50


class DueForm(PlainForm):
    """Who does a task, and until when."""

    owner = forms.ChoiceField(required=False)
    due_on = forms.DateField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", _("Nobody")), *colleague_choices()]  # type: ignore[attr-defined]


@console_page()
@needs_program
@require_GET
def people(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show who is under way, who waits longest first; or hand them out as CSV."""
    now, state = reader(), UrlState(request.GET)
    rows = under_way(program.pk)
    counted: dict[str, int] = {}
    for key in rows.order_by().values_list("next_step", flat=True):
        counted[key] = counted.get(key, 0) + 1
    titles = _titles(program)
    chosen = state.choice("step", counted)
    table = Table(
        state, rows.filter(next_step=chosen) if chosen else rows,
        [
            Column("name", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
            Column("path", _("Path"), ("path_key",), lambda row: path_in(row.version, row.path_key).name),
            Column("next", _("Next step"), ("next_step",), lambda row: titles.get(row.next_step, row.next_step)),
            Column("since", _("Since"), ("next_since",), lambda row: row.next_since.isoformat()),
            Column("joined", _("Joined"), ("joined_on",), lambda row: row.joined_on.isoformat()),
            Column("owner", _("Owner"), ("enrolment__partner__owner__name",),
                   lambda row: row.enrolment.partner.owner.name if row.enrolment.partner.owner else ""),
        ], "since",
    )  # fmt: skip
    if wants_csv(request):
        return export("onboarding", table)
    today = local_day(now.now, program.time_zone)
    shown = [
        {
            "row": row, "href": partner_href(row.enrolment.partner_id), "path": path_in(row.version, row.path_key).name,
            "next": titles.get(row.next_step, row.next_step), "days": (today - row.next_since).days,
            "id": text_id("enr", row.pk),
        }
        for row in table.page_rows
    ]  # fmt: skip
    steps = [("", _("All"), sum(counted.values()), state.link(step=""), not chosen)] + [
        (key, titles.get(key, key), count, state.link(step=key), key == chosen) for key, count in
        sorted(counted.items(), key=lambda pair: -pair[1])
    ]  # fmt: skip
    context = {"table": table, "rows": shown, "steps": steps, "total": sum(counted.values()), "may_act": may(request)}
    return onboarding_page(request, program, "people", "people", context)


def _titles(program: Program) -> dict[str, str]:
    """Return the steps' titles by key, over every path that is in use and the version in force."""
    paths = [*DEFAULT, *paths_in(version_in_force(program.pk))]
    return {step.key: step_title(step) for path in paths for step in path.steps}


@console_page()
@needs_program
@require_GET
def tasks(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show what our people have to do for new partners."""
    now = reader()
    today = local_day(now.now, program.time_zone)
    rows = [_task_row(task, now) for task in open_tasks(program.pk)[:_TASKS]]
    context = {
        "rows": rows, "late": sum(task["task"].due_on < today for task in rows), "may_act": may(request),
        "team": colleague_choices(), "today": today,
    }  # fmt: skip
    return onboarding_page(request, program, "tasks", "tasks", context)


def _task_row(task: OwnerTask, now: Reader) -> dict[str, Any]:
    partner = task.onboarding.enrolment.partner
    owner = task.owner
    return {
        "task": task, "id": text_id("tsk", task.pk), "name": partner.name, "href": partner_href(partner.pk),
        "email": partner.email, "phone": partner.phone, "is_late": task.due_on < now.today,
        "due": fmt.day(task.due_on, now.today, now.language), "owner": (owner.name or owner.email) if owner else "",
        "owner_id": str(task.owner_id or ""),
    }  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def task_done(request: HttpRequest, program: Program, task_id: str) -> HttpResponse:
    """Say that a task is done, and what came of it."""
    task, note = _task(program, task_id), request.POST.get("note", "")
    attempt_or_warn(
        request, lambda: actions.finish_task(task, note=note, now=clock.now(), by=actor(request)),
        _("Done; it stands on the partner’s timeline"),
    )  # fmt: skip
    return _back(request)


@console_page()
@require_POST
@writes
@needs_program
def task_give(request: HttpRequest, program: Program, task_id: str) -> HttpResponse:
    """Give a task to a colleague, or another day."""
    task, form = _task(program, task_id), DueForm(request.POST)
    if form.is_valid():
        chosen, day = form.cleaned_data["owner"], form.cleaned_data["due_on"]
        owner = TeamUser.objects.filter(pk=chosen, partner=None).first() if chosen else None
        attempt_or_warn(
            request, lambda: actions.hand_over(task, owner=owner, due_on=day, now=clock.now(), by=actor(request)),
            _("Handed over"),
        )  # fmt: skip
    else:
        warn(request, _("Choose a colleague and a day."))
    return _back(request)


@console_page()
@require_POST
@writes
@needs_program
def task_drop(request: HttpRequest, program: Program, task_id: str) -> HttpResponse:
    """Say that a task is not needed."""
    task, reason = _task(program, task_id), request.POST.get("reason", "")
    attempt_or_warn(
        request, lambda: actions.drop_task(task, reason=reason, now=clock.now(), by=actor(request)),
        _("Taken off the list"),
    )  # fmt: skip
    return _back(request)


@console_page()
@require_POST
@writes
@needs_program
def step_done(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Mark a step of a partner as done by hand, or take that back."""
    row = _enrolment(program, enrolment_id)
    key, now, by = request.POST.get("step", "")[:40], clock.now(), actor(request)
    if request.POST.get("act") == "undo":
        attempt_or_warn(request, lambda: actions.unmark_step(row, key, now=now, by=by), _("The step is open again"))
    else:
        note, address = request.POST.get("note", ""), request.POST.get("address", "")
        attempt_or_warn(
            request, lambda: actions.mark_step(row, key, note=note, address=address, now=now, by=by), _("Step done")
        )
    return HttpResponseRedirect(partner_href(row.partner_id))


@console_page()
@require_POST
@writes
@needs_program
def change_path(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Put a partner on another path."""
    row, key = _enrolment(program, enrolment_id), request.POST.get("path", "")[:40]
    attempt_or_warn(
        request, lambda: actions.move_to_path(row, key, now=clock.now(), by=actor(request)), _("On another path now")
    )
    return HttpResponseRedirect(partner_href(row.partner_id))


def _enrolment(program: Program, enrolment_id: str) -> Enrolment:
    rows = Enrolment.objects.select_related("program", "partner", "tier")
    return get_object_or_404(rows, program=program, pk=id_or_404("enr", enrolment_id))


def _task(program: Program, task_id: str) -> OwnerTask:
    return get_object_or_404(OwnerTask, program=program, pk=id_or_404("tsk", task_id))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:onboarding_tasks"))
