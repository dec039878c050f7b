"""Addresses of kits and of the calendar in the portal."""

from __future__ import annotations

from django.urls import URLPattern, path

from hanse.faces.portal import calendar, kits

urlpatterns: list[URLPattern] = [
    path("kits", kits.kits, name="kits"),
    path("kits/<str:kit_id>", kits.kit, name="kit"),
    path("kits/<str:kit_id>/take", kits.take, name="kit_take"),
    path("kits/<str:kit_id>/copied", kits.copied, name="kit_copied"),
    path("kits/<str:kit_id>/step", kits.step, name="kit_step"),
    path("kits/<str:kit_id>/kit.zip", kits.archive, name="kit_zip"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/address", calendar.address, name="calendar_address"),
    path("calendar/prompts/<uuid:prompt_id>/link", calendar.prompt_link, name="prompt_link"),
    path("calendar/examples/<uuid:example_id>", calendar.consent, name="example_consent"),
    path("calendar/<str:secret>.ics", calendar.feed, name="calendar_feed"),
]
