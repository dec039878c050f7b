"""What the demo's shop does together with partners: asked, agreed, shown, settled, and what came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from hanse.growth.comarketing.actions import (
    agree_project,
    ask_project,
    cancel_project,
    decline_project,
    propose_again,
    set_code,
)
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.proving import accept_proof, note_costs, send_proof
from hanse.growth.comarketing.settling import write_result
from hanse.growth.comarketing.types import CostLine, Side
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage
from hanse.traffic.coupons.models import Coupon

Kind = Literal["guest_post", "co_branded", "joint_event", "newsletter_swap"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One project as it was asked for, so many days ago, for a day so many days from now (or before, below zero)."""

    code: str
    side: Side
    kind: Kind
    title: str
    text: str
    asked_days_ago: int
    happens_in_days: int
    costs: Sequence[tuple[str, int, Side]] = ()
    our_cost_ppm: int = 500_000
    our_leads_ppm: int = 500_000


_EVENING = _Asked(
    "MARLOWE10", "us", "joint_event", "An evening of candles at the harbour",
    "Forty guests, a long table, our candles and your recipes. Everybody goes home with a sample box.", 74, -46,
    (("Room and supper", 24_000, "us"), ("Speaker", 18_001, "partner"), ("Sample boxes", 9_600, "us")), 600_000,
)  # fmt: skip
_SWAP = _Asked(
    "SLOWSUNDAY", "partner", "newsletter_swap", "Two letters in one week",
    "We tell our readers about each other: you on Tuesday, we on Sunday.", 52, -31,
)  # fmt: skip
_GUIDE = _Asked(
    "HEARTH", "us", "co_branded", "The small book of table settings",
    "Twelve pages with both names on it: your rooms, our things.", 33, -2,
    (("Layout", 45_000, "partner"), ("Printing", 30_050, "us")),
)  # fmt: skip
_TALK = _Asked(
    "LEDGER5", "partner", "joint_event", "Ask us anything about wrapping", "An hour online with both our readers.",
    27, -4, (("Platform", 4_900, "partner"),), 500_000, 400_000,
)  # fmt: skip
_POST = _Asked(
    "THISTLE", "us", "guest_post", "A walk through the workshop", "You write it, we show it on our journal.", 15, 12,
    (("Pictures", 8_000, "partner"),), 750_000,
)  # fmt: skip
_WAITS_FOR_US = _Asked(
    "YIJUN", "partner", "co_branded", "A gift guide for Taipei", "In Chinese and English, for the season in December.",
    3, 24, (("Translation", 12_000, "us"), ("Pictures", 15_500, "partner")),
)  # fmt: skip
_WAITS_FOR_THEM = _Asked(
    "KESTREL", "us", "newsletter_swap", "Our spring letter and yours", "One paragraph each, on the same day.", 5, 30,
)  # fmt: skip
_DECLINED = _Asked(
    "HONEYBEE", "partner", "guest_post", "Ten codes for our shop", "A list of codes on your journal.", 40, -20,
    (("Listing", 20_000, "us"),),
)  # fmt: skip
_CALLED_OFF = _Asked(
    "PAPIER", "us", "joint_event", "Paper flowers, a Saturday course", "At the Old Market Hall.", 60, -25,
    (("Hall", 16_000, "us"),),
)  # fmt: skip


