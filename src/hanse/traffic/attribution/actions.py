"""Deciding who is credited, again whenever earlier facts arrive, until the decision is frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from hanse.kernel.ids import new_id
from hanse.spine.bulk import insert_many, update_many
from hanse.traffic.attribution.deriving import decisions_of
from hanse.traffic.attribution.models import Attribution, Credit, Evidence
from hanse.traffic.attribution.queries import frozen_among
from hanse.traffic.attribution.rules import BY_HAND
from hanse.traffic.attribution.subjects import open_subjects, policies_for
from hanse.traffic.attribution.types import Decision, Policy, Subject
from hanse.traffic.conversions.types import Watch, watch_nothing

Policies = dict[UUID, tuple[UUID, Policy]]
Decisions = list[tuple[Subject, Decision]]


def attribute_conversions(conversion_ids: Collection[UUID], now: datetime, watch: Watch = watch_nothing) -> set[UUID]:
    """Decide conversions by the policy in force when they occurred and record all evidence with its verdict.

    Returns the conversions whose credits are new or other than before; frozen ones stay untouched. First sales are
    decided before renewals, renewals in the order of their customers' histories. A fixed number of queries.
    """
    subjects = open_subjects(conversion_ids)
    if not subjects:
        return set()
    policies = policies_for(subjects)
    return _record(decisions_of(subjects, policies), policies, now, watch)


def freeze_attributions(conversion_ids: Collection[UUID], at: datetime) -> None:
    """Let decisions stand for good: their commissions have been approved. Facts that arrive later change nothing."""
    Attribution.objects.filter(conversion_id__in=conversion_ids, frozen_at=None).update(frozen_at=at)


def follow_dates(moments: Mapping[UUID, datetime]) -> None:
    """Let frozen credits lie where their amended orders lie now: whose they are stands, the period is the order's."""
    for conversion_id in frozen_among(moments) if moments else ():
        Credit.objects.filter(conversion_id=conversion_id).update(occurred_at=moments[conversion_id])


def _record(decisions: Decisions, policies: Policies, now: datetime, watch: Watch) -> set[UUID]:
    """Write decisions that are new or other than before; return the conversions whose credits changed."""
    ids = [one.id for one, _ in decisions]
    known = {row["conversion_id"]: row for row in Attribution.objects.filter(conversion_id__in=ids).values()}
    evidence = {one.id: _evidence_rows(one, decision) for one, decision in decisions}
    credit = {one.id: _credit_rows(one, decision) for one, decision in decisions}
    facts = {one.id: _facts(one, decision) for one, decision in decisions}
    old_evidence, old_credit = _stored(Evidence, known), _stored(Credit, known)
    differing = {
        id_ for id_ in ids
        if id_ not in known or not _same(evidence[id_], old_evidence.get(id_, []))
        or not _same(credit[id_], old_credit.get(id_, [])) or known[id_]["policy_id"] != policies[id_][0]
        or known[id_]["facts"] != facts[id_]
    }  # fmt: skip
    recredited = {id_ for id_ in differing if not _same(credit[id_], old_credit.get(id_, []))}
    again = differing & known.keys()
    watch(again)
    if again:
        Evidence.objects.filter(conversion_id__in=again).delete()
        Credit.objects.filter(conversion_id__in=again).delete()
    rows = [_attribution_row(one, made, policies[one.id], now) for one, made in decisions if one.id in differing]
    insert_many(Attribution, [row for row in rows if row["conversion_id"] not in known])
    update_many(Attribution, [row for row in rows if row["conversion_id"] in known])
    insert_many(Evidence, [row for id_ in ids if id_ in differing for row in evidence[id_]])
    insert_many(Credit, [row for id_ in ids if id_ in differing for row in credit[id_]])
    return recredited | (differing - again)


def _attribution_row(one: Subject, decision: Decision, policy: tuple[UUID, Policy], now: datetime) -> dict[str, Any]:
    return {
        "conversion_id": one.id, "policy_id": policy[0], "level": decision.level, "model": policy[1].model,
        "decided_at": now, "facts": _facts(one, decision),
    }  # fmt: skip


def _facts(one: Subject, decision: Decision) -> list[str]:
    """List what a decision rests on, so that it can be followed when it is frozen."""
    facts = [f"conversion:{source}" for source in one.sources]
    for judged in decision.judged:
        touch = judged.touch
        facts += [f"click:{touch.click_id}"] if touch.click_id else []
        facts += [f"coupon:{touch.detail['code']}"] if touch.kind == "coupon" and "code" in touch.detail else []
        facts += [f"deal:{touch.deal_id}"] if touch.deal_id else []
        facts += [f"owner:{touch.detail['conversion']}"] if touch.kind in ("owner", "lifetime") else []
        facts += [f"hand:{touch.enrolment_id}"] if touch.kind == BY_HAND else []
    return [*dict.fromkeys(facts), f"is_new:{one.is_new}"]


def _evidence_rows(one: Subject, decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(), "conversion_id": one.id, "position": position, "kind": judged.touch.kind,
            "enrolment_id": judged.touch.enrolment_id, "click_id": judged.touch.click_id,
            "link_number": judged.touch.link_number, "coupon_id": judged.touch.coupon_id,
            "deal_id": judged.touch.deal_id, "touched_at": judged.touch.touched_at,
            "verdict": judged.verdict, "reason": judged.reason,
            "detail": dict(judged.touch.detail),
        }
        for position, judged in enumerate(decision.judged)
    ]  # fmt: skip


def _credit_rows(one: Subject, decision: Decision) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(), "conversion_id": one.id, "enrolment_id": share.enrolment_id, "share_ppm": share.share_ppm,
            "click_id": share.touch.click_id, "link_number": share.touch.link_number,
            "coupon_id": share.touch.coupon_id, "occurred_at": one.occurred_at, "unpaid_reason": share.touch.unpaid,
            "hold_reason": share.hold,
        }
        for share in decision.shares
    ]  # fmt: skip


def _stored(model: type[Model], known: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    stored: dict[UUID, list[dict[str, Any]]] = {}
    if known:
        rows: QuerySet[Any, dict[str, Any]] = model._default_manager.filter(conversion_id__in=known).values()
        for row in rows:
            stored.setdefault(row["conversion_id"], []).append(row)
    return stored


def _same(new: list[dict[str, Any]], old: list[dict[str, Any]]) -> bool:
    return len(new) == len(old) and sorted(map(_content, new)) == sorted(map(_content, old))


def _content(row: dict[str, Any]) -> str:
    return repr(sorted((name, value) for name, value in row.items() if name != "id"))
