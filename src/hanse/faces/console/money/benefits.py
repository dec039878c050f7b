"""Benefits: what we owe partners in kind, what is late, and noting a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import MANAGE, actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.money.frame import money_page
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.money.benefits.actions import deliver_benefit, take_delivery_back
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.queries import benefit_sums, benefits_in
from hanse.money.benefits.rules import state_of
from hanse.programs.programs.models import Program

SHOWN = ("open", "late", "delivered", "all")


@console_page()
@needs_program
def benefits(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List benefits, the most overdue first."""
    now, state = clock.now(), UrlState(request.GET)
    show = state.choice("show", SHOWN, "open")
    rows = benefits_in(program.pk)
    if show in ("open", "late"):
        rows = rows.filter(delivered_on=None)
    if show == "late":
        rows = rows.filter(ends_at__lte=now)
    if show == "delivered":
        rows = rows.exclude(delivered_on=None)
    table = Table(state, rows, _columns(), "until")
    if wants_csv(request):
        return export("benefits", table)
    context = {
        "table": table, "show": show, "sums": benefit_sums(program.pk, now), "may_note": may(request, MANAGE),
        "today": local_day(now, program.time_zone).isoformat(),
        "rows": [
            (
                row, text_id("bnf", row.pk), partner_href(row.enrolment.partner_id),
                state_of(row.delivered_on is not None, row.ends_at, now), row.ends_at.year < 9000,
            )
            for row in table.page_rows
        ],
    }  # fmt: skip
    return money_page(request, program, "console/money/benefits.html", "benefits", context)


@console_page()
@require_POST
@writes
@needs_program
def deliver(request: HttpRequest, program: Program, benefit_id: str) -> HttpResponse:
    """Note that a benefit was delivered."""
    row = get_object_or_404(Benefit, pk=id_or_404("bnf", benefit_id), program=program)

    def note() -> None:
        worth = request.POST.get("worth", "").strip()
        deliver_benefit(
            row, on=_day(request.POST.get("on", "")),
            worth_minor=parse_amount_minor(worth, row.currency) if worth else None,
            note=request.POST.get("note", ""), now=clock.now(), by=actor(request),
        )  # fmt: skip

    attempt_or_warn(request, note, _("Noted. The partner sees it too."))
    return HttpResponseRedirect(reverse("console:benefits"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def undo(request: HttpRequest, program: Program, benefit_id: str) -> HttpResponse:
    """Take a note of delivery back."""
    row = get_object_or_404(Benefit, pk=id_or_404("bnf", benefit_id), program=program)
    attempt_or_warn(
        request, lambda: take_delivery_back(row, now=clock.now(), by=actor(request)), _("It is owed again.")
    )
    return HttpResponseRedirect(reverse("console:benefits"), status=303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid([Problem("/on", _("A day is written like 2026-05-31."), "bad_date")]) from error


def _columns() -> Sequence[Column[Benefit]]:
    return [
        Column("name", _("Benefit"), order=("name",), cell=lambda row: row.name),
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("from", _("From"), ("starts_at",), lambda row: row.starts_at.isoformat(), True),
        Column("until", _("Until"), ("ends_at",), lambda row: row.ends_at.isoformat(), True),
        Column("worth", _("Worth"), ("worth_minor",), lambda row: decimal_text(row.worth_minor, row.currency), True),
        Column("delivered", _("Delivered"), ("delivered_on",), lambda row: str(row.delivered_on or "")),
        Column("note", _("Note"), cell=lambda row: row.note),
    ]
