"""Together: what is done jointly with partners, what it costs us and brought; and writing a proposal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.joint_forms import MOST_ROWS, ProposalForm
from hanse.faces.common.joint_words import PREFIX, Sheet, sheets_of
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt
from hanse.growth.comarketing.actions import ask_project, propose_again
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.queries import open_budget, program_total, projects_of, waits_for_us
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SHOWN = ("open", "done", "ended", "all")
_STATES = {"open": ("asked", "agreed"), "done": ("done",), "ended": ("declined", "cancelled")}
_MOST = 500


@console_page()
@needs_program
@require_GET
def together(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List joint projects, what waits for us first."""
    state = UrlState(request.GET)
    show = state.choice("show", SHOWN, "open")
    rows = projects_of(program.pk)
    if show in _STATES:
        rows = rows.filter(state__in=_STATES[show])
    sheets = sheets_of(list(rows[:_MOST]), clock.now())
    table = Table(state, sheets, _columns(), "day" if show == "open" else "-day")
    if wants_csv(request):
        return export("together", table)
    cost, leads = program_total(program)
    context = {
        "program": program, "table": table, "show": show, "may_act": may(request),
        "rows": [(sheet, partner_href(sheet.project.enrolment.partner_id)) for sheet in table.page_rows],
        "waiting": waits_for_us(program.pk), "promised_minor": open_budget(program.pk), "cost_minor": cost,
        "leads": leads, "is_new": not sheets and not JointProject.objects.filter(program=program).exists(),
    }  # fmt: skip
    return content_page(request, "console/content/together.html", "together", context)


@console_page()
@writes
@needs_program
def propose(request: HttpRequest, program: Program, project_id: str = "") -> HttpResponse:
    """Write a proposal: a new one, or another one in the place of the one on the table."""
    row = None
    if project_id:
        rows = JointProject.objects.select_related("enrolment__partner")
        row = get_object_or_404(rows, pk=id_or_404(PREFIX, project_id), program=program, state="asked")
    form = ProposalForm("us", program.currency, request.POST or None, before=row)
    named = str(request.POST.get("partner", "")).strip()[:200]
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, program, form, row, named)
        if kept is not None:
            tell(request, _("Sent. The partner reads it in the portal and by mail."))
            return HttpResponseRedirect(reverse("console:joint", args=[text_id(PREFIX, kept.pk)]), status=303)
    partners = _partners(program)
    asked_for = request.GET.get("partner", "")
    context = {
        "program": program, "form": form, "project": row, "project_id": project_id, "most_rows": MOST_ROWS,
        "named": named or _name_of(partners, asked_for),
        "partners": [] if row else partners.order_by("partner__name").values_list("partner__name", flat=True)[:500],
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return content_page(request, "console/content/together_edit.html", "together", context, status=status)


def _keep(
    request: HttpRequest, program: Program, form: ProposalForm, row: JointProject | None, named: str
) -> JointProject | None:
    now, by = clock.now(), actor(request)
    fields = {"costs": "", "our_cost": "cost_share", "our_leads": "leads_share"}
    if row is not None:
        return attempt(form, lambda: propose_again(row, side="us", now=now, by=by, **form.said()), fields)
    found = _partners(program).select_related("partner", "program")
    who = found.filter(partner__email__iexact=named).first() or found.filter(partner__name__iexact=named).first()
    if who is None:
        form.add_error(None, _("There is no partner with this name or address here."))
        return None
    return attempt(form, lambda: ask_project(who, side="us", now=now, by=by, **form.said()), fields)


def _partners(program: Program) -> Any:
    return Enrolment.objects.filter(program=program, status__in=("active", "paused"), is_test=False)


def _name_of(partners: Any, text: str) -> str:
    try:
        return partners.filter(partner_id=parse_id("prt", text)).values_list("partner__name", flat=True).first() or ""
    except Invalid:
        return ""


def _columns() -> list[Column[Sheet]]:
    return [
        Column("title", _("Project"), lambda one: one.project.title.lower(), lambda one: one.project.title),
        Column("partner", _("Partner"), lambda one: one.project.enrolment.partner.name.lower(),
               lambda one: one.project.enrolment.partner.name),
        Column("kind", _("What"), lambda one: one.kind, lambda one: one.kind),
        Column("state", _("State"), lambda one: one.word[0], lambda one: one.word[0]),
        Column("day", _("Day"), lambda one: one.project.happens_on, lambda one: one.project.happens_on.isoformat()),
        Column("ours", _("Our share"), _ours, lambda one: decimal_text(_ours(one), one.project.currency),
               is_number=True),
        Column("leads", _("Our leads"), lambda one: one.project.our_leads, lambda one: one.project.our_leads,
               is_number=True),
        Column("sales", _("Sales"), lambda one: one.outcome.sales, lambda one: one.outcome.sales, is_number=True),
        Column("value", _("Value"), lambda one: one.outcome.value_minor,
               lambda one: decimal_text(one.outcome.value_minor, one.project.currency), is_number=True),
    ]  # fmt: skip


def _ours(sheet: Sheet) -> int:
    return sheet.project.our_minor if sheet.stage == "done" else sheet.plan.ours_minor
