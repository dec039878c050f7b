"""Channel and agency: price lists, resale orders, agencies as customers' contacts, routes and clashes of deals."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.channel_shapes import (
    CustomerContactEnd,
    CustomerContactIn,
    CustomerContactOut,
    CustomerContactPage,
    DealClashesOut,
    DealClashOut,
    DealRouteIn,
    DealRouteOut,
    DealRoutesOut,
    PriceLineOut,
    PriceListIn,
    PriceListOut,
    PriceListsOut,
    PriceVersionIn,
    PriceVersionOut,
    ResaleLineOut,
    ResaleOrderIn,
    ResaleOrderOut,
    ResaleOrderPage,
    ResaleRefusal,
    ResaleStatus,
)
from hanse.faces.api.routes.days import day_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import team
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.deals.models import DealRoute
from hanse.traffic.deals.queries import clashes_in
from hanse.traffic.deals.routing import keep_route, remove_route, routes_of
from hanse.traffic.pricelists import actions as lists
from hanse.traffic.pricelists.models import PriceList, PriceVersion
from hanse.traffic.pricelists.queries import lines_of as prices_of
from hanse.traffic.pricelists.queries import price_lists_of, prices_for
from hanse.traffic.resale import actions as orders
from hanse.traffic.resale.contacts import end_contact, make_contact
from hanse.traffic.resale.models import CustomerContact, ResaleOrder
from hanse.traffic.resale.queries import lines_of

router = Router(tags=["Channel and agency"])


@router.get("/price-lists", auth=READ, response=PriceListsOut)
def list_price_lists(request: HttpRequest, program: str = "") -> PriceListsOut:
    """List a program's price lists."""
    found = own_program(asker(request), program, "/query/program")
    return PriceListsOut(data=[_list(row) for row in price_lists_of(found.pk)])


@router.post("/price-lists", auth=WRITE, response={201: PriceListOut})
def create_price_list(request: HttpRequest, body: PriceListIn) -> Status[PriceListOut]:
    """Begin a price list. Nobody and no type has two."""
    key = asker(request)
    program = own_program(key, body.program)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment") if body.enrolment else None
    row = lists.create_price_list(
        program, name=body.name, enrolment=enrolment, partner_type=body.partner_type, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return Status(201, _list(row))


@router.post("/price-lists/{price_list_id}/versions", auth=WRITE, response={201: PriceVersionOut})
def publish_price_version(request: HttpRequest, price_list_id: str, body: PriceVersionIn) -> Status[PriceVersionOut]:
    """Publish the next version of a list. Orders recorded before keep their prices."""
    row = find(asker(request), PriceList, price_list_id, "program")
    given = [
        {name: value for name, value in line.model_dump().items() if value is not None} for line in body.lines
    ]  # fmt: skip
    made = lists.publish_prices(
        row, given, valid_from=day_of(body.valid_from, "/valid_from"),
        valid_until=day_of(body.valid_until, "/valid_until") if body.valid_until else None, note=body.note,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _version(made, row.program.currency))


@router.delete("/price-lists/{price_list_id}", auth=WRITE, response={204: None})
def archive_price_list(request: HttpRequest, price_list_id: str) -> Status[None]:
    """Put a list away; orders to come go by the next list that fits."""
    lists.archive_price_list(find(asker(request), PriceList, price_list_id), now=clock.now(), by=actor(request))
    return Status(204, None)


@router.get("/enrolments/{enrolment_id}/prices", auth=READ, response=PriceVersionOut | None)
def read_prices(request: HttpRequest, enrolment_id: str, on: str = "") -> PriceVersionOut | None:
    """Read what a partner pays on a day (today), or null where no list is in force for them."""
    row = find(asker(request), Enrolment, enrolment_id, "program", "partner")
    day = day_of(on, "/query/on") if on else local_day(clock.now(), row.program.time_zone)
    version = prices_for(row, day)
    return _version(version, row.program.currency) if version else None


@router.get("/resale-orders", auth=READ, response=ResaleOrderPage)
def list_resale_orders(
    request: HttpRequest, program: str = "", enrolment: str = "",
    status: ResaleStatus | None = None, cursor: Cursor = "",
    limit: Limit = PAGE,
) -> ResaleOrderPage:  # fmt: skip
    """List resale orders, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, ResaleOrder), filters)
    page, following = take_page(rows.filter(status=status) if status else rows, cursor, limit)
    return ResaleOrderPage(data=_orders(page), next_cursor=following)


@router.post("/resale-orders", auth=WRITE, response={201: ResaleOrderOut})
def create_resale_order(request: HttpRequest, body: ResaleOrderIn) -> Status[ResaleOrderOut]:
    """Record an order that a partner sold on. The same order again is the same; other content is a conflict."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program", "partner")
    row = orders.record_resale(
        enrolment, external_id=body.external_id, ordered_on=day_of(body.ordered_on, "/ordered_on"),
        lines=[(line.sku, line.quantity) for line in body.lines], customer_email=body.customer_email,
        customer_external_id=body.customer_external_id, company_domain=body.company_domain, note=body.note,
        is_confirmed=body.confirmed, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _orders([row])[0])


