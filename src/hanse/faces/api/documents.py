"""The description of the API (OpenAPI 3.1) and its page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from hanse.faces.api.app import API
from hanse.faces.api.fact_documents import DOORS, SCHEMAS
from hanse.faces.api.meanings import add_meanings
from hanse.faces.api.page import chapters
from hanse.faces.api.problems import MEDIA_TYPE, not_found
from hanse.faces.common.access import public_page

Document = dict[str, Any]

_ABOUT = (
    "Programs, partners, links, money and evidence of a partner program.\n\n"
    "Send a key as “Authorization: Bearer hz_…”. Its scopes are read, write (covers read), facts:write and all; "
    "a key may be restricted to one program. Amounts are integers in the currency's minor unit, beside their currency. "
    "Times are ISO 8601 in UTC. Lists come in pages: pass next_cursor as cursor. A POST with an Idempotency-Key has "
    "one effect and one answer, however often it is sent. Every refusal is a problem document (RFC 9457) that names "
    "each place to correct."
)
_REFUSALS = {
    "400": "The body is not JSON.",
    "401": "No key, or one that is unknown or revoked.",
    "403": "The key's scopes or its program do not cover this.",
    "404": "There is no such thing, or the key may not know of it.",
    "409": "It contradicts what is there; its type names the rule.",
    "422": "Some values cannot be taken; its errors name each place.",
    "429": "The key asks too often; Retry-After says when to come back.",
}
_PROBLEM: Document = {
    "type": "object", "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {
            "type": "object", "required": ["pointer", "message", "code"],
            "properties": {
                "pointer": {"type": "string", "description": "JSON pointer; /query/… and /header/… outside the body."},
                "message": {"type": "string"}, "code": {"type": "string"},
            },
        }},
    },
}  # fmt: skip
_REPEATS: Document = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
    "description": "The same key and request get the same answer for a day.",
}  # fmt: skip


@lru_cache(maxsize=1)
def description() -> Document:
    """Return the OpenAPI document of every operation, the edge's doors included."""
    document: Document = dict(API.get_openapi_schema(path_prefix="v1/"))
    document["info"] = {"title": "Hanse", "version": "1", "description": _ABOUT}
    for path, door in DOORS.items():
        document["paths"].setdefault(path, {})["post"] = door
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = {str(code): answer for code, answer in operation["responses"].items()}
            operation["responses"] = answers | _refusals()
            operation["summary"] = operation["description"].partition(". ")[0].partition("\n")[0].rstrip(".")
            if method == "post" and "x-served-by" not in operation and not is_unwrapped(path):
                operation["parameters"].append(_REPEATS)
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"]["schemas"] |= SCHEMAS | {"Problem": _PROBLEM}
    add_meanings(document)
    return document


def is_dry_run(path: str) -> bool:
    """Say whether an operation only answers: it stores nothing and opens no transaction."""
    return path.endswith(("/preview", "whatif"))


def is_unwrapped(path: str) -> bool:
    """Say whether an operation runs without a transaction around it: a dry run, or one that first calls the network or
    looks closely at a file.

    The latter stores in a transaction of its own, and may be repeated as it is.
    """
    return is_dry_run(path) or path.endswith(("/look", "/feeds", "/files")) or path in ("feeds", "files")


def _refusals() -> Document:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": text, "content": content} for status, text in _REFUSALS.items()}


def parameters_of(route: str) -> Mapping[str, frozenset[str]]:
    """Return the query parameters of each method of a route, as the description has them."""
    methods = description()["paths"].get("/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route), {})
    found = {}
    for method, operation in methods.items():
        if "x-served-by" not in operation:
            names = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
            found[method.upper()] = frozenset(names)
    return found


@public_page
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the description as JSON."""
    return JsonResponse(description(), json_dumps_params={"indent": 1})


@public_page
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description as a page of our own: nothing is loaded from elsewhere."""
    return render(request, "api/docs.html", {"info": description()["info"], "chapters": chapters(description())})


@csrf_exempt
@public_page
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer for an address below /v1 that has no operation."""
    return not_found("address")
