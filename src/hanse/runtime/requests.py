"""One log line for each request that web answers, under an id that is also in the answer."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

_log = structlog.get_logger("hanse.web")
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestLogMiddleware:
    """Gives the request an id (the edge's where it sent one) and logs route, status and time: no path, no person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-Id", "")
        request_id = sent if _ID.fullmatch(sent) else secrets.token_hex(8)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            _log.info(
                "request",
                method=request.method,
                route=request.resolver_match.route if request.resolver_match else "",
                status=response.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        response.headers["X-Request-Id"] = request_id
        return response
