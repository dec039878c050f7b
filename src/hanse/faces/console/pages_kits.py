"""Addresses of kits and of the calendar."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.resources import calendar, kits

urlpatterns: list[URLPattern | URLResolver] = [
    path("resources/kits", kits.kits, name="kits"),
    path("resources/kits/new", kits.write, name="kit_new"),
    path("resources/kits/<str:kit_id>", kits.kit, name="kit"),
    path("resources/kits/<str:kit_id>/edit", kits.write, name="kit_edit"),
    path("resources/kits/<str:kit_id>/publish", kits.publish, name="kit_publish"),
    path("resources/kits/<str:kit_id>/withdraw", kits.withdraw, name="kit_withdraw"),
    path("resources/kits/<str:kit_id>/files", kits.add_file, name="kit_file_add"),
    path("resources/kits/<str:kit_id>/files/remove", kits.remove_file, name="kit_file_remove"),
    path("resources/calendar", calendar.calendar, name="calendar"),
    path("resources/calendar/leads", calendar.leads, name="calendar_leads"),
    path("resources/calendar/address", calendar.address, name="calendar_address"),
    path("resources/calendar/new", calendar.write, name="prompt_new"),
    path("resources/calendar/ask", calendar.ask, name="example_ask"),
    path("resources/calendar/examples/<uuid:example_id>", calendar.example, name="example"),
    path("resources/calendar/<uuid:prompt_id>", calendar.prompt, name="prompt"),
    path("resources/calendar/<uuid:prompt_id>/edit", calendar.write, name="prompt_edit"),
    path("resources/calendar/<uuid:prompt_id>/publish", calendar.publish, name="prompt_publish"),
    path("resources/calendar/<uuid:prompt_id>/withdraw", calendar.withdraw, name="prompt_withdraw"),
]
