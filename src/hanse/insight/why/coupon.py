"""What a coupon does: known, owned, valid, used, and what its uses led to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from hanse.insight.why.near import coupons_like
from hanse.insight.why.types import Check, Pointer, Tracer, stop_at
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.coupons.models import Coupon

GATES = frozenset({"known"})
_SHOWN = 10


def trace_coupon(text: str, program: Program, now: datetime, for_enrolment: UUID | None = None) -> Tracer:
    """Trace a code, however it is capitalised. For a partner a foreign code is an unknown one."""
    code = text.strip().upper()
    coupon = Coupon.objects.filter(program=program, code=code).select_related("enrolment__partner").first()
    if coupon is not None and for_enrolment not in (None, coupon.enrolment_id):
        coupon = None
    used = Conversion.objects.filter(program=program, coupon_code=code) if coupon or not for_enrolment else None
    count, last = _uses(used)
    if coupon is None:
        known = Check("known", "failed", "unknown_coupon", "add_coupon", {"uses": count, "last_use_at": last})
        rest = [Check(code_, "not_reached") for code_ in ("valid", "partner_active", "used", "credited")]
        alike = () if for_enrolment else coupons_like(code, program.id)
        return Tracer("coupon", code, "unknown", stop_at(GATES, [known, *rest]), suggestions=alike)
    verdicts = dict(
        Evidence.objects.filter(coupon=coupon).values_list("verdict").annotate(count=Count("id")).order_by()
    )
    orders = Conversion.objects.filter(program=program, coupon_code=code).order_by("-occurred_at")
    return Tracer(
        kind="coupon",
        text=code,
        outcome="earned" if verdicts.get("won") else "nothing",
        checks=(
            Check("known", "passed"),
            _valid(coupon, now),
            _active(coupon),
            _used(count, last),
            _credited(coupon, verdicts),
        ),
        subject={"code": code, "partner": coupon.enrolment.partner.name, "created_at": coupon.created_at},
        related=tuple(Pointer("order", number) for number in orders.values_list("external_id", flat=True)[:_SHOWN]),
    )


def _uses(used: QuerySet[Conversion] | None) -> tuple[int, datetime | None]:
    if used is None:
        return 0, None
    return used.count(), used.order_by("-occurred_at").values_list("occurred_at", flat=True).first()


def _valid(coupon: Coupon, now: datetime) -> Check:
    numbers: dict[str, object] = {"starts_at": coupon.starts_at, "ends_at": coupon.ends_at}
    if coupon.archived_at is not None and coupon.archived_at <= now:
        return Check("valid", "failed", "coupon_archived", "extend_coupon", {"archived_at": coupon.archived_at})
    starts_later = coupon.starts_at is not None and now < coupon.starts_at
    if starts_later or (coupon.ends_at is not None and now >= coupon.ends_at):
        return Check("valid", "failed", "coupon_not_valid", "extend_coupon", numbers)
    return Check("valid", "passed", numbers=numbers)


def _active(coupon: Coupon) -> Check:
    if coupon.enrolment.status == "active":
        return Check("partner_active", "passed")
    status = {"status": coupon.enrolment.status}
    return Check("partner_active", "failed", "partner_not_active", "activate_partner", status)


def _used(count: int, last: datetime | None) -> Check:
    numbers = {"uses": count, "last_use_at": last}
    return Check("used", "passed", numbers=numbers) if count else Check("used", "failed", "never_used", "nothing_to_do")


def _credited(coupon: Coupon, verdicts: dict[str, int]) -> Check:
    if not verdicts:
        return Check("credited", "not_reached")
    if verdicts.get("won"):
        return Check("credited", "passed", numbers=dict(verdicts))
    reason = Evidence.objects.filter(coupon=coupon).order_by("-id").values_list("reason", flat=True)[0]
    return Check("credited", "failed", reason, "policy_decides", dict(verdicts))
