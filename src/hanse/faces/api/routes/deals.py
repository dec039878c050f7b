"""Deals: customers whom partners register before they buy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.routes.channel import colleague
from hanse.faces.api.routes.days import Day, day_of
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.deals import actions
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import orders_by_deal, with_states
from hanse.traffic.deals.routing import assign_deal as give_deal

router = Router(tags=["Deals"])
State = Literal["open", "approved", "won", "declined", "expired"]


class DealOut(Output):
    """A deal. `state` is won once an order was credited through it; `clash`: another partner registered that customer,
    too. The address is not shown: only its hash is kept."""

    id: str
    program: str
    enrolment: str
    state: State
    customer_label: str
    customer_external_id: str
    company_domain: str
    country: str
    expected_on: date | None
    owner: str | None
    amount: int | None
    currency: str
    note: str
    clash: bool
    registered_at: Instant
    protected_until: Instant | None
    decided_at: Instant | None
    reason: str
    orders: list[str]


class DealPage(Page):
    """A page of deals."""

    data: list[DealOut]


class DealIn(Input):
    """A deal to register: one of e-mail address, customer id and company domain is needed."""

    enrolment: Text
    customer_email: Annotated[Text, Field(max_length=254)] = ""
    customer_external_id: Annotated[Text, Field(max_length=200)] = ""
    company_domain: Annotated[Text, Field(max_length=200, description="Orders name it as metadata.company_domain.")] = (
        ""
    )
    country: Annotated[Text, Field(max_length=2)] = ""
    expected_on: Day | None = None
    amount: Minor | None = None
    note: Annotated[Text, Field(max_length=2000)] = ""


class DealApproval(Input):
    """How long to protect; by default as long as the policy says."""

    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    reason: Annotated[Text, Field(max_length=2000)] = ""


class DealRefusal(Input):
    """Why not, for the partner to read."""

    reason: Annotated[Text, Field(max_length=2000)]


class DealSettlement(Input):
    """Why this partner, for all of them to read, and for how long it is protected."""

    reason: Annotated[Text, Field(max_length=2000)]
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class DealCare(Input):
    """A colleague's address; null: nobody."""

    owner: Annotated[Text, Field(max_length=254)] | None


def deal_out(deal: Deal) -> DealOut:
    """Show a deal."""
    (shown,) = _deals_out([deal])
    return shown


def _deals_out(deals: Sequence[Deal]) -> list[DealOut]:
    """Show deals in their order. Three queries, however many there are."""
    ids = [deal.pk for deal in deals]
    rows = with_states(Deal.objects.filter(pk__in=ids).select_related("owner"), clock.now()).in_bulk()
    orders = orders_by_deal(ids)
    return [_deal(rows[id], orders.get(id, [])) for id in ids]


def _deal(row: Any, orders: list[str]) -> DealOut:
    return DealOut(
        id=text_id("dea", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        state=row.state, customer_label=row.customer_label, customer_external_id=row.customer_external_id,
        company_domain=row.company_domain, country=row.country, expected_on=row.expected_on,
        owner=row.owner.email if row.owner else None, amount=row.amount_minor, currency=row.currency, note=row.note,
        clash=row.is_clash, registered_at=row.registered_at, protected_until=row.protected_until,
        decided_at=row.decided_at, reason=row.decision_reason, orders=orders if row.state == "won" else [],
    )  # fmt: skip


@router.get("/deals", auth=READ, response=DealPage)
def list_deals(
    request: HttpRequest, program: str = "", enrolment: str = "", state: State | None = None, cursor: Cursor = "",
    limit: Limit = PAGE,
) -> DealPage:  # fmt: skip
    """List deals, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Deal), {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)})
    rows = rows.filter(pk__in=with_states(rows, clock.now()).filter(state=state).values("pk")) if state else rows
    page, following = take_page(rows, cursor, limit)
    return DealPage(data=_deals_out(page), next_cursor=following)


@router.post("/deals", auth=WRITE, response={201: DealOut})
def create_deal(request: HttpRequest, body: DealIn) -> DealOut:
    """Register a deal for a partner. The same customer again is the same deal."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program", "partner__owner", "tier")
    deal = actions.register_deal(
        enrolment, customer_email=body.customer_email, customer_external_id=body.customer_external_id,
        company_domain=body.company_domain, amount_minor=body.amount, country=body.country,
        expected_on=day_of(body.expected_on, "/expected_on") if body.expected_on else None, note=body.note,
        now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return deal_out(deal)


@router.get("/deals/{deal_id}", auth=READ, response=DealOut)
def read_deal(request: HttpRequest, deal_id: str) -> DealOut:
    """Read one deal."""
    return deal_out(find(asker(request), Deal, deal_id))


@router.post("/deals/{deal_id}/approve", auth=WRITE, response=DealOut)
def approve_deal(request: HttpRequest, deal_id: str, body: DealApproval | None = None) -> DealOut:
    """Protect a deal. Refused while another partner's protection of that customer is in force."""
    deal, said = find(asker(request), Deal, deal_id), body or DealApproval()
    return deal_out(actions.approve_deal(deal, days=said.days, reason=said.reason, now=clock.now(), by=actor(request)))


@router.post("/deals/{deal_id}/decline", auth=WRITE, response=DealOut)
def decline_deal(request: HttpRequest, deal_id: str, body: DealRefusal) -> DealOut:
    """Say no to a deal, or take its protection back. The partner reads the reason."""
    deal = find(asker(request), Deal, deal_id)
    return deal_out(actions.decline_deal(deal, reason=body.reason, now=clock.now(), by=actor(request)))


@router.post("/deals/{deal_id}/settle", auth=WRITE, response=DealOut)
def settle_deal(request: HttpRequest, deal_id: str, body: DealSettlement) -> DealOut:
    """Decide a clash for this deal: it is protected, other partners' deals with that customer are declined."""
    deal = find(asker(request), Deal, deal_id)
    settled = actions.settle_clash(deal, days=body.days, reason=body.reason, now=clock.now(), by=actor(request))
    return deal_out(settled)


@router.put("/deals/{deal_id}/owner", auth=WRITE, response=DealOut)
def assign_deal(request: HttpRequest, deal_id: str, body: DealCare) -> DealOut:
    """Give a deal into a colleague's care."""
    deal = find(asker(request), Deal, deal_id)
    owner = colleague(body.owner, "/owner") if body.owner else None
    return deal_out(give_deal(deal, owner, now=clock.now(), by=actor(request)))
