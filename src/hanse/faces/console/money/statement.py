"""A partner's statement: everything booked in a month, from the opening balance to the closing one."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import UrlState, wants_csv
from hanse.faces.console.money.frame import money_page
from hanse.kernel import clock
from hanse.kernel.clock import add_months, day_starts_at, first_day_of, local_day
from hanse.kernel.ids import text_id
from hanse.money.payouts.queries import statement
from hanse.money.payouts.statements import statement_csv
from hanse.money.payouts.words import cause_words
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

MONTHS_SHOWN = 24


@console_page()
@needs_program
def page(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Show one month (or `?month=all` everything) of an enrolment, or answer with its CSV."""
    rows = Enrolment.objects.select_related("partner", "program")
    enrolment = get_object_or_404(rows, pk=id_or_404("enr", enrolment_id), program=program)
    today = local_day(clock.now(), program.time_zone)
    choices = _months(enrolment, program, today)
    month = UrlState(request.GET).choice("month", [key for key, _name in choices], choices[0][0])
    first, after = _span(month, enrolment, program, today)
    found = statement(enrolment, day_starts_at(first, program.time_zone), day_starts_at(after, program.time_zone))
    if wants_csv(request):
        response = HttpResponse("\ufeff" + statement_csv(found), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="statement-{enrolment_id}-{month}.csv"'
        return response
    context = {
        "enrolment": enrolment, "id": enrolment_id, "partner_href": partner_href(enrolment.partner_id), "found": found,
        "months": choices, "month": month, "month_name": dict(choices)[month],
        "rows": [
            (row, cause_words(row.cause), text_id("com", row.commission_id) if row.commission_id else "")
            for row in found.rows
        ],
    }  # fmt: skip
    return money_page(request, program, "console/money/statement.html", "balances", context)


def _months(enrolment: Enrolment, program: Program, today: date) -> list[tuple[str, str]]:
    """Return the months that a statement can be had of, this one first, then everything."""
    first = first_day_of(local_day(enrolment.enrolled_at, program.time_zone), "month")
    this = first_day_of(today, "month")
    found: list[tuple[str, str]] = []
    while this >= first and len(found) < MONTHS_SHOWN:
        found.append((f"{this:%Y-%m}", fmt.month(this, reader().language, year=True)))
        this = add_months(this, -1)
    words = fmt.day_range(first, today, reader().language)
    return [*(found or [(f"{today:%Y-%m}", fmt.month(today, reader().language, year=True))]), ("all", words)]


def _span(month: str, enrolment: Enrolment, program: Program, today: date) -> tuple[date, date]:
    if month == "all":
        return first_day_of(local_day(enrolment.enrolled_at, program.time_zone), "month"), add_months(
            first_day_of(today, "month"), 1
        )
    first = date.fromisoformat(f"{month}-01")
    return first, add_months(first, 1)
