"""Offers: what partners promote."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.offers import actions
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program

router = Router(tags=["Offers"])
Hosts = Annotated[list[Text], Field(max_length=100)]


class OfferOut(Output):
    """An offer: where links lead, and the hosts that deep links may lead to."""

    id: str
    program: str
    name: str
    destination_url: str
    allowed_hosts: list[str]
    description: str
    created_at: Instant
    archived_at: Instant | None


class OfferPage(Page):
    """A page of offers."""

    data: list[OfferOut]


class OfferIn(Input):
    """An offer to add. Without hosts, links may lead to the destination's host only."""

    program: Text | None = None
    name: Annotated[Text, Field(max_length=120)]
    destination_url: Annotated[Text, Field(max_length=500)]
    allowed_hosts: Hosts = Field(default_factory=list)
    description: Text = ""


class OfferChange(Input):
    """What can be changed of an offer. Links keep the destination they were made with."""

    name: Text = left_out(max_length=120)
    destination_url: Text = left_out(max_length=500)
    allowed_hosts: Hosts = left_out()
    description: Text = left_out()


def offer_out(offer: Offer) -> OfferOut:
    """Show an offer."""
    return OfferOut(
        id=text_id("off", offer.pk), program=text_id("prg", offer.program_id), name=offer.name,
        destination_url=offer.destination_url, allowed_hosts=offer.allowed_hosts, description=offer.description,
        created_at=offer.created_at, archived_at=offer.archived_at,
    )  # fmt: skip


@router.get("/offers", auth=READ, response=OfferPage)
def list_offers(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> OfferPage:
    """List offers, of one program or of all that the key reaches."""
    key = asker(request)
    rows, following = take_page(narrow(key, reach(key, Offer), {"program_id": (Program, program)}), cursor, limit)
    return OfferPage(data=[offer_out(row) for row in rows], next_cursor=following)


@router.post("/offers", auth=WRITE, response={201: OfferOut})
def create_offer(request: HttpRequest, body: OfferIn) -> OfferOut:
    """Add an offer to a program (by default the key's)."""
    program = own_program(asker(request), body.program)
    given = {name: value for name, value in body.given().items() if name != "program"}
    return offer_out(actions.create_offer(program, **given, now=clock.now(), by=actor(request)))


@router.get("/offers/{offer_id}", auth=READ, response=OfferOut)
def read_offer(request: HttpRequest, offer_id: str) -> OfferOut:
    """Read one offer."""
    return offer_out(find(asker(request), Offer, offer_id))


@router.patch("/offers/{offer_id}", auth=WRITE, response=OfferOut)
def change_offer(request: HttpRequest, offer_id: str, body: OfferChange) -> OfferOut:
    """Change an offer."""
    offer = find(asker(request), Offer, offer_id, "program")
    return offer_out(actions.change_offer(offer, **body.given(), now=clock.now(), by=actor(request)))


@router.post("/offers/{offer_id}/archive", auth=WRITE, response=OfferOut)
def archive_offer(request: HttpRequest, offer_id: str) -> OfferOut:
    """Make no new links for an offer; those that exist go on working."""
    offer = find(asker(request), Offer, offer_id, "program")
    actions.archive_offer(offer, now=clock.now(), by=actor(request))
    return offer_out(offer)
