"""Links: partners' tracking URLs, with their QR codes."""

from __future__ import annotations

import io
from typing import Annotated, Any

import segno
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer, refer_all
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.domains.queries import link_bases
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.traffic.links import actions
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import link_address

router = Router(tags=["Links"])


class LinkOut(Output):
    """A link; `url` is what a partner shares."""

    id: str
    number: int
    slug: str
    url: str
    enrolment: str
    offer: str
    destination_url: str
    label: str
    initiative: str
    routes: dict[str, Any]
    created_at: Instant
    expires_at: Instant | None
    archived_at: Instant | None


class LinkPage(Page):
    """A page of links."""

    data: list[LinkOut]


class LinkIn(Input):
    """A link to make. Without a slug one is made of the partner's name; without a destination it is the offer's."""

    enrolment: Text
    offer: Text
    slug: Annotated[Text, Field(max_length=80)] | None = None
    destination_url: Annotated[Text, Field(max_length=1000)] | None = None
    label: Annotated[Text, Field(max_length=120)] = ""
    initiative: Annotated[Text, Field(max_length=80)] = ""
    expires_at: Instant | None = None
    routes: dict[str, Any] | None = None


class LinksIn(Input):
    """Links to make together, all or none."""

    links: Annotated[list[LinkIn], Field(min_length=1, max_length=actions.MAX_TOGETHER)]


class LinksOut(Output):
    """The links that were made, in the order asked for."""

    data: list[LinkOut]


class LinkChange(Input):
    """What can be changed of a link; its slug stays, it is printed somewhere."""

    destination_url: Text = left_out(max_length=1000)
    label: Text = left_out(max_length=120)
    initiative: Text = left_out(max_length=80)
    expires_at: Instant | None = left_out()
    routes: dict[str, Any] | None = left_out()


def link_out(link: Link, base: str = "") -> LinkOut:
    """Show a link; `base` is what stands before its slug, read where it is not given."""
    return LinkOut(
        id=text_id("lnk", link.pk), number=link.number, slug=link.slug,
        url=f"{base}/{link.slug}" if base else link_address(link),
        enrolment=text_id("enr", link.enrolment_id), offer=text_id("off", link.offer_id),
        destination_url=link.destination_url, label=link.label, initiative=link.initiative, routes=link.routes,
        created_at=link.created_at,
        expires_at=link.expires_at, archived_at=link.archived_at,
    )  # fmt: skip


@router.get("/links", auth=READ, response=LinkPage)
def list_links(
    request: HttpRequest, enrolment: str = "", offer: str = "", slug: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> LinkPage:
    """List links, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Link), {"enrolment_id": (Enrolment, enrolment), "offer_id": (Offer, offer)})
    rows = rows.select_related("enrolment")
    page, following = take_page(rows.filter(slug=slug.replace("\0", "")) if slug else rows, cursor, limit)
    bases = link_bases({row.enrolment.program_id for row in page})
    return LinkPage(data=[link_out(row, bases[row.enrolment.program_id]) for row in page], next_cursor=following)


@router.post("/links", auth=WRITE, response={201: LinkOut})
def create_link(request: HttpRequest, body: LinkIn) -> LinkOut:
    """Make a tracking URL for an enrolment."""
    key = asker(request)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "partner")
    offer = refer(key, Offer, body.offer, "/offer", "program")
    link = actions.create_link(
        enrolment, offer, slug=body.slug, destination_url=body.destination_url, label=body.label,
        initiative=body.initiative, expires_at=body.expires_at, routes=body.routes, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return link_out(link)


@router.post("/links/bulk", auth=WRITE, response={201: LinksOut})
def create_links(request: HttpRequest, body: LinksIn) -> LinksOut:
    """Make up to a thousand links, all or none; a problem names its place, like /links/3/slug."""
    key = asker(request)
    enrolments = refer_all(key, Enrolment, {f"/links/{n}/enrolment": e.enrolment for n, e in enumerate(body.links)})
    offers = refer_all(key, Offer, {f"/links/{n}/offer": e.offer for n, e in enumerate(body.links)})
    wanted = [
        actions.NewLink(
            enrolments[entry.enrolment], offers[entry.offer], slug=entry.slug, destination_url=entry.destination_url,
            label=entry.label, initiative=entry.initiative, expires_at=entry.expires_at, routes=entry.routes,
        )
        for entry in body.links
    ]  # fmt: skip
    links = actions.create_links(wanted, now=clock.now(), by=actor(request))
    bases = link_bases({link.enrolment.program_id for link in links})
    return LinksOut(data=[link_out(link, bases[link.enrolment.program_id]) for link in links])


@router.get("/links/{link_id}", auth=READ, response=LinkOut)
def read_link(request: HttpRequest, link_id: str) -> LinkOut:
    """Read one link."""
    return link_out(find(asker(request), Link, link_id, "enrolment"))


@router.patch("/links/{link_id}", auth=WRITE, response=LinkOut)
def change_link(request: HttpRequest, link_id: str, body: LinkChange) -> LinkOut:
    """Change where a link leads, how it is called, when it expires (null: never), or its routes (null: none)."""
    link = find(asker(request), Link, link_id, "offer", "enrolment")
    return link_out(actions.change_link(link, now=clock.now(), by=actor(request), **body.given()))


@router.post("/links/{link_id}/archive", auth=WRITE, response=LinkOut)
def archive_link(request: HttpRequest, link_id: str) -> LinkOut:
    """Switch a link off: its visitors go to the program's fallback page."""
    link = find(asker(request), Link, link_id, "offer", "enrolment")
    actions.archive_link(link, now=clock.now(), by=actor(request))
    return link_out(link)


@router.post("/links/{link_id}/restore", auth=WRITE, response=LinkOut)
def restore_link(request: HttpRequest, link_id: str) -> LinkOut:
    """Switch an archived link on again."""
    link = find(asker(request), Link, link_id, "offer", "enrolment")
    actions.restore_link(link, now=clock.now(), by=actor(request))
    return link_out(link)


@router.get(
    "/links/{link_id}/qr.svg", auth=READ, response={200: None},
    openapi_extra={"responses": {200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}}},
)  # fmt: skip
def read_qr_code(request: HttpRequest, link_id: str) -> HttpResponse:
    """Draw a link's QR code as SVG."""
    link = find(asker(request), Link, link_id, "enrolment")
    return HttpResponse(qr_svg(link_address(link)), content_type="image/svg+xml")


def qr_svg(address: str) -> bytes:
    """Return the QR code of an address, large enough to print."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=4)
    return drawn.getvalue()
