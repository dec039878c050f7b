"""Commissions: every amount with its state, each one click from its explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.money.frame import money_page
from hanse.faces.console.money.words import commission_badge, commission_states
from hanse.faces.console.periods import chosen_days, period_choices, since
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.money.commissions.listing import ListState, commissions_in, list_state, totals_of
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def commissions(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List commissions by state, partner and time."""
    state, now = UrlState(request.GET), clock.now()
    days = chosen_days(state, "90")
    which = cast("ListState", state.choice("state", [key for key, _name in commission_states()], "all"))
    found = commissions_in(
        program.pk, state=which, enrolment_id=_enrolment(state.text("partner")), search=state.text("q"),
        since=since(days, program.time_zone, now),
    )  # fmt: skip
    table = Table(state, found, _columns(), "-at")
    if wants_csv(request):
        return export("commissions", table)
    rows = [(row, text_id("com", row.pk), commission_badge(list_state(row))) for row in table.page_rows]
    context = {
        "table": table, "rows": rows, "totals": totals_of(found), "q": state.text("q"), "days": days,
        "periods": period_choices(), "state": which, "states": commission_states(), "partner": state.text("partner"),
        "partners": [(text_id("enr", one.pk), one.partner.name) for one in enrolments_of_program(program.pk)],
    }  # fmt: skip
    return money_page(request, program, "console/money/commissions.html", "commissions", context)


def _enrolment(text: str) -> UUID | None:
    try:
        return parse_id("enr", text) if text else None
    except Invalid:
        return None


def _columns() -> Sequence[Column[Commission]]:
    return [
        Column("order", _("Order"), order=("conversion__external_id",), cell=lambda row: row.conversion.external_id),
        Column("id", _("Id"), cell=lambda row: text_id("com", row.pk)),
        Column(
            "at", _("Occurred"), order=("occurred_at",), cell=lambda row: row.occurred_at.isoformat(), is_number=True
        ),
        Column(
            "partner", _("Partner"), order=("enrolment__partner__name",), cell=lambda row: row.enrolment.partner.name
        ),
        Column("value", _("Value"), ("value_minor",), lambda row: decimal_text(row.value_minor, row.currency), True),
        Column(
            "earned", _("Earned"), ("earned_minor",), lambda row: decimal_text(row.earned_minor, row.currency), True
        ),
        Column("owed", _("Left"), ("owed_minor",), lambda row: decimal_text(row.owed_minor, row.currency), True),
        Column("currency", _("Currency"), cell=lambda row: row.currency),
        Column("state", _("State"), cell=list_state),
        Column("until", _("Hold until"), ("held_until",), lambda row: row.held_until.isoformat(), True),
    ]
