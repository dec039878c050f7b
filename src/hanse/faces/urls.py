"""Every address that web answers, by face. The edge keeps the click doors, the fact doors and health to itself."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from hanse.faces import errors

_FACES = {
    "console/": "hanse.faces.console",
    "p/": "hanse.faces.portal",
    "v1/": "hanse.faces.api",
    "": "hanse.faces.public",
}

urlpatterns: list[URLPattern | URLResolver] = [path("healthz", errors.health)]
urlpatterns += [
    path(prefix, include(f"{name}.urls"))
    for prefix, name in _FACES.items()
    if find_spec(name) and find_spec(f"{name}.urls")
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
