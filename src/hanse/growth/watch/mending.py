"""Mending a fault by one button: a host is listed and its orders are looked at again, links are led elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.incidents.actions import keep_touched, mend_incident
from hanse.growth.incidents.kept import released, waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.incidents.rules import Brought
from hanse.growth.watch.counting import REACH, count_orders, keep_orders
from hanse.growth.watch.queries import failing_pages, links_in_use
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.programs.offers.actions import change_offer
from hanse.programs.offers.models import Offer
from hanse.programs.offers.queries import hosts_of
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.checks import Checks
from hanse.spine.parked.actions import dismiss_waiting, put_off
from hanse.spine.parked.rules import host_key
from hanse.spine.web_addresses import allowed_host
from hanse.traffic.links.actions import change_link
from hanse.traffic.links.models import Link

BY = "watch"
ADD_HOST, LEAD_ELSEWHERE = "add_host", "lead_elsewhere"


def repair_of(incident: Incident) -> str:
    """Name what one button can do about an incident: `add_host`, `lead_elsewhere`, "" where a person has to mend it."""
    if incident.closed_at is not None or incident.mending_at is not None:
        return ""
    if incident.kind == Incident.Kind.TOKEN_LOST and incident.about.get("is_unlisted"):
        return ADD_HOST
    return LEAD_ELSEWHERE if incident.kind == Incident.Kind.LINK_BROKEN else ""


def repair(incident: Incident, *, now: datetime, by: str) -> int:
    """Do it: returns how many orders are looked at again, or how many links were led elsewhere.

    Refuses what is closed, under way, or cannot be mended by a button.
    """
    if incident.closed_at is not None:
        raise Refused("mended", _("This was mended already."))
    if incident.mending_at is not None:
        raise Refused("mending", _("This is being mended right now."))
    kind = repair_of(incident)
    if not kind:
        raise Refused("by_hand", _("No button mends this. Say how it was mended once it is."))
    return _add_host(incident, now, by) if kind == ADD_HOST else _lead_elsewhere(incident, now, by)


def settle_repairs(now: datetime) -> int:
    """Close the incidents whose host is listed and whose orders have been looked at again; tell their partners.

    Returns how many. An order that contradicts what is known, or failed, waits on Parked and keeps nothing open.
    """
    done = 0
    rows = Incident.objects.filter(kind=Incident.Kind.TOKEN_LOST, closed_at=None, about__is_unlisted=True)
    for row in rows.select_related("program", "notice"):
        host = str(row.about.get("host", ""))
        if host in hosts_of([row.program_id])[row.program_id]:
            if host not in waiting_hosts(row.program_id):
                _close_repaired(row, host, now)
                done += 1
        elif row.mending_at is not None:  # somebody took the host off the list: it is a fault as before
            values: dict[str, object] = {"mending_at": None, "ends_at": None}
            audited_save(row, values, actor=BY, verb="repair_incident", reason="its host is off the list", now=now)
    return done


def other_pages(incident: Incident, now: datetime) -> list[str]:
    """Return where the links of a broken page can be led: the pages of their own offers, as far as these answer."""
    return sorted({link.offer.destination_url for link in _leadable(incident, now)})


def list_host(program: Program, host: str, *, now: datetime, by: str) -> int:
    """Add a host to a program's list of domains; returns how many orders that waited for it are looked at again.

    Raises Invalid: no host name. Refuses a program without an offer.
    """
    offer = Offer.objects.filter(program=program, archived_at=None).order_by("created_at", "id").first()
    if offer is None:
        raise Refused("no_offer", _("This program has no offer to add the domain to."))
    checks, typed = Checks(), host
    host = allowed_host(typed)
    if not host:
        text = _("“%(host)s” is not a host name. It is written like shop.example, without https:// or a path.")
        checks.refuse("host", text % {"host": typed[:80]}, "bad_host")
    checks.done()
    if host not in hosts_of([program.pk])[program.pk]:
        change_offer(offer, allowed_hosts=[*offer.allowed_hosts, host], now=now, by=by)
    put_off({host_key(program.pk, host)}, now)
    return waiting_hosts(program.pk).get(host, 0)


def dismiss_host(program: Program, host: str, *, now: datetime, by: str) -> int:
    """Close what pages of a stranger's host told; the rows stay. Returns how many."""
    host, reason = host.strip().lower(), _("The host is none of ours.")
    count = dismiss_waiting(host_key(program.pk, host), detail={"host": host}, reason=reason, now=now, by=by)
    record_change(
        actor=by, verb="dismiss_host", subject_kind="program", subject_id=program.pk, before={"waiting": count},
        after={"host": host, "waiting": 0}, reason=reason, now=now,
    )  # fmt: skip
    return count


