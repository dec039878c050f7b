"""Refunds, chargebacks and won disputes. They are sent through the edge's door and read here."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, within
from hanse.faces.api.routes.conversions import LineOut, lines_out
from hanse.faces.api.values import Instant, Output, Page
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.traffic.conversions.models import Conversion, Refund

router = Router(tags=["Refunds"])


class RefundOut(Output):
    """A refund, chargeback or won dispute."""

    id: str
    program: str
    conversion: str
    external_id: str
    kind: str
    reverses: str
    occurred_at: Instant
    received_at: Instant
    amount: int
    currency: str
    lines: list[LineOut] | None


class RefundPage(Page):
    """A page of refunds."""

    data: list[RefundOut]


def refund_out(row: Refund) -> RefundOut:
    """Show a refund."""
    return RefundOut(
        id=text_id("rfd", row.pk), program=text_id("prg", row.program_id), conversion=text_id("cnv", row.conversion_id),
        external_id=row.external_id, kind=row.kind, reverses=row.reverses, occurred_at=row.occurred_at,
        received_at=row.received_at, amount=row.amount_minor, currency=row.currency,
        lines=None if row.lines is None else lines_out(row.lines),
    )  # fmt: skip


@router.get("/refunds", auth=READ, response=RefundPage)
def list_refunds(
    request: HttpRequest, program: str = "", conversion: str = "", external_id: str = "", since: Instant | None = None,
    until: Instant | None = None, cursor: Cursor = "", limit: Limit = PAGE,
) -> RefundPage:  # fmt: skip
    """List refunds, chargebacks and won disputes, the last recorded first; filters as for conversions."""
    key = asker(request)
    filters = {"program_id": (Program, program), "conversion_id": (Conversion, conversion)}
    rows = narrow(key, reach(key, Refund), filters)
    rows = rows.filter(external_id=external_id.replace("\0", "")) if external_id else rows
    page, following = take_page(within(rows, since, until), cursor, limit)
    return RefundPage(data=[refund_out(row) for row in page], next_cursor=following)


@router.get("/refunds/{refund_id}", auth=READ, response=RefundOut)
def read_refund(request: HttpRequest, refund_id: str) -> RefundOut:
    """Read one refund."""
    return refund_out(find(asker(request), Refund, refund_id))
