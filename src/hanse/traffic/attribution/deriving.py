"""Deriving decisions from what is stored now: gathered, judged, decided; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from hanse.traffic.attribution.gathering import RESOLD, gather_touches, judge_partner
from hanse.traffic.attribution.owners import Owned, first_owned, in_order, owned_by, owner_touches
from hanse.traffic.attribution.rules import decide, decide_by_hand
from hanse.traffic.attribution.standing import Standing
from hanse.traffic.attribution.types import Decision, Policy, Subject, Touch

Policies = Mapping[UUID, tuple[UUID, Policy]]
Decisions = list[tuple[Subject, Decision]]
_Side = tuple[UUID, bool]  # a customer, as test orders see them or as all others do


def decisions_of(subjects: Sequence[Subject], policies: Policies) -> Decisions:
    """Decide conversions by the policy in force when they occurred. First sales are decided before what a customer's
    owner may earn from, and that in the order of the customers' histories. A fixed number of queries."""
    standing = Standing()
    touches = gather_touches(subjects, {id_: policy for id_, (_, policy) in policies.items()}, standing)
    owned = [one for one in subjects if _asks_for_owner(one, policies[one.id][1])]
    apart = {one.id for one in owned}
    firsts = [one for one in subjects if one.id not in apart]
    decisions = [(one, _decided(one, policies[one.id][1], touches[one.id])) for one in firsts]
    return decisions + (_decide_owned(in_order(owned), decisions, policies, touches, standing) if owned else [])


def _asks_for_owner(one: Subject, policy: Policy) -> bool:
    return one.is_recurring or (policy.lifetime and one.customer_id is not None)


def _decided(one: Subject, policy: Policy, touches: Sequence[Touch]) -> Decision:
    if one.hand:
        decision = decide_by_hand(policy, one.occurred_at, touches, one.hand)
        return decision if one.resold_by is None else _without_pay(decision)
    return decide(policy, one.occurred_at, touches, is_new=one.is_new)


def _without_pay(decision: Decision) -> Decision:
    """Let a person's word credit an order that was resold, and its margin be all that is paid."""
    shares = (replace(share, touch=replace(share.touch, unpaid=RESOLD)) for share in decision.shares)
    return replace(decision, shares=tuple(shares))


def _decide_owned(
    subjects: Sequence[Subject], firsts: Decisions, policies: Policies, touches: Mapping[UUID, Sequence[Touch]],
    standing: Standing,
) -> Decisions:  # fmt: skip
    """Decide conversions that a customer's owner may earn from, one after the other: one may own the next."""
    customers = {one.customer_id for one in subjects if one.customer_id}
    undecided = {one.id for one in subjects} | {one.id for one, _ in firsts}
    owned = {(id_, False): first for id_, first in first_owned(customers, undecided).items()}
    tested = {one.customer_id for one in subjects if one.customer_id and one.is_test}
    owned |= {(id_, True): first for id_, first in first_owned(tested, undecided, with_tests=True).items()}
    for one, decision in firsts:
        _note_owner(owned, one, decision)
    named = {enrolment_id for one in owned.values() for enrolment_id, _ in one.shares}
    standing.load(named | {touch.enrolment_id for one in subjects for touch in touches[one.id] if touch.enrolment_id})
    standing.load_buyers(subjects, {signal for one in subjects for signal in policies[one.id][1].own_signals})
    decisions: Decisions = []
    for one in subjects:
        policy = policies[one.id][1]
        found = owner_touches(one, owned.get((one.customer_id, one.is_test))) if one.customer_id else []
        own = [judge_partner(touch, one, policy, standing) for touch in found]
        decision = _decided(one, policy, [*own, *touches[one.id]])
        decisions.append((one, decision))
        _note_owner(owned, one, decision)
    return decisions


def _note_owner(owned: dict[_Side, Owned], one: Subject, decision: Decision) -> None:
    """Let a decided conversion be the beginning of ownership; a test order owns other test orders only."""
    mine = owned_by(one, decision)
    if mine is None or one.customer_id is None:
        return
    for side in ((one.customer_id, True), (one.customer_id, False))[: 1 if one.is_test else 2]:
        if side not in owned or mine.order < owned[side].order:
            owned[side] = mine
