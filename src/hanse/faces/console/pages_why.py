"""Address of the tracer: why something earned, or did not."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.traffic import why

urlpatterns: list[URLPattern | URLResolver] = [path("why", why.why, name="why")]
