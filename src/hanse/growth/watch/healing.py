"""When a fault that is not found any more has really healed, and the note that says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.incidents.kept import waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.counting import share_since
from hanse.growth.watch.links import series_of
from hanse.growth.watch.queries import failing_pages, links_in_use
from hanse.growth.watch.replay import ALL
from hanse.growth.watch.rules import BACK_DAYS, FEWEST_ORDERS, UNCLICKED_DAYS, has_healed
from hanse.growth.watch.types import Counts
from hanse.kernel.clock import local_day
from hanse.programs.offers.queries import hosts_of


def healed_by(incident: Incident, now: datetime) -> str:
    """Return the note with which a fault closes itself, "" while it has not healed."""
    if incident.kind == Incident.Kind.TOKEN_LOST:
        return _unlisted(incident) if incident.about.get("is_unlisted") else _share(incident, now)
    if incident.kind == Incident.Kind.LINK_BROKEN:
        return _pages(incident, now)
    return _sales(incident, now)


def _unlisted(incident: Incident) -> str:
    """Only where what waited was dismissed: a host that came on the list is mended, not healed."""
    host = str(incident.about.get("host", ""))
    if host in waiting_hosts(incident.program_id) or host in hosts_of([incident.program_id])[incident.program_id]:
        return ""
    return _("Nothing that pages of %(host)s told waits any more.") % {"host": host}


def _share(incident: Incident, now: datetime) -> str:
    today = local_day(now, incident.program.time_zone)
    host = str(incident.about.get("host", ""))
    counts = share_since(incident.program, host, today - timedelta(days=BACK_DAYS), today)
    newest = share_since(incident.program, host, today - timedelta(days=1), today)
    usual = _usual(incident.evidence)
    is_enough = newest.tries >= FEWEST_ORDERS  # of fewer the finder says nothing either
    if not ((is_enough and has_healed(newest, usual)) or has_healed(counts, usual)):
        return ""
    return _("Orders there come with their clicks again: %(good)d of the last %(tries)d.") % {
        "good": counts.good, "tries": counts.tries,
    }  # fmt: skip


def _pages(incident: Incident, now: datetime) -> str:
    urls = incident.about.get("urls") or []
    failing = failing_pages().filter(url__in=urls)
    if not failing.exists():
        return _("The page answers again.") if len(urls) == 1 else _("The pages answer again.")
    in_use = links_in_use(incident.program, now).filter(destination_url__in=failing.values("url"))
    return "" if in_use.exists() else _("No link in use leads there any more.")


def _sales(incident: Incident, now: datetime) -> str:
    numbers = incident.about.get("links")
    key = ALL if numbers is None else str(numbers[0])
    if numbers is not None and not links_in_use(incident.program, now).filter(number__in=numbers).exists():
        return _("The link is not in use any more.")
    today = local_day(now, incident.program.time_zone) + timedelta(days=1)
    days = series_of(incident.program, [key], today - timedelta(days=UNCLICKED_DAYS), today)[key]
    recent = Counts(sum(day[0] for day in days[-BACK_DAYS:]), sum(day[1] for day in days[-BACK_DAYS:]))
    if has_healed(recent, _usual(incident.evidence)):
        return _("It sells again: %(sales)d sales in the last %(days)d days.") % {
            "sales": recent.good, "days": BACK_DAYS,
        }  # fmt: skip
    if not any(clicks for clicks, _sales_ in days):
        return _("Nobody has clicked it for %(days)d days, so nothing can be said any more.") % {"days": UNCLICKED_DAYS}
    return ""


def _usual(evidence: Mapping[str, Any]) -> float:
    return Counts(int(evidence.get("past_tries", 0)), int(evidence.get("past_good", 0))).share
