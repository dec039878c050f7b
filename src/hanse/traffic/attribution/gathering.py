"""Gathering evidence for a batch of conversions in a fixed number of queries, and judging whose it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hanse.traffic.attribution.click_touches import ClickEvidence
from hanse.traffic.attribution.order_touches import OrderEvidence
from hanse.traffic.attribution.standing import Standing
from hanse.traffic.attribution.subjects import DOMAIN_FIELDS
from hanse.traffic.attribution.types import Policy, Subject, Touch
from hanse.traffic.deals.evidence import DealEvidence

_AT_THE_TOUCH = frozenset({"click", "email"})  # the partner must have been active then; for all others at the order
_OWNERS = frozenset({"owner", "lifetime"})
RESOLD = "resold"


class PartnerKnowledge(Protocol):
    """What judging needs to know of partners; `Standing` reads it, a dry run is told."""

    def is_of(self, enrolment_id: UUID, program_id: UUID) -> bool:
        """Say whether the enrolment belongs to the program."""

    def is_extension(self, enrolment_id: UUID) -> bool:
        """Say whether the partner's tool sits in buyers' browsers."""

    def status_at(self, enrolment_id: UUID, at: datetime) -> str:
        """Return the enrolment's status at a moment."""

    def own_signal(self, enrolment_id: UUID, subject: Subject, visitor: str, signals: Collection[str]) -> str:
        """Return what tells that the partner bought for themselves, or ""."""


def gather_touches(
    subjects: Sequence[Subject], policies: Mapping[UUID, Policy], standing: Standing
) -> dict[UUID, list[Touch]]:
    """Return what could earn credit for each conversion: clicks, deals, a coupon, clicks of the same address, a named
    partner; each with its exclusion."""
    clicks, orders = ClickEvidence(subjects, policies), OrderEvidence(subjects)
    deals = DealEvidence(
        {(one.program_id, one.customer_external_id, one.email_hash, domain_of(one)) for one in subjects}
    )
    touches = {
        one.id: [
            *clicks.of(one), *_deal_touches(one, deals), *orders.coupons_of(one), *clicks.by_email(one),
            *orders.named_in(one),
        ]
        for one in subjects
    }  # fmt: skip
    standing.load({touch.enrolment_id for found in touches.values() for touch in found if touch.enrolment_id})
    standing.load_buyers(subjects, {signal for policy in policies.values() for signal in policy.own_signals})
    return {
        one.id: [judge_partner(touch, one, policies[one.id], standing) for touch in touches[one.id]] for one in subjects
    }


def judge_partner(touch: Touch, subject: Subject, policy: Policy, standing: PartnerKnowledge) -> Touch:
    """Exclude a touchpoint whose partner was not active (clicks at the touch, all else at the conversion), belongs to
    another program, or bought for themselves; note whose tool sits in the browser.

    An order that was resold pays nobody: its margin does. Who sold it is credited without pay, nobody else is."""
    enrolment_id = touch.enrolment_id
    if touch.excluded or enrolment_id is None:
        return touch
    if not standing.is_of(enrolment_id, subject.program_id):
        return replace(touch, excluded="other_program")
    if subject.resold_by is not None and enrolment_id != subject.resold_by:
        return replace(touch, excluded=RESOLD)
    if touch.kind == "click" and standing.is_extension(enrolment_id):
        touch = replace(touch, is_extension=True)
    moment = touch.touched_at if touch.kind in _AT_THE_TOUCH and touch.touched_at else subject.occurred_at
    status = standing.status_at(enrolment_id, moment)
    if status == "ended" and touch.kind in _OWNERS:
        touch = replace(touch, unpaid="partner_ended")
    elif status != "active":
        return replace(touch, excluded="partner_not_active", detail={**touch.detail, "status": status})
    if subject.resold_by is not None:
        return replace(touch, unpaid=RESOLD)
    if policy.self_referral == "allow":
        return touch
    signal = standing.own_signal(enrolment_id, subject, touch.visitor, policy.own_signals)
    if not signal:
        return touch
    touch = replace(touch, detail={**touch.detail, "own": signal})
    if policy.self_referral == "block":
        return replace(touch, excluded="self_referral")
    return replace(touch, unpaid="self_referral")


def domain_of(subject: Subject) -> str:
    """Return the company domain that the order names for its customer, in small letters, or ""."""
    value = next((subject.metadata[field] for field in DOMAIN_FIELDS if subject.metadata.get(field)), "")
    return str(value).strip().lower().removeprefix("www.")[:200]


def _deal_touches(one: Subject, deals: DealEvidence) -> list[Touch]:
    key = (one.program_id, one.customer_external_id, one.email_hash, domain_of(one))
    found = []
    for deal in deals.of(key):
        kind, excluded = deal.level_at(one.occurred_at)
        detail = {"deal": str(deal.id), "protected_until": deal.protected_until_text} if deal.protected_until else {
            "deal": str(deal.id)
        }  # fmt: skip
        found.append(
            Touch(kind, deal.enrolment_id, deal.registered_at, deal_id=deal.id, excluded=excluded, detail=detail)
        )
    return found
