"""What the API says and takes of joint projects."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from hanse.faces.api.routes.days import Day
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, SignedMinor, Text, left_out

JointKind = Literal["guest_post", "co_branded", "joint_event", "newsletter_swap"]
JointState = Literal["asked", "agreed", "done", "declined", "cancelled"]
JointStage = Literal[
    "our_turn", "their_turn", "agreed", "proof", "to_look_at", "result", "done", "declined", "cancelled"
]
JointSide = Literal["us", "partner"]
ProofState = Literal["waiting", "accepted", "refused"]
Share = Annotated[int, Field(ge=0, le=1_000_000, description="In parts per million; the partner has the rest.")]
_TITLE, _LONG, _REASON = Field(max_length=120), Field(max_length=4000), Field(max_length=2000)
_BY: Any = Field("us", description="Who says it: we, or the partner through a surface of yours.")


class JointCostIn(Input):
    """A planned cost, and who pays it first."""

    name: Annotated[Text, _TITLE]
    planned: Minor
    paid_by: JointSide


class JointProjectIn(Input):
    """A proposal to do something together."""

    enrolment: Text
    side: JointSide = _BY
    kind: JointKind
    title: Annotated[Text, _TITLE]
    text: Annotated[Text, _LONG] = ""
    happens_on: Day
    our_cost: Share = 500_000
    our_leads: Share = 500_000
    costs: list[JointCostIn] = Field(default_factory=list, max_length=20)


class JointProjectChange(Input):
    """Another proposal in the place of the one on the table. What is left out stays."""

    side: JointSide = _BY
    version: Annotated[int, Field(ge=1, le=10**9)] = left_out()
    kind: JointKind = left_out()
    title: Annotated[Text, _TITLE] = left_out()
    text: Annotated[Text, _LONG] = left_out()
    happens_on: Day = left_out()
    our_cost: Share = left_out()
    our_leads: Share = left_out()
    costs: list[JointCostIn] = left_out(max_length=20)


class JointYes(Input):
    """Who agrees, and to which version."""

    side: JointSide = _BY
    version: Annotated[int, Field(ge=1, le=10**9)] | None = None


class JointNo(Input):
    """Who says no, and why: the other side reads it."""

    side: JointSide = _BY
    reason: Annotated[Text, _REASON]


class JointReason(Input):
    """Why, for the partner to read."""

    reason: Annotated[Text, _REASON]


class JointDay(Input):
    """On which day it happens now."""

    happens_on: Day


class JointCode(Input):
    """The partner's code that counts with the project; null: none."""

    coupon: Text | None


class JointProofIn(Input):
    """What shows that a side did its part: an address, a stored file, or a number with what it counts."""

    side: JointSide = _BY
    link: Annotated[Text, Field(max_length=500)] = ""
    file: Text | None = None
    number: Annotated[int, Field(ge=0, le=10**12)] | None = None
    unit: Annotated[Text, Field(max_length=40)] = ""
    note: Annotated[Text, _REASON] = ""


class JointAmount(Input):
    """What one cost came to."""

    cost: Text
    amount: Minor


class JointAmounts(Input):
    """What costs came to. The partner names only what they paid."""

    side: JointSide = _BY
    costs: list[JointAmount] = Field(max_length=20)


class JointResultIn(Input):
    """How it ended; costs that were named before need not be named again."""

    leads: Annotated[int, Field(ge=0, le=10_000_000)]
    costs: list[JointAmount] = Field(default_factory=list, max_length=20)
    note: Annotated[Text, _LONG] = ""


class JointCostOut(Output):
    """A cost. `counted` is what is divided: never above what was agreed."""

    id: str
    name: str
    planned: int
    actual: int | None
    counted: int
    paid_by: JointSide


class JointSharesOut(Output):
    """What costs come to: `total` is `ours` and `partners`. `to_partner` evens the two out; below zero the partner
    owes it."""

    total: int
    ours: int
    partners: int
    to_partner: SignedMinor


class JointResultOut(Output):
    """A written result: costs and leads of both sides, what one lead cost, and the transaction that evened them out."""

    total: int
    ours: int
    partners: int
    leads: int
    our_leads: int
    partner_leads: int
    cost_per_lead: int | None
    our_cost_per_lead: int | None
    partner_cost_per_lead: int | None
    settled: SignedMinor
    transaction: int | None
    note: str


class JointOutcomeOut(Output):
    """What its link and code brought so far; leads are conversions without a value."""

    clicks: int
    sales: int
    leads: int
    value: int


class JointProjectOut(Output):
    """A joint project."""

    id: str
    program: str
    enrolment: str
    kind: JointKind
    title: str
    text: str
    happens_on: date
    state: JointState
    stage: JointStage
    asked_by: JointSide
    last_by: JointSide
    version: int
    our_cost: int
    our_leads: int
    currency: str
    costs: list[JointCostOut]
    planned: JointSharesOut
    link: str | None
    coupon: str | None
    outcome: JointOutcomeOut
    result: JointResultOut | None
    created_at: Instant
    agreed_at: Instant | None
    ended_at: Instant | None
    reason: str


class JointProjectPage(Page):
    """A page of joint projects."""

    data: list[JointProjectOut]


class JointProofOut(Output):
    """A proof, and what became of it."""

    id: str
    project: str
    side: JointSide
    link: str
    file: str | None
    number: int | None
    unit: str
    note: str
    state: ProofState
    reason: str
    sent_at: Instant
    decided_at: Instant | None


class JointProofPage(Page):
    """A page of proofs."""

    data: list[JointProofOut]
