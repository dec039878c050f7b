"""Where the API's operations and their description are found; the root puts /v1 in front."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path

from hanse.faces.api import documents
from hanse.faces.api.app import API
from hanse.faces.api.entrance import enter


def _operations() -> Iterator[URLPattern]:
    patterns, _app, _namespace = API.urls
    routes = {str(pattern.pattern): pattern for pattern in patterns if isinstance(pattern, URLPattern)}
    for route, pattern in sorted(routes.items(), key=lambda item: "<" in item[0]):  # a word goes before any id
        parameters = documents.parameters_of(route)
        if parameters:
            entered = enter(pattern.callback, parameters, is_unwrapped=documents.is_unwrapped(route))
            yield path(route, entered, name=f"api:{route}")


urlpatterns = [
    path("openapi.json", documents.openapi, name="api-description"),
    path("docs", documents.docs, name="api-docs"),
    *_operations(),
    path("<path:rest>", documents.nothing_here),
]
