"""Addresses of Traffic: links, clicks, conversions, parked facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.traffic import (
    clashes,
    clicks,
    contacts,
    conversion,
    conversions,
    crediting,
    customers,
    deals,
    link,
    links,
    parked,
    resale,
    routes,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("traffic", links.links, name="traffic"),
    path("traffic/links/new", link.new, name="link_new"),
    path("traffic/links/<str:link_id>", link.link, name="link"),
    path("traffic/links/<str:link_id>/archive", link.archive, name="link_archive"),
    path("traffic/links/<str:link_id>/restore", link.restore, name="link_restore"),
    path("traffic/links/<str:link_id>/qr.svg", link.qr, name="link_qr"),
    path("traffic/clicks", clicks.clicks, name="clicks"),
    path("traffic/conversions", conversions.conversions, name="conversions"),
    path("traffic/conversions/<str:conversion_id>", conversion.conversion, name="conversion"),
    path("traffic/conversions/<str:conversion_id>/credits", crediting.credit, name="credit_by_hand"),
    path("traffic/conversions/<str:conversion_id>/credits/withdraw", crediting.withdraw, name="credit_withdraw"),
    path("traffic/deals", deals.deals, name="deals"),
    path("traffic/deals/clashes", clashes.clashes, name="deal_clashes"),
    path("traffic/deals/routes", routes.routes, name="deal_routes"),
    path("traffic/deals/routes/<str:route_id>", routes.change, name="deal_route"),
    path("traffic/deals/routes/<str:route_id>/up", routes.up, name="deal_route_up"),
    path("traffic/deals/routes/<str:route_id>/remove", routes.remove, name="deal_route_remove"),
    path("traffic/deals/<str:deal_id>/settle", clashes.settle, name="deal_settle"),
    path("traffic/deals/<str:deal_id>/owner", clashes.assign, name="deal_owner"),
    path("traffic/resale", resale.resale, name="resale"),
    path("traffic/resale/agencies", contacts.contacts, name="contacts"),
    path("traffic/resale/agencies/<str:contact_id>/end", contacts.end, name="contact_end"),
    path("traffic/resale/<str:order_id>", resale.order, name="resale_order"),
    path("traffic/resale/<str:order_id>/confirm", resale.confirm, name="resale_confirm"),
    path("traffic/resale/<str:order_id>/decline", resale.decline, name="resale_decline"),
    path("traffic/resale/<str:order_id>/cancel", resale.cancel, name="resale_cancel"),
    path("traffic/deals/<str:deal_id>/approve", deals.approve, name="deal_approve"),
    path("traffic/deals/<str:deal_id>/decline", deals.decline, name="deal_decline"),
    path("traffic/customers", customers.customers, name="customers"),
    path("traffic/parked", parked.parked, name="parked"),
    path("traffic/parked/<uuid:parked_id>/retry", parked.retry, name="parked_retry"),
    path("traffic/parked/<uuid:parked_id>/dismiss", parked.dismiss, name="parked_dismiss"),
]
