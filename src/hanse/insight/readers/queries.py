"""Reads of reader facts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from hanse.insight.readers import rules
from hanse.insight.readers.types import ReaderFacts, Sale
from hanse.insight.rollups.models import EnrolmentDay
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.models import Credit

_MOST = 5000  # the latest sales; more would not change a share
_NOBODY = UUID(int=0)
_COLUMNS = ("conversion__occurred_at", "conversion__amount_minor", "conversion__is_new", "conversion__lines")


def reader_facts(enrolment: Enrolment, since: datetime, until: datetime) -> ReaderFacts | None:
    """Return what an enrolment's sales of a time have in common; None for fewer than ten. Three queries."""
    zone = ZoneInfo(enrolment.program.time_zone)
    sales = _sales(enrolment.pk, since, until, zone)
    average = rules.average_minor(sales)
    if average is None:
        return None
    from_hour, until_hour, share = rules.best_hours(sales)
    return ReaderFacts(
        since=since,
        until=until,
        sales=len(sales),
        from_hour=from_hour,
        until_hour=until_hour,
        hours_share=share,
        average_minor=average,
        average_before_minor=rules.average_minor(_sales(enrolment.pk, since - (until - since), since, zone)),
        new_share=rules.new_share(sales),
        others_new_share=_others_new_share(enrolment, since, until, zone),
        categories=rules.categories(sales),
    )


def _sales(enrolment_id: UUID, since: datetime, until: datetime, zone: ZoneInfo) -> list[Sale]:
    rows = Credit.objects.filter(
        enrolment_id=enrolment_id, occurred_at__gte=since, occurred_at__lt=until, conversion__is_test=False,
        conversion__amount_minor__gt=0,
    ).order_by("-occurred_at")  # fmt: skip
    return [
        Sale(at.astimezone(zone).hour, amount, is_new, frozenset(str(line[1] or "") for line in lines))
        for at, amount, is_new, lines in rows.values_list(*_COLUMNS)[:_MOST]
    ]


def _others_new_share(enrolment: Enrolment, since: datetime, until: datetime, zone: ZoneInfo) -> Decimal | None:
    days = EnrolmentDay.objects.filter(
        program_id=enrolment.program_id, day__gte=since.astimezone(zone).date(), day__lte=until.astimezone(zone).date()
    )
    sums = days.exclude(enrolment_id__in=(enrolment.pk, _NOBODY)).aggregate(
        new=Sum("new_customers"), sales=Sum("conversions")
    )
    sold = sums["sales"] or 0
    return Decimal(sums["new"] or 0) / sold if sold >= rules.FEWEST else None
