"""What may be written of a link, and how the edge is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.routes import read_routes, routes_object, routes_text
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.spine.checks import Checks, countries
from hanse.spine.doors.types import LinkRow, LinkStatus
from hanse.spine.web_addresses import address_problem, as_sent, leads_to_one_of
from hanse.traffic.links.models import Link


class LinkChanges(TypedDict, total=False):
    """What may be changed of a link; its slug stays, it is printed somewhere. `routes`: as `kernel.routes` reads it."""

    destination_url: str
    label: str
    initiative: str
    expires_at: datetime | None
    routes: object


def refuse_closed(enrolment: Enrolment, offer: Offer) -> None:
    """Raise Refused where no new links are made: ended or suspended enrolments, archived offers and programs."""
    if enrolment.program_id != offer.program_id:
        raise Refused("other_program", _("This offer belongs to another program."))
    if enrolment.status in ("ended", "suspended"):
        raise Refused("enrolment_closed", _("This enrolment is %(status)s: it gets no new links.") % {
            "status": enrolment.status
        })  # fmt: skip
    if offer.archived_at is not None or offer.program.archived_at is not None:
        raise Refused("archived", _("This offer is archived."))


def checked_values(
    checks: Checks, changes: LinkChanges, offer: Offer, now: datetime, destination: str = ""
) -> dict[str, object]:
    """Return the columns of a change; what is wrong is kept in `checks`. `destination`: what it was before."""
    values = dict[str, object](changes)
    if "destination_url" in changes:
        destination = checks.web_address("destination_url", changes["destination_url"], 1000, required=True)
        values["destination_url"] = destination
        if destination and not checks.problems and not leads_to_one_of(destination, offer.allowed_hosts):
            checks.refuse("destination_url", _hosts_text(offer), "host_not_allowed")
    if "label" in changes:
        values["label"] = checks.text("label", changes["label"], 120)
    if "initiative" in changes:
        values["initiative"] = checks.text("initiative", changes["initiative"], 80)
    if "routes" in changes:
        values["routes"] = _checked_routes(checks, changes["routes"], offer, destination)
    expires_at = changes.get("expires_at")
    if expires_at is not None and expires_at <= now:
        checks.refuse("expires_at", _("This moment has passed already."), "in_the_past")
    return values


def door_row(link: Link, enrolment_status: str) -> LinkRow:
    """Return a link as the edge needs it."""
    status: LinkStatus = "partner_suspended" if enrolment_status == "suspended" else ""
    return LinkRow(
        number=link.number, slug=link.slug, program_id=link.enrolment.program_id,
        destination=as_sent(link.destination_url),
        allowed_hosts=tuple(link.offer.allowed_hosts), status="link_disabled" if link.archived_at else status,
        expires_at=link.expires_at, enrolment_id=link.enrolment_id, offer_id=link.offer_id,
        routes=routes_text(read_routes(link.routes).leading(as_sent)),
    )  # fmt: skip


def _checked_routes(checks: Checks, value: object, offer: Offer, destination: str) -> dict[str, object]:
    pointer = f"{checks.prefix}/routes"
    try:
        routes = read_routes(value, pointer)
    except Invalid as invalid:
        checks.problems.extend(invalid.problems)
        return {}
    for place, rule in enumerate(routes.rules):
        for country in sorted(rule.countries - countries()):
            message = _("%(country)s is no country of ISO 3166.") % {"country": country}
            checks.refuse_at(f"{pointer}/rules/{place}/countries", message, "bad_country")
    for at, address in routes.addresses():
        problem = address_problem(address)
        if problem:
            checks.refuse_at(f"{pointer}{at}", problem, "bad_url")
        elif not leads_to_one_of(address, offer.allowed_hosts):
            checks.refuse_at(f"{pointer}{at}", _hosts_text(offer), "host_not_allowed")
        elif destination.startswith("https:") and not address.lower().startswith("https:"):
            checks.refuse_at(f"{pointer}{at}", _("This link is https: it must not lead to plain http."), "weaker")
    return routes_object(routes)


def _hosts_text(offer: Offer) -> str:
    return _("Links of this offer may lead to: %(hosts)s.") % {"hosts": ", ".join(offer.allowed_hosts)}
