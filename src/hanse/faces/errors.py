"""The pages for when something is not as it should be, and the inner health answer that the edge asks for."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from hanse.faces.common.access import public_page


@public_page
def health(request: HttpRequest) -> HttpResponse:
    """Say whether web can reach its database: 200 or 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False, "database": "unreachable"}, status=503)
    return JsonResponse({"ok": True})


def moved_to(path: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view that sends people who typed an address without its last slash on to the right one."""
    return lambda _request: HttpResponsePermanentRedirect(path)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return _page(request, 400, _("This request cannot be read"), _("Go back, reload the page and try once more."))


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who is signed in but may not do this."""
    reason = str(exception) if exception.args else _("Ask the owner of this installation if you need it.")
    return _page(request, 403, _("This is not open to you"), reason)


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that leads nowhere."""
    return _page(
        request, 404, _("There is nothing at this address"), _("It may have moved, or the link was cut short.")
    )


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """Answer when we made a mistake. The reference finds the log line."""
    return _page(
        request,
        500,
        _("This is our fault"),
        _("Nothing you entered was half-saved. Try again; the error has been written down."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent from a page too old to be trusted."""
    return _page(
        request,
        403,
        _("This page was open for too long"),
        _("Go back, reload it and send the form again; nothing was changed."),
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    reference = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:8]
    if request.path.startswith("/v1/"):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": text}
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    context = {"title": title, "text": text, "reference": reference if status >= 500 else "", "status": status}
    return render(request, "errors/page.html", context, status=status)
