"""A person's word on whose a conversion is."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import WRITE, actor, asker
from hanse.faces.api.reach import find, refer
from hanse.faces.api.values import Input, Instant, Output, Text
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.hand import credit_by_hand as keep_word
from hanse.traffic.attribution.hand import withdraw_hand_decision
from hanse.traffic.conversions.models import Conversion

router = Router(tags=["Conversions"])


class HandShareIn(Input):
    """One partner's part, in parts per million."""

    enrolment: Text
    ppm: Annotated[int, Field(ge=1, le=1_000_000)]


class HandDecisionIn(Input):
    """Whose it is: parts that add up to 1,000,000, and why."""

    credits: Annotated[list[HandShareIn], Field(min_length=1, max_length=20)]
    reason: Annotated[Text, Field(max_length=2000)]


class WithdrawalIn(Input):
    """Why the evidence decides again."""

    reason: Annotated[Text, Field(max_length=2000)]


class HandShareOut(Output):
    """One partner's part, in parts per million."""

    enrolment: str
    ppm: int


class HandDecisionOut(Output):
    """What was decided; the pipeline credits and prices it within a minute."""

    conversion: str
    credits: list[HandShareOut]
    reason: str
    decided_at: Instant


@router.post("/conversions/{conversion_id}/credits", auth=WRITE, response={201: HandDecisionOut})
def credit_by_hand(request: HttpRequest, conversion_id: str, body: HandDecisionIn) -> HandDecisionOut:
    """Say whose a conversion is, against the evidence or where there is none. Refused once it is approved."""
    key = asker(request)
    conversion = find(key, Conversion, conversion_id)
    shares = [
        (refer(key, Enrolment, one.enrolment, f"/credits/{place}/enrolment").pk, one.ppm)
        for place, one in enumerate(body.credits)
    ]
    made = keep_word(conversion, shares, reason=body.reason, now=clock.now(), by=actor(request))
    return HandDecisionOut(
        conversion=text_id("cnv", conversion.pk), reason=made.reason, decided_at=made.decided_at,
        credits=[HandShareOut(enrolment=text_id("enr", id_), ppm=ppm) for id_, ppm in shares],
    )  # fmt: skip


@router.post("/conversions/{conversion_id}/credits/withdraw", auth=WRITE, response={204: None})
def withdraw_credit_by_hand(request: HttpRequest, conversion_id: str, body: WithdrawalIn) -> Status[None]:
    """Take the word back: the evidence decides again."""
    conversion = find(asker(request), Conversion, conversion_id)
    withdraw_hand_decision(conversion, reason=body.reason, now=clock.now(), by=actor(request))
    return Status(204, None)
