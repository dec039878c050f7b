"""Who reads: the language, the zone and the present day that a page is written for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from hanse.kernel import clock


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader's language, zone and moment; formatting takes all three from here."""

    language: str
    zone: tzinfo
    now: datetime

    @property
    def today(self) -> date:
        """The reader's local day."""
        return self.now.astimezone(self.zone).date()


def reader() -> Reader:
    """Return the reader of the page being written, as the middleware set it."""
    return Reader(translation.get_language() or settings.LANGUAGE_CODE, timezone.get_current_timezone(), clock.now())


def activate_zone(name: str) -> None:
    """Write times of this answer in a zone; a name that is unknown here leaves the zone as it was."""
    if name in _zones():
        timezone.activate(ZoneInfo(name))


def _zones() -> frozenset[str]:
    global _known_zones
    if _known_zones is None:
        _known_zones = frozenset(available_timezones())
    return _known_zones


_known_zones: frozenset[str] | None = None


class ReaderMiddleware:
    """Takes language and zone from the person who is signed in; the browser's language where none was chosen.

    Stands after authentication and `LocaleMiddleware`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        language = getattr(person, "language", "")
        timezone.deactivate()
        activate_zone(getattr(person, "time_zone", ""))
        if not language:
            return self.get_response(request)
        with translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)
