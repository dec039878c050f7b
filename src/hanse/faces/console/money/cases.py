"""Holds & cases: what waits for a person, each with its reason and two answers."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import DECIDE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.money.frame import money_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.holds.actions import release_case
from hanse.money.holds.listing import cases_in
from hanse.money.holds.models import Case
from hanse.money.payouts.words import case_words
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def cases(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List open cases, or those that are decided."""
    state = UrlState(request.GET)
    is_open = state.choice("show", ("open", "decided"), "open") == "open"
    table = Table(state, cases_in(program.pk, is_open=is_open), _columns(), "-opened", page_size=25)
    if wants_csv(request):
        return export("cases", table)
    rows = [
        {
            "case": case, "id": text_id("cas", case.pk), "words": case_words(case.reason),
            "commission": case.commission,
            "commission_id": text_id("com", case.commission_id) if case.commission_id else "",
            "partner_href": partner_href(case.enrolment.partner_id), "partner": case.enrolment.partner,
            "text": str(case.detail.get("text", "")), "ceiling_minor": case.detail.get("ceiling_minor"),
        }
        for case in table.page_rows
    ]  # fmt: skip
    at_stake = sum(row.commission.owed_minor for row in table.page_rows if row.commission) if is_open else 0
    context = {
        "table": table, "rows": rows, "is_open": is_open, "may_decide": may(request, DECIDE),
        "at_stake_minor": at_stake,
        "back": {"back": "cases"}, "open_link": state.link(show=""), "decided_link": state.link(show="decided"),
    }  # fmt: skip
    return money_page(request, program, "console/money/cases.html", "cases", context)


@console_page(write_roles=DECIDE)
@require_POST
@writes
@needs_program
def release(request: HttpRequest, program: Program, case_id: str) -> HttpResponse:
    """Decide a case for the partner: what it kept goes on."""
    case = get_object_or_404(Case, pk=id_or_404("cas", case_id), program=program)
    reason = request.POST.get("reason", "").strip()[:500]
    attempt_or_warn(
        request,
        lambda: release_case(case, reason=reason, now=clock.now(), by=actor(request)),
        _("Decided. What the case kept goes on."),
    )
    return HttpResponseRedirect(reverse("console:cases"), status=303)


def _columns() -> Sequence[Column[Case]]:
    return [
        Column(
            "opened", _("Opened"), order=("opened_at",), cell=lambda case: case.opened_at.isoformat(), is_number=True
        ),
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda case: case.enrolment.partner.name),
        Column("reason", _("Why"), order=("reason",), cell=lambda case: case.reason),
        Column(
            "order", _("Order"), cell=lambda case: case.commission.conversion.external_id if case.commission else ""
        ),
        Column("decision", _("Decision"), order=("decision",), cell=lambda case: case.decision),
        Column("by", _("Decided by"), cell=lambda case: case.decided_by),
        Column("because", _("Because"), cell=lambda case: case.decision_reason),
    ]
