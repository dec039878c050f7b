"""The tracer's front door."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never
from uuid import UUID

from hanse.insight.why.click import trace_click
from hanse.insight.why.coupon import trace_coupon
from hanse.insight.why.customer import trace_customer
from hanse.insight.why.order import trace_order
from hanse.insight.why.types import KINDS, Kind, Tracer
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.clicks.tokens import read_click
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.customers.models import Customer


def why(
    kind: str, text: str, program: Program, *, for_enrolment: UUID | None = None, now: datetime | None = None
) -> Tracer:
    """Return the ordered checks for an order number, a click token or id, a coupon code or a customer id.

    With `for_enrolment` the answer is for that partner: no other partner's name, evidence or money. Raises Invalid
    for a kind that does not exist or an empty text.
    """
    if kind not in KINDS:
        raise Invalid([Problem("/kind", f"Ask for one of {', '.join(KINDS)}.", "unknown_kind")])
    if not text.strip():
        raise Invalid([Problem("/text", "Say which one.", "required")])
    asked: Kind = kind
    if asked == "order":
        return trace_order(text, program, for_enrolment)
    if asked == "click":
        return trace_click(text, program, for_enrolment)
    if asked == "coupon":
        return trace_coupon(text, program, now or clock.now(), for_enrolment)
    if asked == "customer":
        return trace_customer(text, program, for_enrolment)
    assert_never(asked)


def kind_of(text: str, program: Program) -> Kind:
    """Guess what somebody typed: a click token, a code or a number that is known; else an order."""
    wanted = text.strip()
    if read_click(wanted) is not None:
        return "click"
    if Conversion.objects.filter(program=program, external_id=wanted).exists():
        return "order"
    if ParkedFact.objects.filter(program_id=program.id, external_id=wanted).exists():
        return "order"
    if Coupon.objects.filter(program=program, code=wanted.upper()).exists():
        return "coupon"
    if Customer.objects.filter(program=program, external_id=wanted).exists():
        return "customer"
    is_core = len(wanted.removeprefix("clk_")) == 24 and wanted.removeprefix("clk_").isalnum()
    return "click" if wanted.startswith("clk_") and is_core else "order"
