"""Addresses of Today, Overview, Partners, Partner, Recruit and the palette."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import find, overview, partner, partner_acts, partner_new, partners, recruit, today

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
    path("partners/<str:partner_id>", partner.partner, name="partner"),
    path("partners/<str:partner_id>/events", partner.partner_events, name="partner_events"),
    path("partners/<str:partner_id>/side", partner.partner_side, name="partner_side"),
    path("partners/<str:partner_id>/note", partner_acts.note, name="partner_note"),
    path("partners/<str:partner_id>/status", partner_acts.status, name="partner_status"),
    path("partners/<str:partner_id>/enrol", partner_acts.join, name="partner_enrol"),
    path("partners/<str:partner_id>/link", partner_acts.link, name="partner_link"),
    path("partners/<str:partner_id>/coupon", partner_acts.coupon, name="partner_coupon"),
    path("partners/<str:partner_id>/switch-off", partner_acts.switch_off, name="partner_switch_off"),
    path("partners/<str:partner_id>/logins", partner_acts.logins, name="partner_logins"),
    path("partners/<str:partner_id>/switch-on", partner_acts.switch_on, name="partner_switch_on"),
    path("recruit", recruit.recruit, name="recruit"),
    path("recruit/<str:application_id>/approve", recruit.approve, name="application_approve"),
    path("recruit/<str:application_id>/decline", recruit.decline, name="application_decline"),
    path("recruit/<str:application_id>/ask", recruit.ask, name="application_ask"),
    path("find", find.find, name="find"),
]
