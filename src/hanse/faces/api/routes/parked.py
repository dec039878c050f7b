"""Parked facts: what waits, contradicts or failed. Nothing is dropped."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach
from hanse.faces.api.values import Instant, Output, Page
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.spine.parked.models import ParkedFact

router = Router(tags=["Facts"])
Status = Literal["waiting", "conflict", "failed", "resolved", "dismissed"]


class ParkedFactOut(Output):
    """A fact that could not be applied: the named reason, what it waits for, and the fact itself."""

    id: str
    program: str
    status: Status
    kind: str
    external_id: str
    reason: str
    waits_for: str
    detail: dict[str, Any]
    body: dict[str, Any]
    occurred_at: Instant
    received_at: Instant
    until: Instant | None
    resolved_at: Instant | None
    resolved_by: str


class ParkedFactPage(Page):
    """A page of parked facts."""

    data: list[ParkedFactOut]


def parked_out(row: ParkedFact) -> ParkedFactOut:
    """Show a parked fact."""
    names = ParkedFactOut.model_fields.keys() - {"id", "program"}
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return ParkedFactOut(id=text_id("fct", row.pk), program=text_id("prg", row.program_id), **values)


@router.get("/parked-facts", auth=READ, response=ParkedFactPage)
def list_parked_facts(
    request: HttpRequest, program: str = "", status: Status | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> ParkedFactPage:
    """List parked facts, the last parked first."""
    key = asker(request)
    rows = narrow(key, reach(key, ParkedFact), {"program_id": (Program, program)})
    rows = rows.filter(status=status) if status else rows
    page, following = take_page(rows, cursor, limit)
    return ParkedFactPage(data=[parked_out(row) for row in page], next_cursor=following)


@router.get("/parked-facts/{fact_id}", auth=READ, response=ParkedFactOut)
def read_parked_fact(request: HttpRequest, fact_id: str) -> ParkedFactOut:
    """Read one parked fact."""
    return parked_out(find(asker(request), ParkedFact, fact_id))
