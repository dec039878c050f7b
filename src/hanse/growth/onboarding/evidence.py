"""What completes steps by itself: the first day of each event, read where it happened. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Replace

from hanse.growth.onboarding.models import HandStep, Onboarding, OnboardingVersion, OwnerTask
from hanse.growth.onboarding.types import EVENTS
from hanse.growth.training.models import LessonProgress
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import LOGIN, PIECE, PRODUCT_USE
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
_NO_STEPS = (PIECE, LOGIN, PRODUCT_USE, *EVENTS)  # kinds of events that do no step of one's own


_COLUMNS = (
    "terms_at", "link_at", "coupon_at", "copied_at", "details_at", "payout_at", "piece_at", "click_on", "sale_on",
)  # fmt: skip


def firsts_of(enrolments: Collection[Enrolment]) -> dict[UUID, dict[str, date]]:
    """Return for each enrolment (with its program) the local day of each step that is done, by key. Three queries."""
    zones = {row.pk: row.program.time_zone for row in enrolments}
    rows = _evidence(zones).values_list("pk", *_COLUMNS)
    found = {key: _named(moments, zones[key]) for key, *moments in rows}
    for key, kind, at in _told(zones):
        found[key] |= _by_event(kind, local_day(at, zones[key]))
    for key, step, day in _marked(zones):
        found[key][step] = day
    return found


def begun_firsts(enrolment: Enrolment) -> tuple[str, OnboardingVersion | None, dict[str, date]]:
    """Return the key of an enrolment's path ("" before it has begun), the version that counts, and its firsts.

    The version is the one it began on, or before that the newest. Three queries.
    """
    mine = Onboarding.objects.filter(pk=OuterRef("pk"))
    newest = OnboardingVersion.objects.filter(program_id=enrolment.program_id).order_by("-number")
    rows = _evidence([enrolment.pk]).annotate(
        begun_path=Subquery(mine.values("path_key")[:1]), begun_body=Subquery(mine.values("version__body")[:1]),
        newest_body=Subquery(newest.values("body")[:1]),
    )  # fmt: skip
    path_key, begun, newest_body, *moments = rows.values_list(
        "begun_path", "begun_body", "newest_body", *_COLUMNS
    ).get()  # fmt: skip
    body = begun if path_key else newest_body
    version = OnboardingVersion(body=body) if body else None
    zone = enrolment.program.time_zone
    found = _named(moments, zone)
    if path_key:
        for _key, kind, at in _told([enrolment.pk]):
            found |= _by_event(kind, local_day(at, zone))
        found |= {step: day for _key, step, day in _marked([enrolment.pk])}
    return path_key or "", version, found


def _evidence(ids: Collection[UUID]) -> QuerySet[Enrolment]:
    mine = {"enrolment_id": OuterRef("pk")}
    mark = EnrolmentMark.objects.filter(**mine)
    links = Link.objects.filter(**mine)
    return Enrolment.objects.filter(pk__in=ids).annotate(
        terms_at=_first(Agreement.objects.filter(**mine), "accepted_at"), link_at=_first(links, "created_at"),
        coupon_at=_first(Coupon.objects.filter(**mine), "created_at"),
        copied_at=_first(links.exclude(copied_at=None), "copied_at"),
        details_at=_first(PayoutDetails.objects.filter(partner_id=OuterRef("partner_id")), "changed_at"),
        payout_at=_first(_settled().filter(**mine), "settled_at"),
        piece_at=_first(PartnerEvent.objects.filter(**mine, kind=PIECE), "occurred_at"),
        click_on=_first(mark, "first_click"), sale_on=_first(mark, "first_sale"),
    )  # fmt: skip


def _named(moments: Sequence[Any], zone: str) -> dict[str, date]:
    *times, click, sale = moments
    terms, link, coupon, copied, details, payout, piece = (local_day(at, zone) if at else None for at in times)
    made = min((day for day in (link, coupon) if day), default=None)
    named = {
        "terms": terms, "link": made, "copied": copied, "details": details, "payout": payout, "click": click,
        "sale": sale, "piece": piece,
    }  # fmt: skip
    return {step: day for step, day in named.items() if day is not None}


def _told(ids: Collection[UUID]) -> QuerySet[PartnerEvent, tuple[UUID, str, datetime]]:
    """The first event of each kind that may be a step of one's own: a lesson that another system tells us of."""
    rows = PartnerEvent.objects.filter(enrolment_id__in=ids).exclude(kind__in=_NO_STEPS)
    firsts = rows.order_by().values("enrolment_id", "kind").annotate(first_at=Min("occurred_at"))
    return firsts.values_list("enrolment_id", "kind", "first_at")


