"""What kits brought: clicks and sales that came through their links, told apart by the tag in them.

A kit's links carry `kit=<key>.<channel>`. Numbers are read from rollups: a fixed number of queries, however many kits,
partners and clicks there are. Sales with a code that was made for a kit count beside them, for an order may have both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from hanse.growth.kits.models import Kit, KitTap, KitUse
from hanse.growth.kits.rules import PARAMETER, tag_of
from hanse.growth.kits.types import CHANNELS, Numbers, OnePartner, Used
from hanse.insight.rollups.facets import COUPON, SUB
from hanse.insight.rollups.models import LinkDay, SaleDay, SliceMonth
from hanse.traffic.links.models import Link

DIMENSION = f"{SUB}{PARAMETER}"
_LEFT = F("value_minor") - F("refunded_minor")
_SOLD: dict[str, Any] = {"n_sales": Sum("conversions"), "n_value": Sum(_LEFT), "n_commission": Sum("commission_minor")}
_NAMES = ("n_clicks", "n_sales", "n_value", "n_commission")


@dataclass(frozen=True, slots=True)
class ByChannel:
    """What one kit brought through one channel, and how many partners copied its words."""

    channel: str
    numbers: Numbers
    copied: int


def totals_of(kits: Iterable[Kit]) -> dict[UUID, Numbers]:
    """Return what each kit of a program brought so far through its links. One query."""
    rows = list(kits)
    if not rows:
        return {}
    tags = {tag: kit.pk for kit in rows for tag in _tags(kit)}
    slices = SliceMonth.objects.filter(program_id=rows[0].program_id, dimension=DIMENSION, value__in=list(tags))
    found: defaultdict[UUID, Numbers] = defaultdict(Numbers)
    for row in slices.order_by().values("value").annotate(n_clicks=Sum("clicks"), **_SOLD):
        found[tags[row["value"]]] += _numbers(row)
    return dict(found)


def channels_of(kit: Kit) -> list[ByChannel]:
    """Return what a kit brought by channel, what brought most in front; channels without words or clicks left out."""
    slices = SliceMonth.objects.filter(program_id=kit.program_id, dimension=DIMENSION, value__in=_tags(kit))
    sums = slices.order_by().values("value").annotate(n_clicks=Sum("clicks"), **_SOLD)
    numbers = {row["value"].rpartition(".")[2]: _numbers(row) for row in sums}
    taps = KitTap.objects.filter(use__kit=kit).exclude(channel="").order_by().values("channel")
    copied = {row["channel"]: row["n"] for row in taps.annotate(n=Count("use", distinct=True))}
    written = set(kit.copies.values_list("channel", flat=True))
    shown = [name for name in CHANNELS if name in written or name in numbers or name in copied]
    found = [ByChannel(name, numbers.get(name, Numbers()), copied.get(name, 0)) for name in shown]
    return sorted(found, key=lambda one: (-one.numbers.sales, -one.numbers.clicks, -one.copied, one.channel))


def used_of(kits: Iterable[Kit]) -> dict[UUID, Used]:
    """Return how many partners used each kit, and how far they went. One query."""
    copied = Count("pk", filter=Q(taps__isnull=False), distinct=True)
    rows = KitUse.objects.filter(kit__in=list(kits)).order_by().values("kit_id").annotate(
        n_taken=Count("pk", distinct=True), n_copied=copied,
        n_finished=Count("pk", filter=Q(finished_at__isnull=False), distinct=True),
        n_published=Count("pk", filter=Q(published_at__isnull=False), distinct=True),
    )  # fmt: skip
    return {row["kit_id"]: Used(row["n_taken"], row["n_copied"], row["n_finished"], row["n_published"]) for row in rows}


def partners_of(kit: Kit, enrolment_ids: Sequence[UUID]) -> dict[UUID, OnePartner]:
    """Return what each of these partners brought with a kit. Three queries."""
    tags, ids = _tags(kit), list(enrolment_ids)
    owners = dict(Link.objects.filter(enrolment_id__in=ids).values_list("number", "enrolment_id"))
    clicks: defaultdict[UUID, int] = defaultdict(int)
    days = LinkDay.objects.filter(link_number__in=list(owners), dimension=DIMENSION, value__in=tags)
    for row in days.order_by().values("link_number").annotate(n=Sum("clicks")):
        clicks[owners[row["link_number"]]] += row["n"]
    sales = _sold(SaleDay.objects.filter(enrolment_id__in=ids, dimension=DIMENSION, value__in=tags))
    coded = by_code(kit, ids)
    return {
        who: OnePartner(who, Numbers(clicks=clicks[who]) + sales.get(who, Numbers()), coded.get(who, Numbers()))
        for who in ids
    }


def by_code(kit: Kit, enrolment_ids: Sequence[UUID] | None = None) -> dict[UUID, Numbers]:
    """Return the sales with codes that were made for a kit, by partner. Two queries."""
    uses = KitUse.objects.filter(kit=kit, has_made_code=True, coupon__isnull=False)
    if enrolment_ids is not None:
        uses = uses.filter(enrolment_id__in=list(enrolment_ids))
    codes = dict(uses.values_list("coupon__code", "enrolment_id"))
    if not codes:
        return {}
    rows = SaleDay.objects.filter(enrolment_id__in=list(codes.values()), dimension=COUPON, value__in=list(codes))
    return _sold(rows)


def _sold(rows: QuerySet[Any]) -> dict[UUID, Numbers]:
    sums = rows.order_by().values("enrolment_id").annotate(**_SOLD)
    return {row["enrolment_id"]: _numbers(row) for row in sums}


def _tags(kit: Kit) -> list[str]:
    return [tag_of(kit.key, channel) for channel in CHANNELS]


def _numbers(row: Any) -> Numbers:
    return Numbers(*(int(row.get(name) or 0) for name in _NAMES))