def _add_host(incident: Incident, now: datetime, by: str) -> int:
    waiting = list_host(incident.program, str(incident.about.get("host", "")), now=now, by=by)
    audited_save(incident, {"mending_at": now, "ends_at": now}, actor=by, verb="repair_incident", now=now)
    return waiting


def _lead_elsewhere(incident: Incident, now: datetime, by: str) -> int:
    """Lead each link to the page of its own offer; the incident stays open for links whose page there fails, too."""
    links = _leadable(incident, now)
    if not links:
        raise Refused("nowhere", _("There is no page that answers to lead these links to. Mend the page first."))
    for link in links:
        change_link(link, destination_url=link.offer.destination_url, now=now, by=by)
    if not _astray(incident, now).exists():
        mend_incident(incident, _led(links), now=now, by=by)
    return len(links)


def _led(links: list[Link]) -> str:
    pages = {link.offer.destination_url for link in links}
    if len(pages) > 1:
        how = ngettext(
            "%(n)d link leads to the page of its own offer now.",
            "%(n)d links lead to the pages of their own offers now.", len(links),
        )  # fmt: skip
        return how % {"n": len(links)}
    how = ngettext("%(n)d link leads to %(page)s now.", "%(n)d links lead to %(page)s now.", len(links))
    return how % {"n": len(links), "page": pages.pop()}


def _leadable(incident: Incident, now: datetime) -> list[Link]:
    rows = _astray(incident, now).exclude(offer__destination_url__in=failing_pages().values("url"))
    return list(rows.select_related("offer", "enrolment").order_by("number"))


def _astray(incident: Incident, now: datetime) -> QuerySet[Link]:
    """Return the links in use that lead to an incident's failing pages."""
    is_of_it = Q(number__in=incident.about.get("links") or []) | Q(destination_url__in=incident.about.get("urls") or [])
    return links_in_use(incident.program, now).filter(is_of_it, destination_url__in=failing_pages().values("url"))


def _close_repaired(incident: Incident, host: str, now: datetime) -> None:
    """Put what was found in place of what was reckoned; those of whom nothing was found get a nought."""
    found = released(incident.program_id, host, incident.mending_at or incident.starts_at)
    before = set(incident.touched.values_list("enrolment_id", flat=True))
    incident.about = {**incident.about, "is_counted": True}
    incident.evidence = {
        **incident.evidence, "found_orders": sum(each.orders for each in found.values()),
        "found_value_minor": sum(each.value_minor for each in found.values()),
        "found_commission_minor": sum(each.commission_minor for each in found.values()),
    }  # fmt: skip
    incident.save(update_fields=["about", "evidence"])
    _count_again(incident, now)
    keep_touched(incident, {**dict.fromkeys(before, Brought()), **found})
    orders = int(incident.evidence["found_orders"])
    how = ngettext(
        "We added %(host)s to our list of domains and looked through the orders again: %(n)d is credited now.",
        "We added %(host)s to our list of domains and looked through the orders again: %(n)d are credited now.",
        orders,
    ) % {"host": host, "n": orders}  # fmt: skip
    mend_incident(incident, how, now=now, by=BY, letter="incident-found", tell_all=True)


def _count_again(incident: Incident, now: datetime) -> None:
    """Count the days of a fault anew: its orders have their clicks now, and would open the next one without them."""
    zone = incident.program.time_zone
    first = max(local_day(incident.starts_at, zone), local_day(now, zone) - timedelta(days=REACH))
    keep_orders(incident.program, first, count_orders(incident.program, first, now))
