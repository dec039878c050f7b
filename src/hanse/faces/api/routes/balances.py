"""Balances: what each enrolment has in its pots."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import narrow, reach
from hanse.faces.api.values import Output, Page, SignedMinor
from hanse.kernel.ids import text_id
from hanse.money.ledger.queries import balances
from hanse.money.ledger.types import Balances
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Balances"])


class BalanceOut(Output):
    """An enrolment's pots: sums of ledger entries. `payable` may be below zero and carries forward."""

    enrolment: str
    program: str
    partner: str
    held: SignedMinor
    payable: SignedMinor
    advance: SignedMinor
    in_transit: SignedMinor
    paid: SignedMinor
    currency: str


class BalancePage(Page):
    """A page of balances."""

    data: list[BalanceOut]


@router.get("/balances", auth=READ, response=BalancePage)
def list_balances(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> BalancePage:
    """List what each enrolment has held, payable, in transit and paid, the newest enrolment first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "pk": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Enrolment).select_related("program"), filters)
    page, following = take_page(rows, cursor, limit)
    found = balances([row.pk for row in page])
    data = [_balance(row, found.get(row.pk)) for row in page]
    return BalancePage(data=data, next_cursor=following)


def _balance(row: Enrolment, pots: Balances | None) -> BalanceOut:
    names = ("held_minor", "payable_minor", "advance_minor", "in_transit_minor", "paid_minor")
    amounts = {name.removesuffix("_minor"): getattr(pots, name) if pots else 0 for name in names}
    return BalanceOut(
        enrolment=text_id("enr", row.pk), program=text_id("prg", row.program_id),
        partner=text_id("prt", row.partner_id), currency=pots.currency if pots else row.program.currency, **amounts,
    )  # fmt: skip