@router.get("/resale-orders/{resale_order_id}", auth=READ, response=ResaleOrderOut)
def read_resale_order(request: HttpRequest, resale_order_id: str) -> ResaleOrderOut:
    """Read one resale order."""
    return _orders([find(asker(request), ResaleOrder, resale_order_id)])[0]


@router.post("/resale-orders/{resale_order_id}/confirm", auth=WRITE, response=ResaleOrderOut)
def confirm_resale_order(request: HttpRequest, resale_order_id: str) -> ResaleOrderOut:
    """Let a reported order stand: its number earns no commission."""
    row = find(asker(request), ResaleOrder, resale_order_id)
    return _orders([orders.confirm_resale(row, now=clock.now(), by=actor(request))])[0]


@router.post("/resale-orders/{resale_order_id}/decline", auth=WRITE, response=ResaleOrderOut)
def decline_resale_order(request: HttpRequest, resale_order_id: str, body: ResaleRefusal) -> ResaleOrderOut:
    """Say no to a reported order. The partner reads the reason."""
    row = find(asker(request), ResaleOrder, resale_order_id)
    return _orders([orders.decline_resale(row, reason=body.reason, now=clock.now(), by=actor(request))])[0]


@router.post("/resale-orders/{resale_order_id}/cancel", auth=WRITE, response=ResaleOrderOut)
def cancel_resale_order(request: HttpRequest, resale_order_id: str, body: ResaleRefusal) -> ResaleOrderOut:
    """Take a confirmed order back; its number may earn commission again."""
    row = find(asker(request), ResaleOrder, resale_order_id)
    return _orders([orders.cancel_resale(row, reason=body.reason, now=clock.now(), by=actor(request))])[0]


