"""Clicks: every recorded pass through a link, valid or with the reason why not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import narrow, own_program, reach, refer, within
from hanse.faces.api.values import Instant, Output, Page
from hanse.kernel.errors import NotFound
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.clicks.models import Click
from hanse.traffic.links.models import Link

router = Router(tags=["Clicks"])
PREFIX = "clk_"


class ClickOut(Output):
    """A click. `reason` is empty for a valid one. No IP address is kept; visitors are pseudonymous."""

    id: str
    program: str
    enrolment: str
    link_number: int
    occurred_at: Instant
    is_valid: bool
    reason: str
    visitor: str
    country: str
    network: str
    device: str
    variant: str
    agent: str
    referrer_host: str
    subs: dict[str, Any]


class ClickPage(Page):
    """A page of clicks."""

    data: list[ClickOut]


def click_out(click: Click) -> ClickOut:
    """Show a click."""
    return ClickOut(
        id=PREFIX + click.pk, program=text_id("prg", click.program_id), enrolment=text_id("enr", click.enrolment_id),
        link_number=click.link_number, occurred_at=click.occurred_at, is_valid=click.reason == "", reason=click.reason,
        visitor=click.visitor, country=click.country, network=click.network, device=click.device, variant=click.variant,
        agent=click.agent,
        referrer_host=click.referrer_host, subs=click.subs,
    )  # fmt: skip


@router.get("/clicks", auth=READ, response=ClickPage)
def list_clicks(
    request: HttpRequest, program: str = "", enrolment: str = "", link: str = "", valid: bool | None = None,
    since: Instant | None = None, until: Instant | None = None, cursor: Cursor = "", limit: Limit = PAGE,
) -> ClickPage:  # fmt: skip
    """List the clicks of one program, the newest first; only valid or only invalid ones with `valid`."""
    key = asker(request)
    rows = reach(key, Click).filter(program_id=own_program(key, program, "/query/program").pk)
    rows = narrow(key, within(rows, since, until), {"enrolment_id": (Enrolment, enrolment)})
    if link:
        rows = rows.filter(link_number=refer(key, Link, link, "/query/link").number)
    if valid is not None:
        rows = rows.filter(reason="") if valid else rows.exclude(reason="")
    page, following = take_page(rows, cursor, limit, by="occurred_at")
    return ClickPage(data=[click_out(row) for row in page], next_cursor=following)


@router.get("/clicks/{click_id}", auth=READ, response=ClickOut)
def read_click(request: HttpRequest, click_id: str) -> ClickOut:
    """Read one click by its id (`clk_` and 24 hexadecimal digits)."""
    digits = click_id.removeprefix(PREFIX).lower()
    sound = len(digits) == 24 and digits.isascii() and digits.isalnum()
    click = reach(asker(request), Click).filter(pk=digits).first() if sound else None
    if click is None:
        raise NotFound("click")
    return click_out(click)
