"""Enrolments: one partner in one program, with status and tier."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.commissions import actions as commissions
from hanse.people.access.models import ApiKey
from hanse.people.partners.models import Partner
from hanse.programs.enrolments import actions
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Enrolments"])
Status = Literal["pending", "active", "paused", "suspended", "ended"]


class EnrolmentOut(Output):
    """An enrolment."""

    id: str
    program: str
    partner: str
    status: Status
    tier: str | None
    is_test: bool
    enrolled_at: Instant
    ended_at: Instant | None


class EnrolmentPage(Page):
    """A page of enrolments."""

    data: list[EnrolmentOut]


class EnrolmentIn(Input):
    """A partner to enrol, by default in the key's program, in the tier *new*, active from now on."""

    partner: Text
    program: Text | None = None
    tier: Text | None = None
    status: Literal["pending", "active"] = "active"
    enrolled_at: Instant | None = None
    is_test: bool = False


class StatusIn(Input):
    """A status to go to. Suspending and ending need a reason, which the partner reads."""

    status: Status
    reason: Text = ""
    at: Instant | None = None


class TierIn(Input):
    """A tier to move to."""

    tier: Text
    reason: Text = ""


def enrolment_out(enrolment: Enrolment) -> EnrolmentOut:
    """Show an enrolment."""
    return EnrolmentOut(
        id=text_id("enr", enrolment.pk), program=text_id("prg", enrolment.program_id),
        partner=text_id("prt", enrolment.partner_id), status=enrolment.status,  # type: ignore[arg-type]  # a choice
        tier=shown_id("tie", enrolment.tier_id), is_test=enrolment.is_test, enrolled_at=enrolment.enrolled_at,
        ended_at=enrolment.ended_at,
    )  # fmt: skip


@router.get("/enrolments", auth=READ, response=EnrolmentPage)
def list_enrolments(
    request: HttpRequest, program: str = "", partner: str = "", tier: str = "", status: Status | None = None,
    cursor: Cursor = "", limit: Limit = PAGE,
) -> EnrolmentPage:  # fmt: skip
    """List enrolments, the newest first."""
    key = asker(request)
    filters = {"program_id": (Program, program), "partner_id": (Partner, partner), "tier_id": (Tier, tier)}
    rows = narrow(key, reach(key, Enrolment), filters)
    page, following = take_page(rows.filter(status=status) if status else rows, cursor, limit)
    return EnrolmentPage(data=[enrolment_out(row) for row in page], next_cursor=following)


@router.post("/enrolments", auth=WRITE, response={201: EnrolmentOut})
def create_enrolment(request: HttpRequest, body: EnrolmentIn) -> EnrolmentOut:
    """Enrol a partner in a program."""
    key, now = asker(request), clock.now()
    program = own_program(key, body.program)
    partner = refer(key, Partner, body.partner, "/partner")
    enrolment = actions.enrol(
        partner, program, tier=_tier(key, body.tier), status=body.status, enrolled_at=body.enrolled_at or now,
        now=now, by=actor(request), is_test=body.is_test,
    )  # fmt: skip
    return enrolment_out(enrolment)


def _tier(key: ApiKey, text: str | None) -> Tier | None:
    return refer(key, Tier, text, "/tier") if text else None


@router.get("/enrolments/{enrolment_id}", auth=READ, response=EnrolmentOut)
def read_enrolment(request: HttpRequest, enrolment_id: str) -> EnrolmentOut:
    """Read one enrolment."""
    return enrolment_out(find(asker(request), Enrolment, enrolment_id))


@router.post("/enrolments/{enrolment_id}/status", auth=WRITE, response=EnrolmentOut)
def change_status(request: HttpRequest, enrolment_id: str, body: StatusIn) -> EnrolmentOut:
    """Change an enrolment's status; the dated change is kept. The same status changes nothing."""
    enrolment, now = find(asker(request), Enrolment, enrolment_id), clock.now()
    changed = actions.change_status(
        enrolment, body.status, at=body.at or now, reason=body.reason, by=actor(request), now=now
    )
    return enrolment_out(changed)


@router.post("/enrolments/{enrolment_id}/tier", auth=WRITE, response=EnrolmentOut)
def move_to_tier(request: HttpRequest, enrolment_id: str, body: TierIn) -> EnrolmentOut:
    """Move an enrolment to another tier of its program. The same tier changes nothing."""
    key = asker(request)
    enrolment = find(key, Enrolment, enrolment_id, "program")
    tier = refer(key, Tier, body.tier, "/tier")
    moved = commissions.move_to_tier(enrolment, tier, reason=body.reason, now=clock.now(), by=actor(request))
    return enrolment_out(moved)
