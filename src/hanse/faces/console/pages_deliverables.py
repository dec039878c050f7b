"""Addresses of deliverables."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.content import deliverable, deliverables

_ONE = "content/deliverables/<str:deliverable_id>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("content/deliverables", deliverables.deliverables, name="deliverables"),
    path("content/deliverables/new", deliverables.write, name="deliverable_new"),
    path(_ONE, deliverable.deliverable, name="deliverable"),
    path(f"{_ONE}/edit", deliverables.write, name="deliverable_edit"),
    path(f"{_ONE}/say", deliverable.say, name="deliverable_say"),
    path(f"{_ONE}/accept", deliverable.yes, name="deliverable_accept"),
    path(f"{_ONE}/changes", deliverable.changes, name="deliverable_changes"),
    path(f"{_ONE}/take-back", deliverable.take_back, name="deliverable_back"),
    path(f"{_ONE}/call-off", deliverable.call_off, name="deliverable_cancel"),
    path(f"{_ONE}/for-them", deliverable.for_them, name="deliverable_for_them"),
]
