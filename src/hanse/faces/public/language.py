"""Choosing the language: kept with the person who is signed in, else in the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from hanse.faces.common.access import public_page, writes
from hanse.kernel import clock
from hanse.people.access.actions import change_person
from hanse.people.access.models import TeamUser
from hanse.people.access.rules import is_local_path

_YEAR_S = 365 * 24 * 3600


@public_page
@writes
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Write pages in another language from now on, and go back to where the person was."""
    response = HttpResponseRedirect(_back(request))
    language = str(request.POST.get("language", ""))
    if language not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, TeamUser):
        change_person(request.user, language=language, now=clock.now(), by=request.user.email)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR_S, samesite="Lax", httponly=True)
    return response


def _back(request: HttpRequest) -> str:
    origin = f"{request.scheme}://{request.get_host()}"
    path = str(request.headers.get("Referer", "")).removeprefix(origin)
    return path if is_local_path(path) else "/"
