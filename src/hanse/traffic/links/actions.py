"""Verbs of links."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.paths import RESERVED, SLUG_MAX, is_slug
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.doors import actions as doors
from hanse.spine.doors.types import LinkRow, LinkStatus
from hanse.spine.web_addresses import leads_to_one_of
from hanse.traffic.links import queries, rules
from hanse.traffic.links.models import Link

_AUDITED = ("number", "slug", "enrolment_id", "offer_id", "destination_url", "label", "initiative", "expires_at")


class LinkChanges(TypedDict, total=False):
    """What may be changed of a link; its slug stays, it is printed somewhere."""

    destination_url: str
    label: str
    initiative: str
    expires_at: datetime | None


def create_link(
    enrolment: Enrolment, offer: Offer, *, slug: str | None = None, destination_url: str | None = None,
    label: str = "", initiative: str = "", expires_at: datetime | None = None, now: datetime, by: str,
) -> Link:  # fmt: skip
    """Make a tracking URL; without a slug one is made of the partner's name, without a destination it is the offer's.

    Raises Invalid (slug taken or reserved, host not allowed …); refuses ended enrolments and archived offers.
    """
    _refuse_closed(enrolment, offer)
    checks = Checks()
    changes: LinkChanges = {
        "destination_url": destination_url or offer.destination_url, "label": label, "initiative": initiative,
        "expires_at": expires_at,
    }  # fmt: skip
    values = _checked(checks, changes, offer, now)
    doors.next_version()  # holds other publishers back: nobody else takes this number
    slug = _checked_slug(checks, slug) if slug else _slug_for(enrolment)
    checks.done()
    link = Link(
        id=new_id(now), number=_next_number(), slug=slug, enrolment=enrolment, offer=offer, created_at=now, **values
    )
    link.save(force_insert=True)
    doors.publish_link(_row(link, enrolment.status))
    record_creation(link, actor=by, verb="create_link", fields=_AUDITED, now=now)
    return link


def change_link(link: Link, *, now: datetime, by: str, **changes: Unpack[LinkChanges]) -> Link:
    """Change where a link leads, how it is called or when it expires. Raises Invalid."""
    checks = Checks()
    values = _checked(checks, changes, link.offer, now)
    checks.done()
    if audited_save(link, values, actor=by, verb="change_link", now=now):
        doors.publish_link(_row(link, link.enrolment.status))
    return link


def archive_link(link: Link, *, now: datetime, by: str) -> None:
    """Switch a link off: visitors go to the program's fallback page, clicks are kept as `link_disabled`."""
    if link.archived_at is None:
        audited_save(link, {"archived_at": now}, actor=by, verb="archive_link", now=now)
        doors.publish_link(_row(link, link.enrolment.status))


def restore_link(link: Link, *, now: datetime, by: str) -> None:
    """Switch an archived link on again."""
    if audited_save(link, {"archived_at": None}, actor=by, verb="restore_link", now=now):
        doors.publish_link(_row(link, link.enrolment.status))


def note_copied(link: Link, now: datetime) -> None:
    """Keep when a partner first copied a link: a step of their onboarding."""
    Link.objects.filter(pk=link.pk, copied_at=None).update(copied_at=now)


def _refuse_closed(enrolment: Enrolment, offer: Offer) -> None:
    if enrolment.program_id != offer.program_id:
        raise Refused("other_program", _("This offer belongs to another program."))
    if enrolment.status in ("ended", "suspended"):
        raise Refused("enrolment_closed", _("This enrolment is %(status)s: it gets no new links.") % {
            "status": enrolment.status
        })  # fmt: skip
    if offer.archived_at is not None or offer.program.archived_at is not None:
        raise Refused("archived", _("This offer is archived."))


def _checked(checks: Checks, changes: LinkChanges, offer: Offer, now: datetime) -> dict[str, object]:
    values = dict[str, object](changes)
    if "destination_url" in changes:
        url = checks.web_address("destination_url", changes["destination_url"], 1000, required=True)
        values["destination_url"] = url
        if url and not checks.problems and not leads_to_one_of(url, offer.allowed_hosts):
            message = _("Links of this offer may lead to: %(hosts)s.") % {"hosts": ", ".join(offer.allowed_hosts)}
            checks.refuse("destination_url", message, "host_not_allowed")
    if "label" in changes:
        values["label"] = checks.text("label", changes["label"], 120)
    if "initiative" in changes:
        values["initiative"] = checks.text("initiative", changes["initiative"], 80)
    expires_at = changes.get("expires_at")
    if expires_at is not None and expires_at <= now:
        checks.refuse("expires_at", _("This moment has passed already."), "in_the_past")
    return values


def _checked_slug(checks: Checks, slug: str) -> str:
    if slug.lower() in RESERVED or slug.lower() in {taken.lower() for taken in queries.slugs_like(slug)}:
        free = rules.free_slug(rules.slug_from(slug), queries.slugs_like(rules.slug_from(slug)))
        message = _("“%(slug)s” is taken. “%(free)s” is free.") % {"slug": slug, "free": free}
        checks.refuse("slug", message, "slug_taken")
    elif not is_slug(slug):
        message = _("Use letters, digits and - . _ ~ only, beginning with a letter or digit, at most %(limit)d.")
        checks.refuse("slug", message % {"limit": SLUG_MAX}, "bad_slug")
    return slug


def _slug_for(enrolment: Enrolment) -> str:
    wanted = rules.slug_from(enrolment.partner.name)
    return rules.free_slug(wanted, queries.slugs_like(wanted))


def _next_number() -> int:
    number = (Link.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > rules.MAX_LINK_NUMBER:
        raise Refused("links_full", _("All %(limit)d link numbers are in use.") % {"limit": rules.MAX_LINK_NUMBER})
    return number


def _row(link: Link, enrolment_status: str) -> LinkRow:
    status: LinkStatus = "partner_suspended" if enrolment_status == "suspended" else ""
    return LinkRow(
        number=link.number, slug=link.slug, program_id=link.enrolment.program_id, destination=link.destination_url,
        allowed_hosts=tuple(link.offer.allowed_hosts), status="link_disabled" if link.archived_at else status,
        expires_at=link.expires_at, enrolment_id=link.enrolment_id, offer_id=link.offer_id,
    )  # fmt: skip
