"""Which conversions are to be decided (again), and by which policy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from hanse.kernel.ids import first_id, made_at
from hanse.programs.enrolments.models import StatusChange
from hanse.programs.programs.models import AttributionPolicy
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.attribution.types import Policy, Subject
from hanse.traffic.clicks.queries import ids_of_visitors
from hanse.traffic.clicks.types import RecordedClick
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.queries import conversions_at
from hanse.traffic.coupons.models import Coupon

_COLUMNS = (
    "id", "program_id", "external_id", "occurred_at", "goal__is_recurring", "customer_id", "customer__email_hash",
    "click_id", "click_link_number", "click_touched_at", "bad_click", "visitor", "coupon_code", "partner_hint",
    "amount_minor", "refunded_minor",
)  # fmt: skip
_EMAIL = _COLUMNS.index("customer__email_hash")


def open_subjects(conversion_ids: Collection[UUID]) -> list[Subject]:
    """Return conversions as attribution reads them, without those that are frozen. Two queries."""
    frozen = frozen_among(conversion_ids)
    rows = Conversion.objects.filter(id__in=[id_ for id_ in conversion_ids if id_ not in frozen])
    return [_subject(*row) for row in rows.values_list(*_COLUMNS)]


def _subject(*row: Any) -> Subject:
    columns: list[Any] = list(row)
    refunded_minor, amount_minor = columns.pop(), columns.pop()
    columns[_EMAIL] = columns[_EMAIL] or ""
    columns.append(amount_minor == 0 or refunded_minor < amount_minor)
    return Subject(*columns)


def policies_for(subjects: Sequence[Subject]) -> dict[UUID, tuple[UUID, Policy]]:
    """Return, by conversion, the policy in force when it occurred; before a program's first version, that one."""
    versions: dict[UUID, list[tuple[datetime, UUID, Policy]]] = {}
    rows = AttributionPolicy.objects.filter(program_id__in={one.program_id for one in subjects}).order_by("number")
    for row in rows:
        policy = Policy(row.model, row.window_days, order=tuple(row.order), self_referral=row.self_referral)
        versions.setdefault(row.program_id, []).append((row.created_at, row.id, policy))
    chosen = {}
    for one in subjects:
        of_program = versions[one.program_id]
        in_force = [version for version in of_program if version[0] <= one.occurred_at] or of_program[:1]
        chosen[one.id] = in_force[-1][1:]
    return chosen


def touched_by_clicks(clicks: Sequence[RecordedClick]) -> set[UUID]:
    """Return the conversions that late clicks could change: they name the click, its visitor, or another click of that
    visitor."""
    if not clicks:
        return set()
    visitors = {click.visitor for click in clicks if click.visitor and click.is_valid}
    return conversions_at(visitors, {click.id for click in clicks} | set(ids_of_visitors(visitors)))


def touched_by_new_coupons(since: datetime) -> set[UUID]:
    """Return the conversions whose code was unknown and is a coupon now, made since a moment."""
    made = list(Coupon.objects.filter(created_at__gte=since).values_list("program_id", "code"))
    if not made:
        return set()
    unknown = Evidence.objects.filter(
        kind="coupon", reason="unknown_coupon", conversion__coupon_code__in={code for _, code in made},
        conversion__program_id__in={program_id for program_id, _ in made},
    )  # fmt: skip
    named = unknown.exclude(conversion__coupon_code="")
    rows = named.values_list("conversion_id", "conversion__program_id", "conversion__coupon_code")
    return {conversion_id for conversion_id, program_id, code in rows if (program_id, code) in set(made)}


def touched_by_backdated_statuses(since: datetime) -> set[UUID]:
    """Return the conversions that statuses noted since a moment could change because they hold from an earlier one."""
    earliest: dict[UUID, datetime] = {}
    noted = StatusChange.objects.filter(id__gte=first_id(since), at__gt=F("enrolment__enrolled_at"))
    for id_, enrolment_id, at in noted.values_list("id", "enrolment_id", "at"):
        if at < made_at(id_):
            earliest[enrolment_id] = min(at, earliest.get(enrolment_id, at))
    if not earliest:
        return set()
    rows = Evidence.objects.filter(
        enrolment_id__in=earliest, conversion__occurred_at__gte=min(earliest.values())
    ).values_list("conversion_id", "enrolment_id", "conversion__occurred_at")
    return {id_ for id_, enrolment_id, at in rows if enrolment_id is not None and at >= earliest[enrolment_id]}


def renewals_after(firsts: Mapping[UUID, datetime]) -> set[UUID]:
    """Return the renewals of customers at or after a moment of each: their owner may be another one now."""
    if not firsts:
        return set()
    rows = Conversion.objects.filter(
        customer_id__in=firsts, goal__is_recurring=True, occurred_at__gte=min(firsts.values())
    ).values_list("id", "customer_id", "occurred_at")
    return {id_ for id_, customer_id, at in rows if customer_id is not None and at >= firsts[customer_id]}


def customers_of(conversion_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Return the customers of conversions, each with the earliest of those conversions' times."""
    firsts: dict[UUID, datetime] = {}
    rows = Conversion.objects.filter(id__in=conversion_ids, customer__isnull=False)
    for customer_id, at in rows.values_list("customer_id", "occurred_at"):
        if customer_id is not None and at < firsts.get(customer_id, at.max.replace(tzinfo=at.tzinfo)):
            firsts[customer_id] = at
    return firsts
