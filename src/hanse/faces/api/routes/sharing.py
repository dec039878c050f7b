"""Customers who share: what they are offered, and links and codes for them, one call after an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.growth.sharing.actions import MOST_AT_ONCE, bring_customers, offer_sharing
from hanse.growth.sharing.addresses import signed_address
from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.queries import brought_by, sharing_offer
from hanse.growth.sharing.types import Buyer, Wanted
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

router = Router(tags=["Customers who share"])
PaidIn = Literal["money", "credit", "product"]
Source = Literal["page", "order", "api", "csv"]


class SharingOfferOut(Output):
    """What customers are offered for telling friends."""

    program: str
    is_open: bool
    headline: str
    friend_gets: str
    paid_in: PaidIn
    product: str
    product_worth: int
    currency: str
    orders_each: int
    tier: str | None
    code_prefix: str


class SharingOfferIn(Input):
    """What customers are to be offered. `tier` is a key; its terms say what they earn."""

    program: Text | None = None
    is_open: bool
    headline: Annotated[Text, Field(max_length=160)] = ""
    friend_gets: Annotated[Text, Field(max_length=160)] = ""
    paid_in: PaidIn = "money"
    product: Annotated[Text, Field(max_length=120)] = ""
    product_worth: Annotated[int, Field(ge=0, le=10**12)] = 0
    orders_each: Annotated[int, Field(ge=1, le=1000)] = 1
    tier: Annotated[Text, Field(max_length=40)] = ""
    code_prefix: Annotated[Text, Field(max_length=20)] = ""


class BuyerIn(Input):
    """A customer: the address, what they are called, your own id of them."""

    email: Annotated[Text, Field(max_length=254)]
    name: Annotated[Text, Field(max_length=200)] = ""
    customer: Annotated[Text, Field(max_length=200)] = ""
    language: Annotated[Text, Field(max_length=10)] = ""


class BuyersIn(Input):
    """Customers who get a link and a code. Without `mailed` they hear of it from you."""

    program: Text | None = None
    customers: Annotated[list[BuyerIn], Field(min_length=1, max_length=MOST_AT_ONCE)]
    mailed: bool = True


class SharingOut(Output):
    """What a customer has to share; `address` is where they take it up in one click and see the terms."""

    partner: str
    email: str
    link: str
    code: str
    is_new: bool
    address: str


class SharingsOut(Output):
    """Each customer in the order given, and how many are new."""

    new: int
    known: int
    data: list[SharingOut]


class SharingCustomerOut(Output):
    """A customer who shares, with what their friends bought: orders that were not given back whole, and what is owed
    on them."""

    partner: str
    enrolment: str
    customer: str
    source: Source
    code: str
    orders: int
    owed: int
    currency: str
    joined_at: Instant


class SharingCustomerPage(Page):
    """A page of customers who share."""

    data: list[SharingCustomerOut]


def offer_out(row: SharingOffer) -> SharingOfferOut:
    """Show what customers are offered."""
    return SharingOfferOut(
        program=text_id("prg", row.program_id), is_open=row.is_open, headline=row.headline,
        friend_gets=row.friend_gets, paid_in=cast(PaidIn, row.paid_in), product=row.product,
        product_worth=row.product_worth_minor,
        currency=row.program.currency, orders_each=row.orders_each, tier=row.tier.key if row.tier else None,
        code_prefix=row.code_prefix,
    )  # fmt: skip


@router.get("/sharing", auth=READ, response=SharingOfferOut)
def get_sharing_offer(request: HttpRequest, program: str = "") -> SharingOfferOut:
    """Show what customers are offered; 404 where nothing was said yet."""
    return offer_out(_offer(own_program(asker(request), program or None)))


@router.put("/sharing", auth=WRITE, response=SharingOfferOut)
def put_sharing_offer(request: HttpRequest, body: SharingOfferIn) -> SharingOfferOut:
    """Say what customers are offered, and open or close it. Those who joined keep what they have."""
    program = own_program(asker(request), body.program)
    wanted = Wanted(
        body.is_open, body.headline, body.friend_gets, body.paid_in, body.product, body.product_worth, body.orders_each,
        body.tier, body.code_prefix,
    )  # fmt: skip
    offer_sharing(program, wanted, now=clock.now(), by=actor(request))
    return offer_out(_offer(program))


@router.get("/sharing/customers", auth=READ, response=SharingCustomerPage)
def list_sharing_customers(
    request: HttpRequest, program: str = "", customer: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> SharingCustomerPage:
    """List customers who share, the latest first; `customer` is your own id of one."""
    key = asker(request)
    rows = narrow(key, reach(key, SharingCustomer), {"program_id": (Program, program)})
    rows = rows.select_related("enrolment", "coupon", "program")
    rows = rows.filter(customer=customer.replace("\0", "")) if customer else rows
    page, following = take_page(rows, cursor, limit)
    brought = brought_by([row.enrolment_id for row in page])
    return SharingCustomerPage(data=[_customer_out(row, brought) for row in page], next_cursor=following)


@router.post("/sharing/customers", auth=WRITE, response=SharingsOut)
def post_sharing_customers(request: HttpRequest, body: BuyersIn) -> SharingsOut:
    """Give customers a link and a code, without applying. All or none; those who have them get the same again."""
    offer = _offer(own_program(asker(request), body.program))
    buyers, now = [Buyer(one.email, one.name, one.customer, one.language) for one in body.customers], clock.now()
    done = bring_customers(
        offer, buyers, source="api", is_mailed=body.mailed, pointer="/customers", now=now, by=actor(request)
    )
    data = [
        SharingOut(
            partner=one.partner_id, email=one.email, link=one.link, code=one.code, is_new=one.is_new,
            address=signed_address(offer, Buyer(one.email, buyer.name.strip(), buyer.customer.strip()), now),
        )
        for buyer, one in zip(buyers, done.all, strict=True)
    ]  # fmt: skip
    return SharingsOut(new=done.new, known=done.known, data=data)


def _offer(program: Program) -> SharingOffer:
    offer = sharing_offer(program.pk)
    if offer is None:
        raise NotFound("sharing")
    return offer


def _customer_out(row: SharingCustomer, brought: Mapping[UUID, tuple[int, int]]) -> SharingCustomerOut:
    orders, owed = brought.get(row.enrolment_id, (0, 0))
    return SharingCustomerOut(
        partner=text_id("prt", row.enrolment.partner_id), enrolment=text_id("enr", row.enrolment_id),
        customer=row.customer, source=cast(Source, row.source), code=row.coupon.code if row.coupon else "",
        orders=orders, owed=owed, currency=row.program.currency, joined_at=row.joined_at,
    )  # fmt: skip
