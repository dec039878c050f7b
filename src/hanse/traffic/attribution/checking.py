"""Proving the credits: each decision is derived again, from the facts or, where it is frozen, from what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hanse.spine.findings import Finding
from hanse.traffic.attribution.deriving import decisions_of
from hanse.traffic.attribution.models import Attribution, Credit, Evidence
from hanse.traffic.attribution.rules import BY_HAND, LEVELS, decide
from hanse.traffic.attribution.subjects import open_subjects, policies_for, policy_value
from hanse.traffic.attribution.types import Policy, Touch
from hanse.traffic.conversions.models import Conversion

_CHUNK = 2_000
Shares = dict[UUID, int]


def compare_attributions() -> list[Finding]:
    """Derive every decision again and return those whose credits differ from what is stored."""
    return [finding for ids in _chunks() for finding in _compared(ids)]


def replayed(ids: Collection[UUID]) -> dict[UUID, Shares]:
    """Return the credits that follow: open decisions from the facts as they are stored now, frozen ones from the
    evidence and the policy's version that they were made with."""
    subjects = open_subjects(ids)
    found = {
        one.id: {share.enrolment_id: share.share_ppm for share in decision.shares}
        for one, decision in decisions_of(subjects, policies_for(subjects))
    } if subjects else {}  # fmt: skip
    return found | _frozen([id_ for id_ in ids if id_ not in found])


def _chunks() -> Iterator[list[UUID]]:
    last = UUID(int=0)
    ordered = Attribution.objects.order_by("conversion_id").values_list("conversion_id", flat=True)
    while ids := list(ordered.filter(conversion_id__gt=last)[:_CHUNK]):
        yield ids
        last = ids[-1]


def _compared(ids: list[UUID]) -> Iterator[Finding]:
    stored: dict[UUID, Shares] = {id_: {} for id_ in ids}
    rows = Credit.objects.filter(conversion_id__in=ids).values_list("conversion_id", "enrolment_id", "share_ppm")
    for conversion_id, enrolment_id, share_ppm in rows:
        stored[conversion_id][enrolment_id] = share_ppm
    again = replayed(ids)
    differing = [id_ for id_ in ids if again.get(id_, {}) != stored[id_]]
    names = dict(Conversion.objects.filter(id__in=differing).values_list("id", "external_id")) if differing else {}
    for id_ in differing:
        message = f"{_said(stored[id_])} is stored, {_said(again.get(id_, {}))} follows from the facts"
        yield Finding("attribution", names[id_], message)


def _said(shares: Shares) -> str:
    parts = sorted(f"{str(enrolment_id)[-6:]} {share_ppm}" for enrolment_id, share_ppm in shares.items())
    return ", ".join(parts) or "nobody"


def _frozen(ids: Collection[UUID]) -> dict[UUID, Shares]:
    if not ids:
        return {}
    decided = Attribution.objects.filter(conversion_id__in=ids).select_related("policy")
    policies: dict[UUID, Policy] = {row.conversion_id: policy_value(row.policy) for row in decided}
    moments: dict[UUID, datetime] = dict(Conversion.objects.filter(id__in=ids).values_list("id", "occurred_at"))
    touches: dict[UUID, list[Touch]] = {id_: [] for id_ in ids}
    by_hand: dict[UUID, Shares] = {}
    for row in Evidence.objects.filter(conversion_id__in=ids).order_by("position"):
        if row.kind == BY_HAND and row.enrolment_id:
            by_hand.setdefault(row.conversion_id, {})[row.enrolment_id] = int(row.detail["share_ppm"])
        touches[row.conversion_id].append(_touch(row))
    found = {}
    for id_ in ids:
        # What time excluded is told by the verdicts: the order may have been amended to another date since.
        at = max([moments[id_], *(touch.touched_at for touch in touches[id_] if touch.touched_at is not None)])
        decision = decide(replace(policies[id_], windows=dict.fromkeys(LEVELS)), at, touches[id_])
        found[id_] = by_hand.get(id_) or {share.enrolment_id: share.share_ppm for share in decision.shares}
    return found


def _touch(row: Evidence) -> Touch:
    return Touch(
        row.kind, row.enrolment_id, row.touched_at, row.click_id, row.link_number, row.coupon_id,
        excluded=row.reason if row.verdict == Evidence.Verdict.EXCLUDED else "",
        share_ppm=int(row.detail.get("share_ppm", 0)), detail=row.detail,
    )  # fmt: skip
