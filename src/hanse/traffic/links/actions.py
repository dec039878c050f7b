"""Verbs of links."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks
from hanse.spine.doors import actions as doors
from hanse.traffic.links.checking import LinkChanges as LinkChanges
from hanse.traffic.links.checking import checked_values, door_row
from hanse.traffic.links.making import MAX_TOGETHER as MAX_TOGETHER
from hanse.traffic.links.making import NewLink as NewLink
from hanse.traffic.links.making import create_links as create_links
from hanse.traffic.links.models import Link


def create_link(
    enrolment: Enrolment, offer: Offer, *, slug: str | None = None, destination_url: str | None = None,
    label: str = "", initiative: str = "", expires_at: datetime | None = None, routes: object = None,
    now: datetime, by: str,
) -> Link:  # fmt: skip
    """Make a tracking URL; without a slug one is made of the partner's name, without a destination it is the offer's.

    Raises Invalid (slug taken or reserved, host not allowed …); refuses ended enrolments and archived offers.
    """
    new = NewLink(
        enrolment, offer, slug=slug, destination_url=destination_url, label=label, initiative=initiative,
        expires_at=expires_at, routes=routes,
    )  # fmt: skip
    return create_links([new], now=now, by=by, pointer=None)[0]


def change_link(link: Link, *, now: datetime, by: str, **changes: Unpack[LinkChanges]) -> Link:
    """Change where a link leads, how it is called or when it expires. Raises Invalid."""
    checks = Checks()
    values = checked_values(checks, changes, link.offer, now, link.destination_url)
    checks.done()
    if audited_save(link, values, actor=by, verb="change_link", now=now):
        doors.publish_link(door_row(link, link.enrolment.status))
    return link


def archive_link(link: Link, *, now: datetime, by: str) -> None:
    """Switch a link off: visitors go to the program's fallback page, clicks are kept as `link_disabled`."""
    if link.archived_at is None:
        audited_save(link, {"archived_at": now}, actor=by, verb="archive_link", now=now)
        doors.publish_link(door_row(link, link.enrolment.status))


def restore_link(link: Link, *, now: datetime, by: str) -> None:
    """Switch an archived link on again."""
    if audited_save(link, {"archived_at": None}, actor=by, verb="restore_link", now=now):
        doors.publish_link(door_row(link, link.enrolment.status))


def note_copied(link: Link, now: datetime) -> None:
    """Keep when a partner first copied a link: a step of their onboarding."""
    Link.objects.filter(pk=link.pk, copied_at=None).update(copied_at=now)
