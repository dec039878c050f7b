"""Addresses of Traffic: links, clicks, conversions, parked facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.traffic import (
    clicks,
    conversion,
    conversions,
    crediting,
    customers,
    deals,
    link,
    links,
    parked,
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
    path("traffic/deals/<str:deal_id>/approve", deals.approve, name="deal_approve"),
    path("traffic/deals/<str:deal_id>/decline", deals.decline, name="deal_decline"),
    path("traffic/customers", customers.customers, name="customers"),
    path("traffic/parked", parked.parked, name="parked"),
    path("traffic/parked/<uuid:parked_id>/retry", parked.retry, name="parked_retry"),
    path("traffic/parked/<uuid:parked_id>/dismiss", parked.dismiss, name="parked_dismiss"),
]
