"""The way in: one transaction for each change, an answer kept for each Idempotency-Key, no unknown parameters."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from hanse.faces.api.access import RATE, key_of
from hanse.faces.api.overruns import asked_for_approval
from hanse.faces.api.problems import problem, unknown_key, unsound
from hanse.faces.common.access import Policy
from hanse.kernel import clock
from hanse.kernel.errors import Problem
from hanse.spine.idempotency.actions import Answer, begin_answer, keep_answer

View = Callable[..., HttpResponse]
_READS = ("GET", "HEAD", "OPTIONS")
_MAX_KEY = 200


def enter(view: View, parameters: Mapping[str, Collection[str]], *, is_unwrapped: bool = False) -> View:
    """Stand before an operation's view. `parameters` names the query parameters of each method that it has.

    An unwrapped one (a dry run; what calls the network first) takes no write lock here and keeps no answer.
    """

    @csrf_exempt
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        method = request.method or ""
        if method not in parameters:
            return _method_not_allowed(sorted(parameters))
        refusal = _turned_away(request, parameters[method])
        if refusal is not None:
            return refusal
        if method in _READS:
            return view(request, *args, **kwargs)
        try:
            request.body  # noqa: B018  # read here, before anything is opened
        except RequestDataTooBig:
            return problem(413, _("This is too much at once. Please send less."))
        if is_unwrapped:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            response = _answered_once(request, lambda: view(request, *args, **kwargs))
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return asked_for_approval(request, response)

    entered.policy = Policy("api")  # type: ignore[attr-defined]  # read by the house test
    return entered


def _turned_away(request: HttpRequest, known: Collection[str]) -> HttpResponse | None:
    key = key_of(request)
    if key is None:
        return unknown_key()
    wait = RATE.wait_seconds(key.pk)
    if wait:
        answer = problem(429, _("This key asks too often. Please wait a moment."), code="too_many_requests")
        answer["Retry-After"] = str(wait)
        return answer
    unknown = [
        Problem(f"/query/{name[:80]}", _("This parameter is not known here."), "unknown_field")
        for name in request.GET
        if name not in known
    ]
    if unknown:
        return unsound(unknown)
    return None


def _answered_once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if request.method != "POST" or not key:
        return answer()
    if len(key) > _MAX_KEY or not key.isprintable() or not key.isascii():
        what = Problem("/header/Idempotency-Key", _("At most 200 printable characters."), "bad_key")
        return unsound([what])
    asker, now = f"key:{key_of(request).pk}", clock.now()  # type: ignore[union-attr]  # known: it was let in
    sought = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    known = begin_answer(asker, key, sought, now)
    if known is not None:
        return _again(known, sought)
    response = answer()
    if response.status_code < 300:
        keep_answer(asker, key, response.status_code, response.content.decode(), now)
    return response


def _again(known: Answer, sought: str) -> HttpResponse:
    if known.request_hash != sought:
        return problem(409, _("This Idempotency-Key was used for another request."), code="idempotency_key_reused")
    if not known.status:
        return problem(409, _("The first request with this Idempotency-Key is not answered yet."), code="in_progress")
    response = HttpResponse(known.body, status=known.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _method_not_allowed(allowed: Collection[str]) -> HttpResponse:
    answer = problem(405, _("Here you can use: %(methods)s.") % {"methods": ", ".join(allowed)})
    answer["Allow"] = ", ".join(allowed)
    return answer
