"""What partners have done in a challenge's window, read with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from hanse.growth.challenges.models import Challenge
from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.types import NOBODY
from hanse.kernel.clock import day_starts_at, local_day
from hanse.traffic.attribution.models import Credit

Days = dict[UUID, list[tuple[date, int]]]
_FEW = 500  # so many are named in a query; of more, the whole program is read
_SUMS: dict[str, Any] = {"value": F("value_minor") - F("refunded_minor"), "clicks": F("clicks")}


def amounts_of(challenge: Challenge, enrolment_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how far each is: value left after refunds, kept sales, new customers or valid clicks. One query."""
    return {who: sum(amount for _day, amount in days) for who, days in days_of(challenge, enrolment_ids).items()}


def days_of(challenge: Challenge, enrolment_ids: Collection[UUID]) -> Days:
    """Return by local day what each did within the window; who did nothing is missing. One query.

    A sale is a conversion with value that is not wholly refunded; a new customer one of those by the customer's first.
    """
    wanted = set(enrolment_ids)
    if not wanted or challenge.metric == Challenge.Metric.PROOF:
        return {}
    found = _summed(challenge, wanted) if challenge.metric in _SUMS else _counted(challenge, wanted)
    return {who: days for who, days in found.items() if who in wanted}


def amounts_for(enrolment_id: UUID, challenges: Sequence[Challenge]) -> dict[UUID, int]:
    """Return how far one partner is in each of several challenges. Two queries at most, however many there are."""
    summed: dict[str, Any] = {}
    counted: dict[str, Any] = {}
    for place, one in enumerate(challenges):
        if one.metric in _SUMS:
            window = Q(day__gte=one.starts_on, day__lte=one.ends_on)
            summed[f"c{place}"] = Sum(_SUMS[one.metric], filter=window, default=0)
        elif one.metric != Challenge.Metric.PROOF:
            since, until = _span(one)
            window = Q(occurred_at__gte=since, occurred_at__lt=until)
            is_new = Q(conversion__is_new=True) if one.metric == Challenge.Metric.NEW_CUSTOMERS else Q()
            counted[f"c{place}"] = Count("pk", filter=window & is_new)
    found: dict[str, int] = {}
    if summed:
        found |= EnrolmentDay.objects.filter(enrolment_id=enrolment_id).aggregate(**summed)
    if counted:
        found |= _sales().filter(enrolment_id=enrolment_id).aggregate(**counted)
    return {one.pk: found.get(f"c{place}", 0) for place, one in enumerate(challenges)}


def _span(challenge: Challenge) -> tuple[datetime, datetime]:
    zone = challenge.program.time_zone
    return day_starts_at(challenge.starts_on, zone), day_starts_at(challenge.ends_on + timedelta(days=1), zone)


def _sales() -> QuerySet[Credit]:
    """Return credits of conversions that are worth something and not wholly refunded."""
    return Credit.objects.filter(
        conversion__is_test=False, conversion__amount_minor__gt=0,
        conversion__refunded_minor__lt=F("conversion__amount_minor"),
    )  # fmt: skip


def _summed(challenge: Challenge, wanted: set[UUID]) -> Days:
    rows = EnrolmentDay.objects.filter(
        program_id=challenge.program_id, day__gte=challenge.starts_on, day__lte=challenge.ends_on
    ).exclude(enrolment_id=NOBODY)
    if len(wanted) <= _FEW:
        rows = rows.filter(enrolment_id__in=wanted)
    summed = rows.order_by().values("enrolment_id", "day").annotate(amount=Sum(_SUMS[challenge.metric]))
    found: Days = defaultdict(list)
    for who, day, amount in summed.values_list("enrolment_id", "day", "amount"):
        found[who].append((day, amount))
    return found


def _counted(challenge: Challenge, wanted: set[UUID]) -> Days:
    zone = challenge.program.time_zone
    since, until = _span(challenge)
    rows = _sales().filter(
        conversion__program_id=challenge.program_id, occurred_at__gte=since, occurred_at__lt=until
    )  # fmt: skip
    if challenge.metric == Challenge.Metric.NEW_CUSTOMERS:
        rows = rows.filter(conversion__is_new=True)
    if len(wanted) <= _FEW:
        rows = rows.filter(enrolment_id__in=wanted)
    found: Days = defaultdict(list)
    for who, at in rows.values_list("enrolment_id", "occurred_at"):
        found[who].append((local_day(at, zone), 1))
    return found