def _by_event(kind: str, day: date) -> dict[str, date]:
    """An event `five_minutes` does the step `five-minutes` or `five_minutes`."""
    return {kind: day, kind.replace("_", "-"): day}


def _marked(ids: Collection[UUID]) -> list[tuple[UUID, str, date]]:
    """Steps that a person marked, and lessons that are done: a step with a lesson's key is done with it. One query."""
    by_hand = HandStep.objects.filter(onboarding_id__in=ids).order_by()
    lessons = LessonProgress.objects.filter(enrolment_id__in=ids, done_on__isnull=False).order_by()
    columns = lessons.values_list("enrolment_id", "lesson__key", "done_on")
    firsts: dict[tuple[UUID, str], date] = {}
    for who, step, day in columns.union(by_hand.values_list("onboarding_id", "key", "done_on"), all=True):
        if day is not None:
            firsts[who, step] = min(day, firsts.get((who, step), day))
    return [(who, step, day) for (who, step), day in firsts.items()]


def stale_onboardings() -> QuerySet[Onboarding]:
    """Return the rows that no longer say what has happened: something is new, moved or was taken back."""
    mark = EnrolmentMark.objects.filter(enrolment_id=OuterRef("pk"))
    mine = {"enrolment_id": OuterRef("pk")}
    links = Link.objects.filter(**mine)
    made = Q(Exists(links)) | Q(Exists(Coupon.objects.filter(**mine)))
    details = PayoutDetails.objects.filter(partner_id=OuterRef("enrolment__partner_id"))
    told = PartnerEvent.objects.filter(**mine, kind=Replace(OuterRef("next_step"), Value("-"), Value("_")))
    told = told.exclude(kind__in=_NO_STEPS)
    learned = LessonProgress.objects.filter(**mine, done_on__isnull=False, lesson__key=OuterRef("next_step"))
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
        | Q(piece_on=None) & Q(Exists(PartnerEvent.objects.filter(**mine, kind=PIECE)))
        | ~Q(next_step="") & (Q(Exists(told)) | Q(Exists(learned)))
        | Q(Exists(_tasks_done()))
        | Q(payout_on=None) & Q(Exists(_settled().filter(**mine)))
        | Q(left_on=None) & Q(enrolment__ended_at__isnull=False)
        | Q(left_on__isnull=False) & Q(enrolment__ended_at=None)
    )


def _tasks_done() -> QuerySet[OwnerTask]:
    """The open tasks of an onboarding whose step was done by an event or a lesson."""
    mine = {"enrolment_id": OuterRef("onboarding_id")}
    told = PartnerEvent.objects.filter(**mine, kind=Replace(OuterRef("key"), Value("-"), Value("_")))
    learned = LessonProgress.objects.filter(**mine, done_on__isnull=False, lesson__key=OuterRef("key"))
    rows = OwnerTask.objects.filter(onboarding_id=OuterRef("pk"), done_at=None, dropped_at=None)
    return rows.filter(Q(Exists(told.exclude(kind__in=_NO_STEPS))) | Q(Exists(learned)))


def columns_from(firsts: Mapping[str, date], known: Onboarding | None) -> dict[str, date | None]:
    """Return the columns of a row. What happens once stays, whatever becomes of it; marks follow the rollups."""
    columns = {column: firsts.get(step) for step, column in COLUMNS.items()}
    for column in ("terms_on", "link_on", "copied_on", "details_on", "payout_on"):
        columns[column] = columns[column] or (getattr(known, column) if known else None)
    return columns


def _settled() -> QuerySet[Payout]:
    return Payout.objects.filter(state=Payout.State.SETTLED, settled_at__isnull=False)


def _first(rows: QuerySet[Any], column: str) -> Subquery:
    """The earliest moment of one enrolment's rows."""
    return Subquery(rows.order_by(column).values(column)[:1])
