"""Problem documents (RFC 9457): every refusal of the API has this form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from hanse.growth.budgets.types import OverBudget
from hanse.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from hanse.kernel.reading import pointer_part

log = structlog.get_logger("hanse.api")
MEDIA_TYPE = "application/problem+json"
_PLACES = {"body": "", "query": "/query", "path": "/path", "header": "/header"}


class NotAllowed(HttpError):
    """The key is known, but its scopes or its program do not cover this."""

    def __init__(self, message: str) -> None:
        super().__init__(403, message)


def problem(
    status: int, detail: str, *, code: str = "", errors: Iterable[Problem] = (), more: Mapping[str, str] | None = None
) -> HttpResponse:
    """Write a problem document."""
    listed = [{"pointer": error.pointer, "message": error.message, "code": error.code} for error in errors]
    body = {
        "type": f"/v1/docs#problem-{code}" if code else "about:blank", "title": HTTPStatus(status).phrase,
        "status": status, "detail": detail, "errors": listed, **(more or {}),
    }  # fmt: skip
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def beyond_budget(request: HttpRequest, error: OverBudget) -> HttpResponse:
    """Answer for an offer that needs approval first; the way in asks for it once everything else is taken back."""
    request.beyond_budget = error  # type: ignore[attr-defined]  # read by `overruns`
    return problem(409, error.message, code=error.code)


def not_found(what: str) -> HttpResponse:
    """Answer for something that is not there, or that the key may not know of."""
    return problem(404, _("There is no such %(what)s.") % {"what": what})


def add_problem_answers(api: NinjaAPI) -> None:
    """Turn every refusal of verbs and of the framework into a problem document."""
    answers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        Invalid: lambda _request, error: unsound(error.problems),
        OverBudget: beyond_budget,
        Refused: lambda _request, error: problem(409, error.message, code=error.code),
        NotFound: lambda _request, error: not_found(error.what),
        Conflict: lambda _request, error: problem(409, error.message, more=error.details),
        Http404: lambda _request, _error: not_found("thing"),
        ValidationError: lambda _request, error: unsound(_one(item) for item in error.errors),
        AuthenticationError: lambda _request, _error: unknown_key(),
        HttpError: lambda _request, error: problem(error.status_code, error.message),
        IntegrityError: _overtaken,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def unsound(problems: Iterable[Problem]) -> HttpResponse:
    """Answer to values that cannot be taken: every place is named."""
    return problem(422, _("Some values cannot be taken as they are."), errors=problems)


def unknown_key() -> HttpResponse:
    """Answer to a request without a key that is good today."""
    answer = problem(401, _("Send a key that is not revoked: “Authorization: Bearer hz_…”."))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _overtaken(_request: HttpRequest, error: IntegrityError) -> HttpResponse:
    log.warning("overtaken_by_another_request", error=str(error)[:300])
    return problem(409, _("Another request changed the same thing at the same moment. Please send it again."))


def _one(item: Mapping[str, object]) -> Problem:
    location = item.get("loc")
    steps = list(location) if isinstance(location, Sequence) else []
    place = str(steps[0]) if steps else ""
    rest = steps[2:] if place == "body" else steps[1:]  # body, name of our argument, then the way inside
    pointer = _PLACES.get(place, "") + "".join(f"/{pointer_part(str(step))}" for step in rest)
    kind = str(item.get("type", "invalid"))
    message = _("This field is not known here.") if kind == "extra_forbidden" else f"{item.get('msg', '')}."
    return Problem(pointer, message, "unknown_field" if kind == "extra_forbidden" else kind)
