"""The dry run of a decision (domain.md §13): JSON in, JSON out, judged by the functions that the pipeline calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hanse.kernel.errors import Invalid
from hanse.traffic.attribution.gathering import judge_partner
from hanse.traffic.attribution.preview_reading import Point, Request, Sale, read_request
from hanse.traffic.attribution.rules import decide
from hanse.traffic.attribution.types import Policy, Subject, Touch

NO_ID = UUID(int=0)


def preview(request: object) -> dict[str, Any]:
    """Decide one conversion without storing anything. Raises Invalid with pointers into the request.

    Enrolments are named by any text; of equal remainders the earliest touch, then the lower name gets the odd part.
    Owners share by `share`, the part of the conversion that made the customer theirs; where none is given the model
    shares among them as among other touchpoints. `held` names what a person would have to look at.
    """
    asked, problems = read_request(request)
    if problems or asked is None:
        raise Invalid(problems)
    return _answer(asked)


def _answer(asked: Request) -> dict[str, Any]:
    names = sorted({point.enrolment for point in asked.points})
    ids = {name: UUID(int=place) for place, name in enumerate(names, 1)}
    touches = _judged(asked.points, ids, asked.sale, asked.policy)
    decision = decide(asked.policy, asked.sale.occurred_at, touches, is_new=asked.sale.is_new)
    answer: dict[str, Any] = {
        "credits": [
            {"enrolment": names[share.enrolment_id.int - 1], "ppm": share.share_ppm} for share in decision.shares
        ],
        "evidence": [
            {**point.sent, "verdict": judged.verdict, "reason": judged.reason}
            for point, judged in zip(asked.points, decision.judged, strict=True)
        ],
    }
    held = [one for one in decision.shares if one.hold]
    if held:
        answer["held"] = [{"enrolment": names[one.enrolment_id.int - 1], "reason": one.hold} for one in held]
    return answer


def _judged(points: Sequence[Point], ids: dict[str, UUID], sale: Sale, policy: Policy) -> list[Touch]:
    """Give touchpoints the ids of their enrolments and let the pipeline's judge look at each partner."""
    subject = _subject(sale)
    touches = []
    for point in points:
        touch = replace(point.touch, enrolment_id=ids[point.enrolment])
        touches.append(judge_partner(touch, subject, policy, point))
    return touches


def _subject(sale: Sale) -> Subject:
    return Subject(
        id=NO_ID, program_id=NO_ID, external_id="", occurred_at=sale.occurred_at, is_recurring=sale.is_recurring,
        customer_id=None, customer_external_id="", email_hash="", is_new=sale.is_new, click_id="",
        click_link_number=None, click_touched_at=None, bad_click="", visitor="", coupon_code="", partner_hint="",
        is_kept=True,
    )  # fmt: skip
