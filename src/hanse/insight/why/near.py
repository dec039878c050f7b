"""Near misses: what somebody may have meant by a number or code that nobody knows."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from hanse.insight.why.types import Kind, Pointer
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.customers.models import Customer

_ALIKE = 0.7
_SHOWN = 3
_READ = 500


def orders_like(text: str, program_id: UUID) -> tuple[Pointer, ...]:
    """Return orders whose numbers look like this one."""
    rows = Conversion.objects.filter(program_id=program_id)
    return _closest("order", text, _candidates(rows.values_list("external_id", flat=True), text))


def coupons_like(text: str, program_id: UUID) -> tuple[Pointer, ...]:
    """Return codes that look like this one; all codes of a program are compared."""
    rows = Coupon.objects.filter(program_id=program_id).order_by("code")
    return _closest("coupon", text.upper(), list(rows.values_list("code", flat=True)[:20_000]))


def customers_like(text: str, program_id: UUID) -> tuple[Pointer, ...]:
    """Return customers whose ids look like this one."""
    rows = Customer.objects.filter(program_id=program_id)
    return _closest("customer", text, _candidates(rows.values_list("external_id", flat=True), text))


def _candidates(ids: QuerySet[Any, str], text: str) -> list[str]:
    """Take those before and after in the alphabet, and those that share the beginning: an index answers both."""
    below = ids.filter(external_id__lte=text).order_by("-external_id")[:_READ]
    above = ids.filter(external_id__gt=text).order_by("external_id")[:_READ]
    return [*below, *above]


def _closest(kind: Kind, text: str, candidates: list[str]) -> tuple[Pointer, ...]:
    found = get_close_matches(text, candidates, n=_SHOWN, cutoff=_ALIKE)
    return tuple(Pointer(kind, candidate) for candidate in found)
