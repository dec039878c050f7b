"""The API's addresses alone: its tests load no page."""

from __future__ import annotations

from django.urls import include, path

from hanse.faces import errors

urlpatterns = [path("v1/", include("hanse.faces.api.urls"))]
handler400 = errors.bad_request
handler404 = errors.not_found
handler500 = errors.broken
