"""Conversions: every order and sign-up, whom it was credited to, what came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.periods import chosen_days, period_choices, since
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.traffic.conversions.listing import Credited, conversions_in, credits_with_partners, totals_of
from hanse.traffic.conversions.models import Conversion

_WHICH = ("all", "credited", "nobody", "refunded", "test")


@console_page()
@needs_program
def conversions(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List conversions of a period, by goal and by whether somebody was credited."""
    state, now = UrlState(request.GET), clock.now()
    days, goal = chosen_days(state), state.text("goal")
    which = cast("Credited", state.choice("which", _WHICH, "all"))
    found = conversions_in(
        program.pk, since=since(days, program.time_zone, now), goal=goal, search=state.text("q"), which=which
    )
    table = Table(state, found, _columns(), "-at")
    if wants_csv(request):
        return export("conversions", table)
    context = {
        "table": table, "rows": rows_of(table.page_rows), "totals": totals_of(found), "q": state.text("q"),
        "days": days, "periods": period_choices(), "which": which, "choices": which_choices(), "goal": goal,
        "goals": goals_of(program.pk),
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/conversions.html", "conversions", context)


def rows_of(found: Iterable[Conversion]) -> list[dict[str, object]]:
    """Return conversions with their ids and credited partners, as the table writes them. One query."""
    conversions = list(found)
    credited = credits_with_partners([conversion.pk for conversion in conversions])
    return [
        {"conversion": conversion, "id": text_id("cnv", conversion.pk), "credits": credited.get(conversion.pk, [])}
        for conversion in conversions
    ]


def which_choices() -> list[tuple[str, str]]:
    """Return what a list of conversions can be narrowed to."""
    return [
        ("all", _("All")),
        ("credited", _("Credited to a partner")),
        ("nobody", _("Credited to nobody")),
        ("refunded", _("With something taken back")),
        ("test", _("Tests")),
    ]


def _columns() -> Sequence[Column[Conversion]]:
    return [
        Column("order", _("Order"), order=("external_id",), cell=lambda row: row.external_id),
        Column("id", _("Id"), cell=lambda row: text_id("cnv", row.pk)),
        Column("at", _("When"), order=("occurred_at",), cell=lambda row: row.occurred_at.isoformat(), is_number=True),
        Column("goal", _("Goal"), order=("goal__name",), cell=lambda row: row.goal.key),
        Column("customer", _("Customer"), cell=lambda row: row.customer.external_id if row.customer else ""),
        Column("country", _("Country"), cell=lambda row: row.country),
        Column("code", _("Code"), order=("coupon_code",), cell=lambda row: row.coupon_code),
        Column("value", _("Value"), order=("amount_minor",), cell=_value, is_number=True),
        Column("back", _("Taken back"), order=("refunded_minor",), cell=_back, is_number=True),
        Column("currency", _("Currency"), cell=lambda row: row.currency),
        Column("source", _("Came by"), cell=lambda row: row.source),
    ]


def _value(row: Conversion) -> str:
    return decimal_text(row.amount_minor, row.currency)


def _back(row: Conversion) -> str:
    return decimal_text(row.refunded_minor, row.currency)
