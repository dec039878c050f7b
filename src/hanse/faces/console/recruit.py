"""Recruit: who would like to join, and the decision: take in, ask for more, decline with a reason."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import href, id_or_404
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.recruiting.actions import ask_applicant, decline_application
from hanse.growth.recruiting.approval import approve_application
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.risks import clear_risk, risks_of
from hanse.growth.recruiting.rules import OPEN
from hanse.growth.recruiting.types import Risk
from hanse.growth.recruiting.words import risk_words
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

_STATES = ("waiting", "asked", "approved", "declined", "unconfirmed")
_FIRST = ("sent_at", "id")


@console_page()
@needs_program
def recruit(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the applications of one state, those that wait longest first."""
    state = UrlState(request.GET)
    chosen = state.choice("state", _STATES, "waiting")
    rows = Application.objects.filter(program=program, status=chosen).select_related("partner", "form", "program")
    table = Table(state, rows, _columns(), "sent" if chosen == "waiting" else "-sent", page_size=25)
    if wants_csv(request):
        return export("applications", table)
    waiting = (
        table.total if chosen == "waiting" else Application.objects.filter(program=program, status="waiting").count()
    )
    context = {
        "table": table, "state": chosen, "waiting": waiting, "may_act": may(request),
        "rows": _rows(program, table.page_rows),
        "states": [(key, name, state.link(state=key), key == chosen) for key, name in _state_names().items()],
        "tiers": tiers_of(program.id), "join_href": href("public:join", program.slug) or f"/join/{program.slug}",
        "pipeline_href": request.path,
    }  # fmt: skip
    return recruit_page(request, program, "console/recruit.html", "applications", context)


def _rows(program: Program, rows: list[Application]) -> list[tuple[Application, str, list[tuple[Risk, str]]]]:
    """Return applications with their ids and, as long as they can be decided, with their risks in words."""
    undecided = [row for row in rows if row.status in OPEN]
    found = risks_of(program, undecided)
    return [(row, text_id("app", row.id), [(risk, risk_words(risk)) for risk in found.get(row.pk, [])]) for row in rows]


Decide = Callable[[HttpRequest, Application], bool]


def _decision(decide: Decide) -> Callable[..., HttpResponseBase]:
    """Make a POST view of a decision: find the application, decide, go back to the list."""

    @console_page()
    @require_POST
    @writes
    @needs_program
    def view(request: HttpRequest, program: Program, application_id: str) -> HttpResponse:
        row = get_object_or_404(Application, id=id_or_404("app", application_id), program=program)
        decide(request, row)
        return HttpResponseRedirect(reverse("console:recruit"))

    return view


@_decision
def approve(request: HttpRequest, row: Application) -> bool:
    """Take the applicant in; a mail lets them into the portal."""
    tier = next((one for one in tiers_of(row.program_id) if one.key == request.POST.get("tier")), None)
    return attempt_or_warn(
        request,
        lambda: approve_application(row, tier=tier, now=clock.now(), by=actor(request)),
        _("%(name)s is a partner now; the welcome is on its way") % {"name": row.name},
    )


@_decision
def decline(request: HttpRequest, row: Application) -> bool:
    """Say no, with a reason they read."""
    reason = request.POST.get("reason", "")
    return attempt_or_warn(
        request,
        lambda: decline_application(row, reason=reason, now=clock.now(), by=actor(request)),
        _("%(name)s was declined, with your reason") % {"name": row.name},
    )


@_decision
def ask(request: HttpRequest, row: Application) -> bool:
    """Ask for more before deciding."""
    question = request.POST.get("question", "")
    return attempt_or_warn(
        request,
        lambda: ask_applicant(row, question=question, now=clock.now(), by=actor(request)),
        _("%(name)s was asked") % {"name": row.name},
    )


@_decision
def clear(request: HttpRequest, row: Application) -> bool:
    """Note that a risk was looked at."""
    key, note = str(request.POST.get("risk", "")), str(request.POST.get("note", ""))
    return attempt_or_warn(
        request, lambda: clear_risk(row, key, note=note, now=clock.now(), by=actor(request)), _("Noted as harmless")
    )


def _columns() -> list[Column[Application]]:
    return [
        Column("name", _("Name"), ("name",), lambda row: row.name),
        Column("company", _("Company"), (), lambda row: row.company),
        Column("email", _("E-mail"), (), lambda row: row.email),
        Column("channels", _("Channels"), (), lambda row: ", ".join(row.channels)),
        Column("country", _("Country"), (), lambda row: row.country),
        Column("sent", _("Sent"), _FIRST, lambda row: row.sent_at.isoformat()),
        Column("status", _("Status"), (), lambda row: row.status),
        Column(
            "answers", _("Answers"), (), lambda row: "; ".join(f"{a['question']}: {a['answer']}" for a in row.answers)
        ),
    ]


def _state_names() -> dict[str, str]:
    return {
        "waiting": _("Waiting"),
        "asked": _("Asked"),
        "approved": _("Approved"),
        "declined": _("Declined"),
        "unconfirmed": _("Not confirmed"),
    }
