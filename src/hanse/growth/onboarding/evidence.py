"""What completes steps by itself: the first day of each event, read where it happened. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hanse.growth.onboarding.models import HandStep, Onboarding
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import local_day
from hanse.money.payouts.models import Payout
from hanse.people.partners.models import PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

COLUMNS = {
    "terms": "terms_on", "link": "link_on", "copied": "copied_on", "click": "click_on", "piece": "piece_on",
    "sale": "sale_on", "details": "details_on", "payout": "payout_on",
}  # fmt: skip
_NEVER = Value(date(9999, 1, 1), output_field=DateField())


def firsts_of(enrolments: Collection[Enrolment]) -> dict[UUID, dict[str, date]]:
    """Return for each enrolment (with its program) the local day of each step that is done, by key. Seven queries."""
    zones = {row.pk: row.program.time_zone for row in enrolments}
    by_partner: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in enrolments:
        by_partner[row.partner_id].append(row.pk)
    found: dict[UUID, dict[str, date]] = {key: {} for key in zones}

    def note(key: UUID, step: str, at: datetime | None) -> None:
        if at is not None:
            day = local_day(at, zones[key])
            found[key][step] = min(day, found[key].get(step, day))

    for key, at in _least(Agreement.objects.filter(enrolment_id__in=zones), "accepted_at"):
        note(key, "terms", at)
    links = Link.objects.filter(enrolment_id__in=zones).order_by().values("enrolment_id")
    firsts = links.annotate(made=Min("created_at"), copied=Min("copied_at"))
    for key, made_at, copied_at in firsts.values_list("enrolment_id", "made", "copied"):
        note(key, "link", made_at)
        note(key, "copied", copied_at)
    for key, at in _least(Coupon.objects.filter(enrolment_id__in=zones), "created_at"):
        note(key, "link", at)
    for partner_id, at in PayoutDetails.objects.filter(partner_id__in=by_partner).values_list(
        "partner_id", "changed_at"
    ):
        for key in by_partner[partner_id]:
            note(key, "details", at)
    for key, at in _least(_settled().filter(enrolment_id__in=zones), "settled_at"):
        note(key, "payout", at)
    marks = EnrolmentMark.objects.filter(enrolment_id__in=zones)
    for key, click, sale in marks.values_list("enrolment_id", "first_click", "first_sale"):
        found[key] |= {step: day for step, day in (("click", click), ("sale", sale)) if day is not None}
    for key, step, day in HandStep.objects.filter(onboarding_id__in=zones).values_list(
        "onboarding_id", "key", "done_on"
    ):
        found[key][step] = day
    return found


def stale_onboardings() -> QuerySet[Onboarding]:
    """Return the rows that no longer say what has happened: something is new, moved or was taken back."""
    mark = EnrolmentMark.objects.filter(enrolment_id=OuterRef("pk"))
    mine = {"enrolment_id": OuterRef("pk")}
    links = Link.objects.filter(**mine)
    made = Q(Exists(links)) | Q(Exists(Coupon.objects.filter(**mine)))
    details = PayoutDetails.objects.filter(partner_id=OuterRef("enrolment__partner_id"))
    rows = Onboarding.objects.annotate(
        was_clicked=Coalesce("click_on", _NEVER), was_sold=Coalesce("sale_on", _NEVER),
        is_clicked=Coalesce(Subquery(mark.values("first_click")[:1]), _NEVER),
        is_sold=Coalesce(Subquery(mark.values("first_sale")[:1]), _NEVER),
    )  # fmt: skip
    return rows.filter(
        Q(terms_on=None) & Q(Exists(Agreement.objects.filter(**mine)))
        | Q(link_on=None) & made
        | Q(copied_on=None) & Q(Exists(links.exclude(copied_at=None)))
        | ~Q(was_clicked=F("is_clicked"))
        | ~Q(was_sold=F("is_sold"))
        | Q(details_on=None) & Q(Exists(details))
        | Q(payout_on=None) & Q(Exists(_settled().filter(**mine)))
        | Q(left_on=None) & Q(enrolment__ended_at__isnull=False)
        | Q(left_on__isnull=False) & Q(enrolment__ended_at=None)
    )


def columns_from(firsts: Mapping[str, date], known: Onboarding | None) -> dict[str, date | None]:
    """Return the columns of a row. What happens once stays, whatever becomes of it; marks follow the rollups."""
    columns = {column: firsts.get(step) for step, column in COLUMNS.items()}
    for column in ("terms_on", "link_on", "copied_on", "details_on", "payout_on"):
        columns[column] = columns[column] or (getattr(known, column) if known else None)
    return columns


def _settled() -> QuerySet[Payout]:
    return Payout.objects.filter(state=Payout.State.SETTLED, settled_at__isnull=False)


def _least(rows: QuerySet[Any], column: str) -> QuerySet[Any, tuple[UUID, datetime | None]]:
    found = rows.order_by().values("enrolment_id").annotate(least=Min(column))
    return found.values_list("enrolment_id", "least")
