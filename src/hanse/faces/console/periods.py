"""The periods that lists are cut to: the last days up to now, in the program's days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.tables import UrlState
from hanse.kernel.clock import day_starts_at, local_day

EVER = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("7", "30", "90", "365")


def chosen_days(state: UrlState, default: str = "30") -> str:
    """Return the period of the URL: a number of days as text, or `all`."""
    return state.choice("days", (*_DAYS, "all"), default)


def since(days: str, zone: str, now: datetime) -> datetime:
    """Return the first moment of a period: today and the days before it."""
    if days == "all":
        return EVER
    return day_starts_at(local_day(now, zone) - timedelta(days=int(days) - 1), zone)


def period_choices() -> list[tuple[str, str]]:
    """Return the periods that can be chosen, with their names."""
    words = [(days, ngettext("Last %(n)d day", "Last %(n)d days", int(days)) % {"n": int(days)}) for days in _DAYS]
    return [*words, ("all", _("All time"))]
