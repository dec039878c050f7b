"""Reads what a program's enrolments have in common: what facts compare one of them with. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Sum

from hanse.insight.facts.material import YEAR, Around, Peers, Sums
from hanse.insight.rollups.facets import LINK
from hanse.insight.rollups.models import EnrolmentDay, ProgramDay, SliceDay
from hanse.insight.rollups.types import NOBODY
from hanse.kernel.clock import day_starts_at
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Credit
from hanse.traffic.links.models import Link

_QUARTER = 90
_BUSIEST = 5_000  # links whose destinations are looked at; the rest would hardly move a rate
_LEFT = F("value_minor") - F("refunded_minor")
_SUMS = {
    "n_clicks": Sum("clicks"), "n_click_sales": Sum("click_conversions"), "n_sales": Sum("conversions"),
    "n_new": Sum("new_customers"), "n_value": Sum(_LEFT), "n_commission": Sum("commission_minor"),
}  # fmt: skip


def around(program: Program, today: date) -> Around:
    """Return what facts of a program's enrolments are compared with on a local day. Seven queries."""
    mine = _by_enrolment(program.pk, today)
    deep, plain = _deep_and_plain(program.pk, today)
    year = ProgramDay.objects.filter(program_id=program.pk)
    first = today - timedelta(days=YEAR)
    coming = year.filter(day__range=(first, first + timedelta(days=30))).aggregate(n=Sum("conversions"))["n"] or 0
    whole = year.filter(day__range=(first + timedelta(days=1), today)).aggregate(n=Sum("conversions"))["n"] or 0
    begin, end = (day_starts_at(today + timedelta(days=n), program.time_zone) for n in (1 - _QUARTER, 1))
    refunded = Credit.objects.filter(
        enrolment__program=program, conversion__is_test=False, conversion__refunded_minor__gt=0, occurred_at__gte=begin,
        occurred_at__lt=end,
    )  # fmt: skip
    total = Sums()
    for sums in mine.values():
        total += sums
    before = _whole(program.pk, today - timedelta(days=2 * _QUARTER - 1), today - timedelta(days=_QUARTER))
    return Around(
        _peers(program, mine), total, before, refunded.count(), deep, plain, coming, whole,
    )  # fmt: skip


def _by_enrolment(program_id: UUID, today: date) -> dict[UUID, Sums]:
    days = EnrolmentDay.objects.filter(
        program_id=program_id, day__gt=today - timedelta(days=_QUARTER), day__lte=today
    ).exclude(enrolment_id=NOBODY)
    rows = days.order_by().values("enrolment_id").annotate(**_SUMS).values_list("enrolment_id", *_SUMS)
    return {who: Sums(*numbers) for who, *numbers in rows}


def _whole(program_id: UUID, first: date, last: date) -> Sums:
    found = ProgramDay.objects.filter(program_id=program_id, day__range=(first, last)).aggregate(**_SUMS)
    return Sums(*(found[name] or 0 for name in _SUMS))


def _peers(program: Program, mine: dict[UUID, Sums]) -> dict[str, Peers]:
    """Put the active enrolments together by the first type of their partners. One query."""
    rows = Enrolment.objects.filter(program=program, is_test=False, status=Enrolment.Status.ACTIVE)
    by_kind: dict[str, list[Sums]] = defaultdict(list)
    for key, types in rows.values_list("id", "partner__types"):
        by_kind[str(types[0]) if types else ""].append(mine.get(key, Sums()))
    peers = {}
    for kind, members in by_kind.items():
        whole = Sums()
        for sums in members:
            whole += sums
        values = sorted((sums.value_minor for sums in members if sums.value_minor > 0), reverse=True)
        peers[kind] = Peers(len(members), sum(1 for sums in members if sums.clicks), whole, values)
    return peers


def _deep_and_plain(program_id: UUID, today: date) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return clicks and click sales through links to single pages, and through those to the front page. Two queries."""
    rows = SliceDay.objects.filter(
        program_id=program_id, dimension=LINK, day__gt=today - timedelta(days=_QUARTER), day__lte=today
    ).order_by()
    grouped = rows.values("value").annotate(clicks_n=Sum("clicks"), sales_n=Sum("click_conversions"))
    busiest = grouped.order_by("-clicks_n").values_list("value", "clicks_n", "sales_n")[:_BUSIEST]
    numbers = {int(value): (clicks, sales) for value, clicks, sales in busiest if value.isdigit()}
    deep, plain = [0, 0], [0, 0]
    for number, is_deep in _are_deep(numbers):
        side = deep if is_deep else plain
        side[0] += numbers[number][0]
        side[1] += numbers[number][1]
    return (deep[0], deep[1]), (plain[0], plain[1])


def _are_deep(numbers: Collection[int]) -> list[tuple[int, bool]]:
    rows = Link.objects.filter(number__in=list(numbers)).values_list(
        "number", "destination_url", "offer__destination_url"
    )
    return [(number, url != plain) for number, url, plain in rows]