@router.get("/customer-contacts", auth=READ, response=CustomerContactPage)
def list_customer_contacts(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> CustomerContactPage:
    """List which agencies speak for which customers, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, CustomerContact), filters)
    page, following = take_page(rows, cursor, limit)
    return CustomerContactPage(data=[_contact(row) for row in page], next_cursor=following)


@router.post("/customer-contacts", auth=WRITE, response={201: CustomerContactOut})
def create_customer_contact(request: HttpRequest, body: CustomerContactIn) -> Status[CustomerContactOut]:
    """Make an agency a customer's contact. Refused while another one is."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program", "partner")
    said = body.model_dump(exclude={"enrolment", "since_on"})
    row = make_contact(
        enrolment, since_on=day_of(body.since_on, "/since_on"), now=clock.now(), by=actor(request), **said
    )
    return Status(201, _contact(row))


@router.post("/customer-contacts/{customer_contact_id}/end", auth=WRITE, response=CustomerContactOut)
def end_customer_contact(
    request: HttpRequest, customer_contact_id: str, body: CustomerContactEnd | None = None
) -> CustomerContactOut:
    """Let an agency be a customer's contact up to and with a day."""
    row, said, now = find(asker(request), CustomerContact, customer_contact_id, "program"), body, clock.now()
    until = day_of(said.until_on, "/until_on") if said and said.until_on else local_day(now, row.program.time_zone)
    end_contact(row, until_on=until, reason=said.reason if said else "", now=now, by=actor(request))
    return _contact(row)


@router.get("/deal-routes", auth=READ, response=DealRoutesOut)
def list_deal_routes(request: HttpRequest, program: str = "") -> DealRoutesOut:
    """List who looks after which deals, in the order in which the routes are asked."""
    found = own_program(asker(request), program, "/query/program")
    return DealRoutesOut(data=[_route(row) for row in routes_of(found.pk)])


@router.post("/deal-routes", auth=WRITE, response={201: DealRouteOut})
def create_deal_route(request: HttpRequest, body: DealRouteIn) -> Status[DealRouteOut]:
    """Keep a route, the last to be asked."""
    program = own_program(asker(request), body.program)
    row = keep_route(
        program, name=body.name, condition=body.condition, owner=colleague(body.owner, "/owner"), now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return Status(201, _route(row))


@router.delete("/deal-routes/{deal_route_id}", auth=WRITE, response={204: None})
def delete_deal_route(request: HttpRequest, deal_route_id: str) -> Status[None]:
    """Ask a route no more."""
    remove_route(find(asker(request), DealRoute, deal_route_id), now=clock.now(), by=actor(request))
    return Status(204, None)


@router.get("/deal-clashes", auth=READ, response=DealClashesOut)
def read_deal_clashes(request: HttpRequest, program: str = "") -> DealClashesOut:
    """List the customers whom several partners claim."""
    found = own_program(asker(request), program, "/query/program")
    clashes = clashes_in(found.pk, clock.now())
    return DealClashesOut(data=[DealClashOut(deals=[text_id("dea", one.pk) for one in deals]) for deals in clashes])


def colleague(email: str, pointer: str) -> TeamUser:
    """Return a colleague by address. Raises Invalid for anybody else."""
    found = team().filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Invalid([Problem(pointer, _("No colleague has this address."), "not_found")])
    return found


def _list(row: PriceList) -> PriceListOut:
    return PriceListOut(
        id=text_id("pls", row.pk), program=text_id("prg", row.program_id), name=row.name,
        enrolment=text_id("enr", row.enrolment_id) if row.enrolment_id else None, partner_type=row.partner_type,
        versions=sorted(version.number for version in row.versions.all()),
    )  # fmt: skip


def _version(row: PriceVersion, currency: str) -> PriceVersionOut:
    return PriceVersionOut(
        price_list=text_id("pls", row.price_list_id), number=row.number, valid_from=row.valid_from,
        valid_until=row.valid_until, note=row.note, currency=currency,
        lines=[
            PriceLineOut(sku=line.sku, name=line.name, list=line.list_minor, partner=line.partner_minor)
            for line in prices_of(row.pk)
        ],
    )  # fmt: skip


def _orders(rows: list[ResaleOrder]) -> list[ResaleOrderOut]:
    lines: dict[Any, list[ResaleLineOut]] = {}
    for line in lines_of([row.pk for row in rows]):
        shown = ResaleLineOut(
            sku=line.sku, name=line.name, quantity=line.quantity, list=line.list_minor, partner=line.partner_minor
        )
        lines.setdefault(line.order_id, []).append(shown)
    return [
        ResaleOrderOut(
            id=text_id("rso", row.pk), program=text_id("prg", row.program_id),
            enrolment=text_id("enr", row.enrolment_id), external_id=row.external_id,
            status=cast(ResaleStatus, row.status),
            ordered_on=row.ordered_on, customer_label=row.customer_label, at_list_price=row.list_minor,
            at_partner_price=row.partner_minor, margin=row.margin_minor, currency=row.currency,
            deal=text_id("dea", row.deal_id) if row.deal_id else None, note=row.note, reason=row.decision_reason,
            recorded_at=row.recorded_at, lines=lines.get(row.pk, []),
        )
        for row in rows
    ]  # fmt: skip


def _contact(row: CustomerContact) -> CustomerContactOut:
    return CustomerContactOut(
        id=text_id("agc", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        customer_label=row.customer_label, customer_external_id=row.customer_external_id,
        company_domain=row.company_domain, contact_name=row.contact_name, since_on=row.since_on,
        until_on=row.until_on, note=row.note,
    )  # fmt: skip


def _route(row: DealRoute) -> DealRouteOut:
    return DealRouteOut(
        id=text_id("rte", row.pk), program=text_id("prg", row.program_id), name=row.name,
        condition=row.condition or None, owner=row.owner.email,
    )  # fmt: skip
