"""Verbs of price lists: begin a list, publish a version, put a list away."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.pricelists.models import PriceLine, PriceList, PriceVersion
from hanse.traffic.pricelists.rules import read_prices


def create_price_list(
    program: Program, *, name: str, enrolment: Enrolment | None = None, partner_type: str = "", now: datetime, by: str
) -> PriceList:
    """Begin a list for one partner, for a type, or for everybody who resells. Nobody and no type has two. Raises
    Invalid; Refused where there is one already."""
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    if partner_type:
        checks.one_of("partner_type", partner_type, {kind.slug for kind in partner_types()})
    if enrolment is not None and (partner_type or enrolment.program_id != program.pk):
        checks.refuse("enrolment", _("A list is for one partner of this program, or for a type."), "not_an_option")
    checks.done()
    Program.objects.select_for_update().get(pk=program.pk)
    same = PriceList.objects.filter(
        program=program, enrolment=enrolment, partner_type=partner_type, archived_at=None
    ).first()
    if same is not None:
        raise Refused(
            "list_exists", _("“%(name)s” is for them already: publish a new version of it.") % {"name": same.name}
        )
    row = PriceList.objects.create(
        id=new_id(now), program=program, name=name, enrolment=enrolment, partner_type=partner_type, created_at=now
    )
    record_creation(
        row, actor=by, verb="create_price_list", fields=("name", "enrolment_id", "partner_type"), now=now
    )  # fmt: skip
    return row


def publish_prices(
    price_list: PriceList, lines: object, *, valid_from: date, valid_until: date | None = None, note: str = "",
    now: datetime, by: str,
) -> PriceVersion:  # fmt: skip
    """Publish the next version of a list: whole, never changed again. Orders recorded before keep their prices.

    Raises Invalid with the place of each line that cannot be; refuses lists that were put away.
    """
    checks = Checks()
    note = checks.text("note", note, 500)
    if valid_until is not None and valid_until < valid_from:
        checks.refuse("valid_until", _("It ends before it starts."), "out_of_range")
    checks.done()
    prices = read_prices(lines)
    row = PriceList.objects.select_for_update().get(pk=price_list.pk)
    if row.archived_at is not None:
        raise Refused("archived", _("This list was put away."))
    last = row.versions.aggregate(last=Max("number"))["last"] or 0
    version = PriceVersion.objects.create(
        id=new_id(now), price_list=row, number=last + 1, valid_from=valid_from, valid_until=valid_until, note=note,
        published_at=now, published_by=by[:200],
    )  # fmt: skip
    PriceLine.objects.bulk_create(
        (
            PriceLine(
                id=new_id(), version=version, position=place, sku=price.sku, name=price.name,
                list_minor=price.list_minor, partner_minor=price.partner_minor,
            )
            for place, price in enumerate(prices)
        ),
        batch_size=500,
    )  # fmt: skip
    record_change(
        actor=by, verb="publish_prices", subject_kind="pricelist", subject_id=row.pk, before={"number": last},
        after={"name": row.name, "number": version.number, "lines": len(prices), "valid_from": valid_from}, reason=note,
        now=now,
    )  # fmt: skip
    return version


def archive_price_list(price_list: PriceList, *, now: datetime, by: str) -> None:
    """Put a list away: orders to come go by the next list that is meant for the partner."""
    audited_save(price_list, {"archived_at": now}, actor=by, verb="archive_price_list", now=now)
