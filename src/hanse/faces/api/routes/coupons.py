"""Coupons: discount codes owned by an enrolment."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.traffic.coupons import actions
from hanse.traffic.coupons.models import Coupon

router = Router(tags=["Coupons"])


class CouponOut(Output):
    """A coupon; its code is in capitals and belongs to one enrolment for ever."""

    id: str
    program: str
    enrolment: str
    code: str
    description: str
    starts_at: Instant | None
    ends_at: Instant | None
    created_at: Instant
    archived_at: Instant | None


class CouponPage(Page):
    """A page of coupons."""

    data: list[CouponOut]


class CouponIn(Input):
    """A coupon to make."""

    enrolment: Text
    code: Annotated[Text, Field(max_length=60)]
    description: Annotated[Text, Field(max_length=200)] = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class CouponChange(Input):
    """What can be changed of a coupon."""

    description: Text = left_out(max_length=200)
    starts_at: Instant | None = left_out()
    ends_at: Instant | None = left_out()


def coupon_out(coupon: Coupon) -> CouponOut:
    """Show a coupon."""
    return CouponOut(
        id=text_id("cpn", coupon.pk), program=text_id("prg", coupon.program_id),
        enrolment=text_id("enr", coupon.enrolment_id), code=coupon.code, description=coupon.description,
        starts_at=coupon.starts_at, ends_at=coupon.ends_at, created_at=coupon.created_at,
        archived_at=coupon.archived_at,
    )  # fmt: skip


@router.get("/coupons", auth=READ, response=CouponPage)
def list_coupons(
    request: HttpRequest, program: str = "", enrolment: str = "", code: str = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> CouponPage:  # fmt: skip
    """List coupons, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Coupon), {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)})
    page, following = take_page(rows.filter(code=code.upper().replace("\0", "")) if code else rows, cursor, limit)
    return CouponPage(data=[coupon_out(row) for row in page], next_cursor=following)


@router.post("/coupons", auth=WRITE, response={201: CouponOut})
def create_coupon(request: HttpRequest, body: CouponIn) -> CouponOut:
    """Give an enrolment a code that attributes by itself."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment")
    coupon = actions.create_coupon(
        enrolment, code=body.code, description=body.description, starts_at=body.starts_at, ends_at=body.ends_at,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return coupon_out(coupon)


@router.get("/coupons/{coupon_id}", auth=READ, response=CouponOut)
def read_coupon(request: HttpRequest, coupon_id: str) -> CouponOut:
    """Read one coupon."""
    return coupon_out(find(asker(request), Coupon, coupon_id))


@router.patch("/coupons/{coupon_id}", auth=WRITE, response=CouponOut)
def change_coupon(request: HttpRequest, coupon_id: str, body: CouponChange) -> CouponOut:
    """Change a coupon's description or dates (null: no limit)."""
    coupon = find(asker(request), Coupon, coupon_id)
    return coupon_out(actions.change_coupon(coupon, now=clock.now(), by=actor(request), **body.given()))


@router.post("/coupons/{coupon_id}/archive", auth=WRITE, response=CouponOut)
def archive_coupon(request: HttpRequest, coupon_id: str) -> CouponOut:
    """Let a code attribute no more. It is never given to somebody else."""
    coupon = find(asker(request), Coupon, coupon_id)
    actions.archive_coupon(coupon, now=clock.now(), by=actor(request))
    return coupon_out(coupon)
