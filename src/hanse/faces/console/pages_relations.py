"""Addresses of silence and facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.relations import facts, past, silent, silent_one

urlpatterns: list[URLPattern | URLResolver] = [
    path("silent", silent.silent, name="silent"),
    path("silent/past", past.past, name="silent_past"),
    path("silent/<str:enrolment_id>", silent_one.silent_one, name="silent_one"),
    path("facts", facts.facts, name="facts"),
    path("facts/<slug:kind>", facts.of_kind, name="facts_of_kind"),
]
