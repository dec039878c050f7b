"""Conversions with their attribution. They are sent through the edge's door and read here."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, within
from hanse.faces.api.values import Instant, Output, Page, shown_id
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.attribution.queries import attribution_of, credits_of, evidence_of
from hanse.traffic.conversions.models import Conversion

router = Router(tags=["Conversions"])


class LineOut(Output):
    """One line of an order; the amount is for all its units."""

    sku: str
    category: str
    quantity: int
    amount: int


class ConversionOut(Output):
    """A conversion. `refunded` is what refunds and chargebacks have taken back so far.

    An order in another currency also has what was paid, `original_amount` in `original_currency`, and the frozen `rate`
    of the day `rate_on`: a fraction, units of the program's currency for one of the order's.
    """

    id: str
    program: str
    goal: str
    external_id: str
    occurred_at: Instant
    received_at: Instant
    amount: int
    refunded: int
    currency: str
    lines: list[LineOut]
    customer: str | None
    is_new: bool | None
    country: str
    click: str | None
    coupon: str
    metadata: dict[str, Any]
    is_test: bool
    original_amount: int | None
    original_currency: str
    rate: str
    rate_on: date | None


class ConversionPage(Page):
    """A page of conversions."""

    data: list[ConversionOut]


class CreditOut(Output):
    """One enrolment's share, in parts per million of the whole."""

    enrolment: str
    share_ppm: int


class EvidenceOut(Output):
    """One thing that could have earned credit, and what became of it."""

    kind: str
    enrolment: str | None
    click: str | None
    coupon: str | None
    touched_at: Instant | None
    verdict: str
    reason: str


class AttributionOut(Output):
    """The recorded decision: policy version, the level that won, all evidence, the credits."""

    policy_number: int
    level: str
    model: str
    decided_at: Instant
    frozen_at: Instant | None
    evidence: list[EvidenceOut]
    credits: list[CreditOut]


class AttributedConversionOut(ConversionOut):
    """A conversion with its attribution (null while the pipeline has not decided)."""

    attribution: AttributionOut | None


def conversion_values(row: Conversion) -> dict[str, Any]:
    """Return the fields of a conversion; its goal is loaded."""
    return {
        "id": text_id("cnv", row.pk), "program": text_id("prg", row.program_id), "goal": row.goal.key,
        "external_id": row.external_id, "occurred_at": row.occurred_at, "received_at": row.received_at,
        "amount": row.amount_minor, "refunded": row.refunded_minor, "currency": row.currency,
        "lines": lines_out(row.lines), "customer": shown_id("cus", row.customer_id), "is_new": row.is_new,
        "country": row.country, "click": f"clk_{row.click_id}" if row.click_id else None, "coupon": row.coupon_code,
        "metadata": row.metadata, "is_test": row.is_test, "original_amount": row.original_minor,
        "original_currency": row.original_currency, "rate": row.rate, "rate_on": row.rate_on,
    }  # fmt: skip


def lines_out(rows: list[Any]) -> list[LineOut]:
    """Show the lines of a conversion or refund."""
    return [LineOut(sku=row[0], category=row[1], quantity=row[2], amount=row[3]) for row in rows]


def _attribution(conversion: Conversion) -> AttributionOut | None:
    decided = attribution_of(conversion.pk)
    if decided is None:
        return None
    shares = credits_of([conversion.pk])[conversion.pk]
    return AttributionOut(
        policy_number=decided.policy.number, level=decided.level, model=decided.model, decided_at=decided.decided_at,
        frozen_at=decided.frozen_at, evidence=[_evidence(row) for row in evidence_of(conversion.pk)],
        credits=[CreditOut(enrolment=text_id("enr", it.enrolment_id), share_ppm=it.share_ppm) for it in shares],
    )  # fmt: skip


def _evidence(row: Evidence) -> EvidenceOut:
    return EvidenceOut(
        kind=row.kind, enrolment=shown_id("enr", row.enrolment_id),
        click=f"clk_{row.click_id}" if row.click_id else None,
        coupon=shown_id("cpn", row.coupon_id), touched_at=row.touched_at, verdict=row.verdict, reason=row.reason,
    )  # fmt: skip


@router.get("/conversions", auth=READ, response=ConversionPage)
def list_conversions(
    request: HttpRequest, program: str = "", external_id: str = "", since: Instant | None = None,
    until: Instant | None = None, cursor: Cursor = "", limit: Limit = PAGE,
) -> ConversionPage:  # fmt: skip
    """List conversions, the last recorded first; `since` and `until` limit when they occurred."""
    key = asker(request)
    rows = narrow(key, reach(key, Conversion).select_related("goal"), {"program_id": (Program, program)})
    rows = rows.filter(external_id=external_id.replace("\0", "")) if external_id else rows
    page, following = take_page(within(rows, since, until), cursor, limit)
    return ConversionPage(data=[ConversionOut(**conversion_values(row)) for row in page], next_cursor=following)


@router.get("/conversions/{conversion_id}", auth=READ, response=AttributedConversionOut)
def read_conversion(request: HttpRequest, conversion_id: str) -> AttributedConversionOut:
    """Read one conversion with the decision whom to credit and all evidence, that which lost too."""
    row = find(asker(request), Conversion, conversion_id, "goal")
    return AttributedConversionOut(attribution=_attribution(row), **conversion_values(row))
