"""Addresses of breakdowns."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import breakdowns

urlpatterns: list[URLPattern | URLResolver] = [
    path("overview/by", breakdowns.overview_by, name="overview_by"),
    path("partners/<str:partner_id>/by", breakdowns.partner_by, name="partner_by"),
    path("traffic/links/<str:link_id>/numbers", breakdowns.link_by, name="link_by"),
]
