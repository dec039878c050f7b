"""Balances: what each partner has on hold, payable, on its way and paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page, may
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import DRAFT
from hanse.faces.console.money.frame import money_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.money.ledger.queries import balances as pots_of
from hanse.money.ledger.types import Balances
from hanse.money.payouts.queries import ready_to_pay
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One partner's pots."""

    enrolment: Enrolment
    pots: Balances

    @property
    def name(self) -> str:
        """The partner's name."""
        return self.enrolment.partner.name

    @property
    def id(self) -> str:
        """The enrolment's id in addresses."""
        return text_id("enr", self.enrolment.pk)

    @property
    def partner_href(self) -> str:
        """The partner's page."""
        return partner_href(self.enrolment.partner_id)


@console_page()
@needs_program
def balances(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List what is owed to each partner, and what has been paid."""
    state = UrlState(request.GET)
    rows = _rows(program, state.text("q"), everybody=state.text("all") == "1")
    table = Table(state, rows, _columns(program.currency), "-payable")
    if wants_csv(request):
        return export("balances", table)
    ready = [one for one in ready_to_pay(program, clock.now()) if not one.reasons]
    context = {
        "table": table, "q": state.text("q"), "everybody": state.text("all") == "1",
        "sums": _sums(rows, program.currency),
        "ready": len(ready), "ready_minor": sum(one.amount_minor for one in ready),
        "below_zero": sum(row.pots.payable_minor < 0 for row in rows), "may_draft": may(request, DRAFT),
    }  # fmt: skip
    return money_page(request, program, "console/money/balances.html", "balances", context)


def _rows(program: Program, search: str, *, everybody: bool) -> list[BalanceRow]:
    enrolments = enrolments_of_program(program.pk)
    if search:
        enrolments = enrolments.filter(partner__name__icontains=search)
    found = list(enrolments)
    pots = pots_of([enrolment.pk for enrolment in found])
    nothing = Balances(program.currency)
    return [
        BalanceRow(enrolment, pots.get(enrolment.pk, nothing))
        for enrolment in found
        if everybody or search or pots.get(enrolment.pk, nothing) != nothing
    ]


def _sums(rows: Sequence[BalanceRow], currency: str) -> Balances:
    return Balances(
        currency, sum(row.pots.held_minor for row in rows), sum(row.pots.payable_minor for row in rows),
        sum(row.pots.advance_minor for row in rows), sum(row.pots.in_transit_minor for row in rows),
        sum(row.pots.paid_minor for row in rows),
    )  # fmt: skip


def _columns(currency: str) -> Sequence[Column[BalanceRow]]:
    return [
        Column("name", _("Partner"), order=lambda row: row.name.casefold(), cell=lambda row: row.name),
        Column(
            "held",
            _("On hold"),
            lambda row: row.pots.held_minor,
            lambda row: decimal_text(row.pots.held_minor, currency),
            True,
        ),
        Column(
            "payable",
            _("Payable"),
            lambda row: row.pots.payable_minor,
            lambda row: decimal_text(row.pots.payable_minor, currency),
            True,
        ),
        Column(
            "transit",
            _("On its way"),
            lambda row: row.pots.in_transit_minor,
            lambda row: decimal_text(row.pots.in_transit_minor, currency),
            True,
        ),
        Column(
            "paid",
            _("Paid"),
            lambda row: row.pots.paid_minor,
            lambda row: decimal_text(row.pots.paid_minor, currency),
            True,
        ),
        Column("currency", _("Currency"), cell=lambda _row: currency),
    ]
