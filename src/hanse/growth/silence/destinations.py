"""Looking at the pages that links lead to: a page that does not answer is a cause of silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from hanse.growth.silence.actions import note_destination, note_unknown
from hanse.growth.silence.models import CheckedDestination, Silence
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.outbound import NoAnswer, NotCalled, call
from hanse.traffic.links.models import Link

AGAIN = timedelta(hours=20)
SOON = timedelta(hours=2)  # a page that failed is looked at again soon: twice in a row it counts
SECONDS = 5
_BROKEN = frozenset({404, 410, 500, 502, 503, 504})
_REFUSES = frozenset({405, 501})  # a shop that answers no HEAD is asked again with GET

NOT_REACHED = "not_reached"
Look = Callable[[str], str]


def due_destinations(now: datetime, limit: int) -> list[str]:
    """Return addresses that links of active enrolments lead to and that were not looked at for a day. Two queries.

    Those of silent partners come first: there the answer says why.
    """
    checked = CheckedDestination.objects.filter(
        Q(checked_at__gt=now - AGAIN, failed_since=None) | Q(checked_at__gt=now - SOON)
    ).values("url")
    active = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE, program__is_demo=False)
    links = Link.objects.filter(archived_at=None, enrolment__in=active).exclude(destination_url__in=checked)
    silent = links.filter(enrolment__in=Silence.objects.values("enrolment"))
    first = list(silent.order_by("destination_url").values_list("destination_url", flat=True).distinct()[:limit])
    if len(first) == limit:
        return first
    more = links.order_by("destination_url").values_list("destination_url", flat=True).distinct()[:limit]
    return list(dict.fromkeys([*first, *more]))[:limit]


def look(url: str) -> str:
    """Return "" where a page answers, else why it counts as broken. An address that is never called is no fault."""
    try:
        status = call("HEAD", url, seconds=SECONDS).status
        if status in _REFUSES:
            status = call("GET", url, seconds=SECONDS).status
    except (NoAnswer, NotCalled) as error:
        return f"{NOT_REACHED}:{error}"[:80] if url.startswith("https://") else ""
    return f"status_{status}" if status in _BROKEN else ""


def check_destinations(now: datetime, limit: int, ask: Look = look) -> list[tuple[str, str]]:
    """Ask each address that is due; return what came of it. Stores nothing: the network must not hold a lock."""
    return [(url, ask(url)) for url in due_destinations(now, limit)]


def keep_checks(checks: Sequence[tuple[str, str]], now: datetime) -> None:
    """Store what came of looking at addresses.

    Where not one of them could be reached, it is our own network that is down: then only the time is noted.
    """
    is_ours = bool(checks) and all(reason.startswith(NOT_REACHED) for _url, reason in checks)
    for url, reason in checks:
        if is_ours:
            note_unknown(url, now=now)
        else:
            note_destination(url, reason=reason, now=now)
