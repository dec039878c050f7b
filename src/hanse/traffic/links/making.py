"""Making links, one or a thousand, with the same checks and a fixed number of queries a partner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from hanse.kernel.errors import HanseError, Refused
from hanse.kernel.ids import new_id
from hanse.kernel.paths import RESERVED, SLUG_MAX, is_slug
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.spine.audit.actions import record_creations
from hanse.spine.checks import Checks
from hanse.spine.doors import actions as doors
from hanse.traffic.links import queries, rules
from hanse.traffic.links.checking import LinkChanges, checked_values, door_row, refuse_closed
from hanse.traffic.links.models import Link

MAX_TOGETHER = 1_000
_AUDITED = (
    "number", "slug", "enrolment_id", "offer_id", "destination_url", "label", "initiative", "expires_at", "routes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link to make. Without a slug one is made of the partner's name; without a destination it is the offer's."""

    enrolment: Enrolment
    offer: Offer
    slug: str | None = None
    destination_url: str | None = None
    label: str = ""
    initiative: str = ""
    expires_at: datetime | None = None
    routes: object = None

    def changes(self) -> LinkChanges:
        """Return what is checked alike when a link is changed."""
        return {
            "destination_url": self.destination_url or self.offer.destination_url, "label": self.label,
            "initiative": self.initiative, "expires_at": self.expires_at, "routes": self.routes,
        }  # fmt: skip


def create_links(wanted: Sequence[NewLink], *, now: datetime, by: str, pointer: str | None = "/links") -> list[Link]:
    """Make links, all or none. Raises Invalid with every problem (at `/links/3/slug`; no pointer: at `/slug`).

    Refuses ended enrolments, archived offers and more than a thousand at once.
    """
    if len(wanted) > MAX_TOGETHER:
        raise Refused("too_many", _("At most %(limit)d links at once.") % {"limit": MAX_TOGETHER})
    all_checks = Checks()
    doors.next_version()  # holds other publishers back: nobody else takes these numbers or slugs
    slugs = _Slugs([new.slug for new in wanted if new.slug])
    first, links = _next_number(len(wanted)), list[Link]()
    for place, new in enumerate(wanted):
        checks = Checks("" if pointer is None else f"{pointer}/{place}")
        _refuse_closed_at(checks, new, alone=pointer is None)
        values = checked_values(checks, new.changes(), new.offer, now)
        slug = slugs.checked(checks, new.slug) if new.slug else slugs.made_of(new.enrolment.partner.name)
        all_checks.problems.extend(checks.problems)
        links.append(Link(
            id=new_id(now), number=first + place, slug=slug, enrolment=new.enrolment, offer=new.offer, created_at=now,
            **values,
        ))  # fmt: skip
    all_checks.done()
    Link.objects.bulk_create(links)
    doors.publish_links(door_row(link, link.enrolment.status) for link in links)
    record_creations(links, actor=by, verb="create_link", fields=_AUDITED, now=now)
    return links


def _refuse_closed_at(checks: Checks, new: NewLink, *, alone: bool) -> None:
    """One link is refused as such; among many each says what is in its way."""
    if alone:
        refuse_closed(new.enrolment, new.offer)
        return
    try:
        refuse_closed(new.enrolment, new.offer)
    except Refused as refusal:
        checks.refuse("enrolment", refusal.message, refusal.code)
    except HanseError as error:
        checks.refuse("enrolment", str(error))


class _Slugs:
    """Slugs in use: those that are asked for, in any capitalisation, and those that begin like a partner's name."""

    def __init__(self, wanted: Iterable[str]) -> None:
        lower = {slug.lower() for slug in wanted}
        found = Link.objects.annotate(lower=Lower("slug")).filter(lower__in=lower) if lower else Link.objects.none()
        self._taken = {slug.lower() for slug in found.values_list("slug", flat=True)}
        self._names_read: set[str] = set()

    def checked(self, checks: Checks, slug: str) -> str:
        """Return a wanted slug; refuse one that is taken, reserved or no slug."""
        if slug.lower() in RESERVED or slug.lower() in self._taken:
            message = _("“%(slug)s” is taken. “%(free)s” is free.") % {"slug": slug, "free": self._free(slug)}
            checks.refuse("slug", message, "slug_taken")
        elif not is_slug(slug):
            message = _("Use letters, digits and - . _ ~ only, beginning with a letter or digit, at most %(limit)d.")
            checks.refuse("slug", message % {"limit": SLUG_MAX}, "bad_slug")
        self._taken.add(slug.lower())
        return slug

    def made_of(self, name: str) -> str:
        """Return a free slug made of a name."""
        slug = self._free(name)
        self._taken.add(slug.lower())
        return slug

    def _free(self, name: str) -> str:
        wanted = rules.slug_from(name)
        if wanted not in self._names_read:
            self._names_read.add(wanted)
            self._taken.update(slug.lower() for slug in queries.slugs_like(wanted))
        return rules.free_slug(wanted, self._taken)


def _next_number(count: int) -> int:
    number = (Link.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    if number + count - 1 > rules.MAX_LINK_NUMBER:
        raise Refused("links_full", _("All %(limit)d link numbers are in use.") % {"limit": rules.MAX_LINK_NUMBER})
    return number
