"""Shapes of channel and agency: price lists, resale orders, contacts, routes and clashes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text

ResaleStatus = Literal["reported", "confirmed", "declined", "cancelled"]
Long = Annotated[Text, Field(max_length=2000)]
Short = Annotated[Text, Field(max_length=200)]


class PriceLineIn(Input):
    """One product: its list price, and what the partner pays or the margin that stays with them."""

    sku: Short
    name: Annotated[Text, Field(max_length=300)] = ""
    list: Minor
    partner: Minor | None = None
    margin: Annotated[Text, Field(max_length=20, description="Like 30%, instead of the partner's price.")] | None = None


class PriceVersionIn(Input):
    """The next version: whole, in force from a day, perhaps until one (included)."""

    valid_from: Day
    valid_until: Day | None = None
    note: Annotated[Text, Field(max_length=500)] = ""
    lines: Annotated[list[PriceLineIn], Field(min_length=1, max_length=2000)]


class PriceLineOut(Output):
    """One product's prices for one unit."""

    sku: str
    name: str
    list: int
    partner: int


class PriceVersionOut(Output):
    """A version with its lines."""

    price_list: str
    number: int
    valid_from: date
    valid_until: date | None
    note: str
    currency: str
    lines: list[PriceLineOut]


class PriceListIn(Input):
    """A list for one partner, for a type, or (both left out) for everybody who resells."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=120)]
    enrolment: Text | None = None
    partner_type: Annotated[Text, Field(max_length=40)] = ""


class PriceListOut(Output):
    """A price list and the days of its versions."""

    id: str
    program: str
    name: str
    enrolment: str | None
    partner_type: str
    versions: list[int]


class PriceListsOut(Output):
    """A program's price lists."""

    data: list[PriceListOut]


class ResaleLineIn(Input):
    """A product of the partner's price list, and how many."""

    sku: Short
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class ResaleOrderIn(Input):
    """An order that a partner sold on. One of e-mail address, customer id and company domain is needed.

    Prices are those of the partner's list on that day. Confirmed, its number earns no commission.
    """

    enrolment: Text
    external_id: Short
    ordered_on: Day
    lines: Annotated[list[ResaleLineIn], Field(min_length=1, max_length=200)]
    customer_email: Annotated[Text, Field(max_length=254)] = ""
    customer_external_id: Short = ""
    company_domain: Short = ""
    note: Long = ""
    confirmed: bool = True


class ResaleLineOut(Output):
    """A line at its day's unit prices."""

    sku: str
    name: str
    quantity: int
    list: int
    partner: int


class ResaleOrderOut(Output):
    """A resale order: at list price, what the partner pays us, and the margin that stays with them."""

    id: str
    program: str
    enrolment: str
    external_id: str
    status: ResaleStatus
    ordered_on: date
    customer_label: str
    at_list_price: int
    at_partner_price: int
    margin: int
    currency: str
    deal: str | None
    note: str
    reason: str
    recorded_at: Instant
    lines: list[ResaleLineOut]


class ResaleOrderPage(Page):
    """A page of resale orders."""

    data: list[ResaleOrderOut]


class ResaleRefusal(Input):
    """Why, for the partner to read."""

    reason: Long


class CustomerContactIn(Input):
    """An agency that speaks for a customer from a day on. One of address, customer id and domain is needed."""

    enrolment: Text
    customer_label: Short = ""
    customer_email: Annotated[Text, Field(max_length=254)] = ""
    customer_external_id: Short = ""
    company_domain: Short = ""
    contact_name: Short = ""
    since_on: Day
    note: Long = ""


class CustomerContactOut(Output):
    """Which agency is a customer's contact, since when and until when."""

    id: str
    program: str
    enrolment: str
    customer_label: str
    customer_external_id: str
    company_domain: str
    contact_name: str
    since_on: date
    until_on: date | None
    note: str


class CustomerContactPage(Page):
    """A page of contacts."""

    data: list[CustomerContactOut]


class CustomerContactEnd(Input):
    """The last day; left out: today."""

    until_on: Day | None = None
    reason: Long = ""


class DealRouteIn(Input):
    """Who looks after deals that fit; condition null fits every deal. `owner` is a colleague's address."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=120)]
    condition: dict[str, Any] | None = None
    owner: Annotated[Text, Field(max_length=254)]


class DealRouteOut(Output):
    """A route; they are asked in this order."""

    id: str
    program: str
    name: str
    condition: dict[str, Any] | None
    owner: str


class DealRoutesOut(Output):
    """A program's routes in the order in which they are asked."""

    data: list[DealRouteOut]


class DealClashOut(Output):
    """A customer whom several partners claim: the deals that stand, the earliest first."""

    deals: list[str]


class DealClashesOut(Output):
    """What is to be settled."""

    data: list[DealClashOut]
