"""Acts of Budget: plan, take a plan back, the rule for offers beyond it, decisions, and the month-end file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.console.acts import APPROVE
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.growth.budgets.actions import decide_overrun, drop_budget, keep_budget, look_at_budgets, set_when_over
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.budgets.rules import quarter_text
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import parse_amount_minor
from hanse.money.accruals.queries import accruals_of
from hanse.money.accruals.rules import month_of
from hanse.money.accruals.sheets import accruals_csv, file_name
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def plan(request: HttpRequest, program: Program) -> HttpResponse:
    """Plan an amount for a quarter, of the whole program or a part of it."""
    quarter, key = request.POST.get("quarter", ""), request.POST.get("tier", "")

    def keep() -> None:
        tier = Tier.objects.filter(program=program, key=key).first() if key else None
        if key and tier is None:
            raise Invalid([Problem("/tier", _("There is no such tier."), "not_found")])
        keep_budget(
            program, quarter, parse_amount_minor(request.POST.get("amount", ""), program.currency),
            partner_type=request.POST.get("type", ""), tier=tier, note=request.POST.get("note", ""), now=clock.now(),
            by=actor(request),
        )  # fmt: skip
        look_at_budgets(program, clock.now())

    attempt_or_warn(request, keep, _("Planned."))
    return _back(quarter)


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def drop(request: HttpRequest, program: Program, budget_id: str) -> HttpResponse:
    """Take a plan back."""
    row = get_object_or_404(Budget, pk=id_or_404("bud", budget_id), program=program)
    quarter = quarter_text(row.starts_on)
    attempt_or_warn(
        request, lambda: drop_budget(row, now=clock.now(), by=actor(request)), _("Nothing is planned there any more.")
    )
    return _back(quarter)


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def rule(request: HttpRequest, program: Program) -> HttpResponse:
    """Say what happens to offers beyond a budget."""
    when = request.POST.get("when_over", "")
    attempt_or_warn(
        request, lambda: set_when_over(program, when, now=clock.now(), by=actor(request)), _("This is the rule now.")
    )
    return _back(request.POST.get("quarter", ""))


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def decide(request: HttpRequest, program: Program, overrun_id: str) -> HttpResponse:
    """Approve of an offer beyond a budget, or decline it."""
    row = get_object_or_404(Overrun, pk=id_or_404("ovr", overrun_id), program=program)
    approve = request.POST.get("verdict") == "approve"
    done = _("Approved. It can be made now, within thirty days.") if approve else _("Declined.")
    attempt_or_warn(
        request,
        lambda: decide_overrun(
            row, approve=approve, reason=request.POST.get("reason", ""), now=clock.now(), by=actor(request)
        ),
        done,
    )
    return _back("")


@console_page()
@needs_program
def accruals(request: HttpRequest, program: Program, month: str) -> HttpResponseBase:
    """Download the month-end file."""
    try:
        found = accruals_of(program, month_of(month), clock.now())
    except Invalid as refused:
        warn(request, said(refused))
        return _back("")
    response = HttpResponse(accruals_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}.csv"'
    return response


def _back(quarter: str) -> HttpResponse:
    path = reverse("console:budget")
    is_plain = len(quarter) == 7 and quarter.replace("-", "").isalnum() and quarter.isascii()
    return HttpResponseRedirect(f"{path}?quarter={quarter}" if is_plain else path, status=303)
