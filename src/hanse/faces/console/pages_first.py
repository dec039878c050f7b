"""Addresses of Today, Overview, Partners, Partner, Recruit and the palette."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import find, overview, partner_new, partners, today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("snooze", today.snooze, name="snooze"),
    path("wake", today.wake, name="wake"),
    path("overview", overview.overview, name="overview"),
    path("partners", partners.partners, name="partners"),
    path("partners/many", partners.many, name="partners_many"),
    path("partners/chosen", partners.chosen_csv, name="partners_csv"),
    path("partners/new", partner_new.new, name="partner_new"),
    path("partners/<str:partner_id>/edit", partner_new.edit, name="partner_edit"),
    path("find", find.find, name="find"),
]
