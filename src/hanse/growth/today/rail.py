"""What stands beside the list: what is near, and what colleagues did today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Max, Sum

from hanse.growth.today.rules import COMING_DAYS
from hanse.growth.today.types import Coming, Done
from hanse.money.commissions.models import Commission
from hanse.programs.programs.models import Program
from hanse.programs.terms.models import Terms
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.coupons.models import Coupon

_EACH = 3
_DONE = 8
_QUIET_VERBS = ("copy_link", "use_sign_in_link", "make_sign_in_link")


def coming_up(program: Program, now: datetime) -> list[Coming]:
    """Return what is dated within 30 days, the nearest first: holds, terms that start, coupons that end."""
    return sorted(_near(program, now, now + timedelta(days=COMING_DAYS)), key=lambda coming: coming.on)[:5]


def _near(program: Program, now: datetime, limit: datetime) -> Iterator[Coming]:
    week = now + timedelta(days=7)
    held = Commission.objects.filter(program=program, approved_at=None, voided_at=None, held_until__range=(now, week))
    sums = held.aggregate(count=Count("id"), sum_minor=Sum("owed_minor"), last=Max("held_until"))
    if sums["count"]:
        yield Coming("holds_end", sums["last"], amount_minor=sums["sum_minor"], count=sums["count"])
    starting = Terms.objects.filter(program=program, starts_at__range=(now, limit)).order_by("starts_at")
    for terms in starting.select_related("tier", "enrolment__partner")[:_EACH]:
        owner = terms.enrolment.partner.name if terms.enrolment else terms.tier.name if terms.tier else ""
        yield Coming("terms_start", terms.starts_at, terms.name or owner, count=terms.number)
    ending = Coupon.objects.filter(program=program, archived_at=None, ends_at__range=(now, limit)).order_by("ends_at")
    for coupon in ending[:_EACH]:
        assert coupon.ends_at is not None
        yield Coming("coupon_ends", coupon.ends_at, coupon.code)


def done_since(at: datetime) -> list[Done]:
    """Return what people did since a moment, the newest first; the same act many times is told once with its count."""
    rows = AuditEntry.objects.filter(at__gte=at, actor__contains="@").exclude(verb__in=_QUIET_VERBS).order_by("-at")
    told: dict[tuple[str, str], Done] = {}
    for row in rows[:200]:
        key = (row.verb, row.actor)
        name = str(row.after.get("name") or row.before.get("name") or "")
        if key in told:
            one = told[key]
            told[key] = Done(one.at, one.verb, one.subject_kind, "", "", one.actor, one.count + 1)
        else:
            told[key] = Done(row.at, row.verb, row.subject_kind, row.subject_id, name, row.actor)
    return list(told.values())[:_DONE]