def play_joint_projects(stage: Stage, calendar: DemoCalendar) -> None:
    """Leave joint projects in every state. Call inside a transaction, after the year is played."""
    end, zone = calendar.ends_at, calendar.zone

    def asked(one: _Asked) -> JointProject:
        return _ask(stage.enrolments[one.code], one, end, zone)

    _settled(asked(_EVENING), end, {0: 23_650, 1: 18_001, 2: 10_200}, 46, "MARLOWE10", (
        ("us", "", 41, "guests"), ("partner", "https://marlowe.example/an-evening-of-candles", None, ""),
    ))  # fmt: skip
    _settled(asked(_SWAP), end, {}, 31, "SLOWSUNDAY", (
        ("us", "", 38_400, "readers"), ("partner", "", 21_750, "readers"),
    ))  # fmt: skip
    guide = _agreed(asked(_GUIDE), end - timedelta(days=31))
    send_proof(guide, side="partner", link="https://hearth.example/table-settings", now=end - timedelta(days=1),
               by=_person(guide))  # fmt: skip
    note_costs(guide, _amounts(guide, {0: 44_200}), side="partner", now=end - timedelta(days=1), by=_person(guide))
    talk = _agreed(asked(_TALK), end - timedelta(days=25))
    shown = send_proof(
        talk, side="partner", number=64, unit="guests", now=end - timedelta(days=3), by=_person(talk)
    )  # fmt: skip
    accept_proof(shown, now=end - timedelta(days=2), by=MANAGER)
    _agreed(asked(_POST), end - timedelta(days=13))
    asked(_WAITS_FOR_US)
    answered = asked(_WAITS_FOR_THEM)
    propose_again(answered, side="partner", text="One paragraph and one picture each.", now=end - timedelta(days=4),
                  by=_person(answered))  # fmt: skip
    propose_again(answered, side="us", our_leads_ppm=600_000, now=end - timedelta(days=2), by=MANAGER)
    decline_project(
        asked(_DECLINED), side="us", reason="Our journal tells stories; lists of codes are not for it.",
        now=end - timedelta(days=38), by=MANAGER,
    )  # fmt: skip
    course = _agreed(asked(_CALLED_OFF), end - timedelta(days=55))
    cancel_project(
        course, side="partner", reason="I broke my wrist; let us try again in autumn.", now=end - timedelta(days=41),
        by=_person(course),
    )  # fmt: skip


def _ask(enrolment: Enrolment, one: _Asked, end: datetime, zone: str) -> JointProject:
    costs: list[CostLine] = [
        {"name": name, "planned_minor": planned_minor, "paid_by": paid_by} for name, planned_minor, paid_by in one.costs
    ]
    return ask_project(
        enrolment, side=one.side, kind=one.kind, title=one.title, text=one.text, costs=costs,
        happens_on=local_day(end, zone) + timedelta(days=one.happens_in_days), our_cost_ppm=one.our_cost_ppm,
        our_leads_ppm=one.our_leads_ppm, now=end - timedelta(days=one.asked_days_ago),
        by=MANAGER if one.side == "us" else enrolment.partner.email,
    )  # fmt: skip


def _agreed(row: JointProject, at: datetime) -> JointProject:
    other: Side = "partner" if row.last_by == "us" else "us"
    return agree_project(row, side=other, now=at, by=MANAGER if other == "us" else _person(row))


def _settled(
    row: JointProject, end: datetime, amounts: dict[int, int], leads: int, code: str,
    proofs: Sequence[tuple[Side, str, int | None, str]],
) -> None:  # fmt: skip
    _agreed(row, row.created_at + timedelta(days=2))
    coupon = Coupon.objects.filter(enrolment=row.enrolment, code=code).first()
    if coupon is not None:
        set_code(row, coupon, now=row.created_at + timedelta(days=2), by=MANAGER)
    after = end - timedelta(days=20)
    for side, link, number, unit in proofs:
        by = MANAGER if side == "us" else _person(row)
        proof = send_proof(row, side=side, link=link, number=number, unit=unit, now=after, by=by)
        if side == "partner":
            accept_proof(proof, now=after + timedelta(hours=4), by=MANAGER)
    write_result(
        row, leads=leads, costs=_amounts(row, amounts), now=after + timedelta(days=1), by=MANAGER,
        note="We would do it again." if leads > 40 else "",
    )  # fmt: skip


def _amounts(row: JointProject, amounts: dict[int, int]) -> dict[UUID, int]:
    return {cost.pk: amounts[cost.position] for cost in row.costs.all() if cost.position in amounts}


def _person(row: JointProject) -> str:
    return row.enrolment.partner.email
