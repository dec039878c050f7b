"""Addresses of the library and of questions and answers in the portal."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.portal import faq, resources

urlpatterns: list[URLPattern | URLResolver] = [
    path("resources", resources.for_you, name="resources"),
    path("library", resources.library, name="library"),
    path("library/used/<slug:act>", resources.used, name="resource_used"),
    path("library/<uuid:resource_id>", resources.item, name="resource"),
    path("library/<uuid:resource_id>/take", resources.take, name="resource_take"),
    path("faq", faq.faq, name="faq"),
    path("faq/<uuid:entry_id>/helped", faq.helped, name="faq_helped"),
]
