"""Benefits: what is owed in kind, and noting that it was delivered."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.money.benefits.actions import deliver_benefit as note_delivery
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.rules import state_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Benefits"])


class BenefitOut(Output):
    """One thing owed for one period. Worths are estimates and stand in no ledger."""

    id: str
    program: str
    enrolment: str
    name: str
    state: str = Field(description="owed, overdue or delivered.")
    starts_at: Instant
    ends_at: Instant
    worth: int
    currency: str
    delivered_on: str | None
    delivered_worth: int | None
    note: str


class BenefitPage(Page):
    """A page of benefits."""

    data: list[BenefitOut]


class DeliveryIn(Input):
    """A delivery: the day, what it was worth as far as one can tell, a note that the partner reads."""

    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Like 2026-05-31; not in the future.")]
    worth: Minor | None = Field(None, description="In the minor unit; null: as the terms estimate.")
    note: Annotated[Text, Field(max_length=2000)] = ""


@router.get("/benefits", auth=READ, response=BenefitPage)
def list_benefits(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> BenefitPage:
    """List what is or was owed in kind, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Benefit), filters).filter(dropped_at=None)
    page, following = take_page(rows, cursor, limit)
    return BenefitPage(data=[_out(row) for row in page], next_cursor=following)


@router.post("/benefits/{benefit_id}/deliver", auth=WRITE, response=BenefitOut)
def deliver_benefit(request: HttpRequest, benefit_id: str, body: DeliveryIn) -> BenefitOut:
    """Note that a benefit was delivered. Noted again, the newer note holds."""
    row = find(asker(request), Benefit, benefit_id)
    try:
        on = date.fromisoformat(body.on)
    except ValueError as error:
        raise Invalid([Problem("/on", _("There is no such day."), "bad_date")]) from error
    note_delivery(row, on=on, worth_minor=body.worth, note=body.note, now=clock.now(), by=actor(request))
    return _out(row)


def _out(row: Benefit) -> BenefitOut:
    return BenefitOut(
        id=text_id("bnf", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        name=row.name, state=state_of(row.delivered_on is not None, row.ends_at, clock.now()), starts_at=row.starts_at,
        ends_at=row.ends_at, worth=row.worth_minor, currency=row.currency,
        delivered_on=row.delivered_on.isoformat() if row.delivered_on else None,
        delivered_worth=row.delivered_worth_minor, note=row.note,
    )  # fmt: skip
