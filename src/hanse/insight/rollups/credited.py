"""What credits of conversions add, as the rows are now and as it was added: the difference is what moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from hanse.insight.rollups.booked import Booked
from hanse.insight.rollups.deriving import Standing
from hanse.insight.rollups.facets import facets_of_click, facets_of_sale
from hanse.insight.rollups.models import CountedCredit
from hanse.insight.rollups.slicing import add_sales
from hanse.insight.rollups.types import SOLD, CreditedSale, Slices
from hanse.kernel.money import largest_remainder
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many, update_many
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion

_KEPT = (
    "conversion_id", "enrolment_id", "program_id", "customer_id", "occurred_at", "link_number", "click_id", "facets",
)  # fmt: skip
Key = tuple[UUID, UUID]
Owed = dict[UUID, dict[UUID, int]]  # conversion → enrolment → minor units
Stored = dict[Key, tuple[int, CreditedSale]]


def zones() -> dict[UUID, str]:
    """Return the time zone of every program."""
    return dict(Program.objects.values_list("id", "time_zone"))


def conversions_of_clicks(clicks: Collection[RecordedClick]) -> set[UUID]:
    """Return the conversions that brought the token of one of these clicks: they may have come first. One query."""
    if not clicks:
        return set()
    brought = Conversion.objects.filter(click_id__in=[click.id for click in clicks]).exclude(click_id="")
    return set(brought.values_list("id", flat=True))


def counted_sales(conversion_ids: Collection[UUID]) -> Stored:
    """Return what was added for the credits of conversions, with the key of its row."""
    rows = CountedCredit.objects.filter(conversion_id__in=conversion_ids).values_list("pk", *_KEPT, *SOLD)
    width = 1 + len(_KEPT)
    return {(row[1], row[2]): (row[0], _sale(row[1:width], row[width:])) for row in rows}


def _sale(kept: Sequence[Any], numbers: Sequence[int]) -> CreditedSale:
    return CreditedSale(*(*kept, tuple(numbers)))


def credited_sales(standing: Mapping[UUID, Standing], owed: Owed, stored: Stored) -> dict[Key, CreditedSale]:
    """Return what the credits of conversions add as the rows are now. One query of clicks.

    Where a click's row is gone (or has not come yet), what was known of it when it was counted is kept.
    """
    touched = {share.click_id for one in standing.values() for share in one.shares if share.click_id}
    facets = _facets_of_clicks(touched)
    sales = (sale for one in standing.values() for sale in _sales_of(one, owed.get(one.id, {}), facets, stored))
    return {sale.key: sale for sale in sales}


def owed_of(conversion_ids: Collection[UUID], less: Booked | None = None) -> Owed:
    """Return what is owed for conversions, by enrolment, `less` what is not to be counted yet. One query."""
    owed: Owed = {}
    rows = Commission.objects.filter(conversion_id__in=conversion_ids)
    for id_, conversion_id, enrolment_id, minor in rows.values_list(
        "id", "conversion_id", "enrolment_id", "owed_minor"
    ):
        counted = minor - (less[id_]["commission_minor"] if less and id_ in less else 0)
        if counted:
            owed.setdefault(conversion_id, {})[enrolment_id] = counted
    return owed


def recount(standing: Mapping[UUID, Standing], owed: Owed, known: Collection[UUID]) -> Slices:
    """Bring what was counted of conversions up to the rows and return the difference.

    `known` are those that may have been counted before. Two queries and up to three statements; conversions without
    credits or commission cost no row.
    """
    slices = Slices()
    stored = counted_sales(known) if known else {}
    now = credited_sales(standing, owed, stored)
    changed = {key: sale for key, sale in now.items() if key not in stored or stored[key][1] != sale}
    gone = [key for key in stored if key not in now]
    if changed or gone:
        places = {one.program_id: one.zone for one in standing.values()} if not gone else zones()
        add_sales(slices, changed.values(), places)
        add_sales(slices, (stored[key][1] for key in (*changed, *gone) if key in stored), places, sign=-1)
        _keep(changed, gone, stored)
    return slices


def _keep(changed: Mapping[Key, CreditedSale], gone: Collection[Key], stored: Stored) -> None:
    insert_many(CountedCredit, [_row(sale) for key, sale in changed.items() if key not in stored])
    moved = [(stored[key][0], sale) for key, sale in changed.items() if key in stored]
    update_many(CountedCredit, [{"id": pk, **_row(sale)} for pk, sale in moved])
    if gone:
        CountedCredit.objects.filter(pk__in=[stored[key][0] for key in gone]).delete()


def _row(sale: CreditedSale) -> dict[str, object]:
    row = {name: getattr(sale, name) for name in _KEPT}
    return row | dict(zip(SOLD, sale.numbers, strict=True))


def _sales_of(
    one: Standing, owed: Mapping[UUID, int], facets: Mapping[str, dict[str, str]], stored: Stored
) -> Iterable[CreditedSale]:
    """Divide a conversion among its credits exactly as days of enrolments do."""
    weights = [share.share_ppm for share in one.shares]
    values = largest_remainder(one.value_minor, weights) if weights else []
    refunds = largest_remainder(one.refunded_minor, weights) if weights else []
    who = (one.program_id, one.customer_id, one.occurred_at)
    for share, value, refund in zip(one.shares, values, refunds, strict=True):
        touch = _known(facets, share.click_id, stored.get((one.id, share.enrolment_id)))
        told = facets_of_sale(touch, one.country, one.coupon_code)
        numbers = (1, int(one.by_click), int(bool(one.is_new)), value, refund, owed.get(share.enrolment_id, 0))
        yield CreditedSale(one.id, share.enrolment_id, *who, share.link_number, share.click_id, told, numbers)
    for enrolment_id in owed.keys() - {share.enrolment_id for share in one.shares}:
        yield CreditedSale(one.id, enrolment_id, *who, 0, "", {}, (0, 0, 0, 0, 0, owed[enrolment_id]))


def _known(
    facets: Mapping[str, dict[str, str]], click_id: str, counted: tuple[int, CreditedSale] | None
) -> Mapping[str, str]:
    if click_id in facets or counted is None or counted[1].click_id != click_id:
        return facets.get(click_id, {})
    return counted[1].facets


def _facets_of_clicks(click_ids: Collection[str]) -> dict[str, dict[str, str]]:
    """Return what is known of clicks that have a row. One query, none where there are no clicks."""
    if not click_ids:
        return {}
    names = {field.attname for field in Click._meta.concrete_fields}
    columns = ("country", "device", "referrer_host", *(("variant",) if "variant" in names else ()), "subs")
    rows = Click.objects.filter(id__in=click_ids).values("id", *columns)
    return {
        row["id"]: facets_of_click(
            row["country"], row["device"], row["referrer_host"], row.get("variant", ""), row["subs"] or {}
        )
        for row in rows
    }
