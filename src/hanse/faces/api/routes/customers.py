"""Known customers: the list of people who are no new customers, whoever brought them."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.traffic.customers.lists import AT_ONCE, Listed, list_customers, unlist_customer
from hanse.traffic.customers.models import KnownCustomer

router = Router(tags=["Customers"])


class KnownCustomerOut(Output):
    """An entry of the list. Addresses are kept as a keyed hash only: `has_email` says that there is one."""

    id: str
    program: str
    external_id: str
    has_email: bool
    since: Instant
    listed_at: Instant
    source: str


class KnownCustomerPage(Page):
    """A page of entries."""

    data: list[KnownCustomerOut]


class KnownCustomerIn(Input):
    """A customer: by your own id, the address, or both; since when (left out: from now on)."""

    external_id: Annotated[Text, Field(max_length=200)] = ""
    email: Annotated[Text, Field(max_length=254)] = ""
    since: Instant | None = None


class KnownCustomersIn(Input):
    """Customers to keep on the list."""

    program: Text | None = None
    customers: Annotated[list[KnownCustomerIn], Field(min_length=1, max_length=AT_ONCE)]


class KnownCustomersOut(Output):
    """How many entries are new, and how many were there already."""

    added: int
    known: int


def known_customer_out(row: KnownCustomer) -> KnownCustomerOut:
    """Show an entry."""
    return KnownCustomerOut(
        id=text_id("kno", row.pk), program=text_id("prg", row.program_id), external_id=row.external_id,
        has_email=bool(row.email_hash), since=row.since_at, listed_at=row.listed_at, source=row.source,
    )  # fmt: skip


@router.get("/customers", auth=READ, response=KnownCustomerPage)
def list_known_customers(
    request: HttpRequest, program: str = "", external_id: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> KnownCustomerPage:
    """List known customers, the latest entry first."""
    key = asker(request)
    rows = narrow(key, reach(key, KnownCustomer), {"program_id": (Program, program)})
    rows = rows.filter(external_id=external_id.replace("\0", "")) if external_id else rows
    page, following = take_page(rows, cursor, limit)
    return KnownCustomerPage(data=[known_customer_out(row) for row in page], next_cursor=following)


@router.put("/customers", auth=WRITE, response=KnownCustomersOut)
def put_known_customers(request: HttpRequest, body: KnownCustomersIn) -> KnownCustomersOut:
    """Keep customers on the list: their orders from `since` on are no new customers'. Repeating it changes nothing."""
    program = own_program(asker(request), body.program)
    entries = [Listed(one.external_id, one.email, one.since) for one in body.customers]
    done = list_customers(program.pk, entries, now=clock.now(), by=actor(request))
    return KnownCustomersOut(added=done.added, known=done.known)


@router.delete("/customers/{known_customer_id}", auth=WRITE, response={204: None})
def delete_known_customer(request: HttpRequest, known_customer_id: str) -> Status[None]:
    """Take an entry off the list."""
    entry = find(asker(request), KnownCustomer, known_customer_id)
    unlist_customer(entry, now=clock.now(), by=actor(request))
    return Status(204, None)
