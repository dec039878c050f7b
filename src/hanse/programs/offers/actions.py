"""Verbs of offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.offers.models import Offer
from hanse.programs.programs.doors import publish_program
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.doors.actions import publish_offer_hosts
from hanse.spine.web_addresses import allowed_host, host_of

_AUDITED = ("program_id", "name", "destination_url", "allowed_hosts")


class OfferChanges(TypedDict, total=False):
    """What may be changed of an offer."""

    name: str
    destination_url: str
    allowed_hosts: Sequence[str]
    description: str


def create_offer(
    program: Program, *, name: str, destination_url: str, allowed_hosts: Sequence[str] = (), description: str = "",
    now: datetime, by: str,
) -> Offer:  # fmt: skip
    """Add an offer. Without hosts, links lead to the destination's host only. Raises Invalid, Refused if archived."""
    if program.archived_at is not None:
        raise Refused("program_archived", _("This program is archived."))
    changes: OfferChanges = {
        "name": name, "destination_url": destination_url, "allowed_hosts": allowed_hosts, "description": description,
    }  # fmt: skip
    values = _checked(changes, None)
    offer = Offer(id=new_id(now), program=program, created_at=now, **values)
    offer.save(force_insert=True)
    record_creation(offer, actor=by, verb="create_offer", fields=_AUDITED, now=now)
    publish_program(program)
    return offer


def change_offer(offer: Offer, *, now: datetime, by: str, **changes: Unpack[OfferChanges]) -> Offer:
    """Change an offer. Links keep the destination they were made with; what hosts are allowed reaches them at once."""
    values = _checked(changes, offer)
    if audited_save(offer, values, actor=by, verb="change_offer", now=now):
        publish_offer_hosts(offer.pk, offer.allowed_hosts)
        publish_program(offer.program)
    return offer


def archive_offer(offer: Offer, *, now: datetime, by: str) -> None:
    """Make no new links for an offer; those that exist go on working."""
    if offer.archived_at is None:
        audited_save(offer, {"archived_at": now}, actor=by, verb="archive_offer", now=now)
        publish_program(offer.program)


def _checked(changes: OfferChanges, offer: Offer | None) -> dict[str, object]:
    checks, values = Checks(), dict[str, object](changes)
    if "name" in changes:
        values["name"] = checks.text("name", changes["name"], 120, required=True)
    if "description" in changes:
        values["description"] = checks.text("description", changes["description"], 5000, lines=True)
    destination = offer.destination_url if offer else ""
    if "destination_url" in changes:
        destination = checks.web_address("destination_url", changes["destination_url"], 500, required=True)
        values["destination_url"] = destination
    if "allowed_hosts" in changes:
        values["allowed_hosts"] = _checked_hosts(checks, changes["allowed_hosts"])
    hosts = values.get("allowed_hosts", offer.allowed_hosts if offer else [])
    checks.done()
    if not hosts:
        values["allowed_hosts"] = [host_of(destination)]
    elif isinstance(hosts, list) and host_of(destination) not in hosts:
        message = _("The destination's host %(host)s is not among the allowed hosts.") % {"host": host_of(destination)}
        checks.refuse("destination_url", message, "host_not_allowed")
    checks.done()
    return values


def _checked_hosts(checks: Checks, hosts: Sequence[str]) -> list[str]:
    found = []
    for host in hosts:
        plain = allowed_host(host)
        if not plain:
            message = _("“%(host)s” is not a host name. It is written like shop.example, without https:// or a path.")
            checks.refuse("allowed_hosts", message % {"host": host[:80]}, "bad_host")
        found.append(plain)
    if len(found) > 100:
        checks.refuse("allowed_hosts", _("At most %(limit)d entries, please.") % {"limit": 100}, "too_long")
    return list(dict.fromkeys(host for host in found if host))
