"""Every address that web answers, by face. The edge keeps the click doors, the fact doors and health to itself."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from hanse.faces import errors
from hanse.faces.common.access import public_page
from hanse.faces.errors import moved_to

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", errors.health),
    path("console", public_page(moved_to("/console/"))),
    path("p", public_page(moved_to("/p/"))),
    path("console/", include("hanse.faces.console.urls")),
    path("p/", include("hanse.faces.portal.urls")),
    path("v1/", include("hanse.faces.api.urls")),
    path("in/", include("hanse.faces.public.incoming_urls")),
    path("", include("hanse.faces.public.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
