"""Reads of coupons."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from hanse.traffic.coupons.models import Coupon


def coupons_of(enrolment_id: UUID) -> QuerySet[Coupon]:
    """Return an enrolment's coupons that are not archived, the newest first."""
    return Coupon.objects.filter(enrolment_id=enrolment_id, archived_at=None).order_by("-created_at", "-id")


def coupon_by_code(program_id: UUID, code: str) -> Coupon | None:
    """Return a program's coupon by its code, however it is capitalised."""
    return Coupon.objects.filter(program_id=program_id, code=code.strip().upper()).first()
