"""The decision: which evidence counts, which level wins, how the model shares (domain.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hanse.traffic.attribution.sharing import LATEST, shares_of, weights_of
from hanse.traffic.attribution.types import Decision, Judged, Policy, Touch, Verdict

# `lifetime` is the owner for goals that do not recur, in programs with ownership for life.
LEVELS = ("deal", "owner", "click", "lifetime", "open_deal", "coupon", "email", "survey")
_WITHOUT_WINDOW = {"deal": None, "open_deal": None, "coupon": None, "owner": None, "lifetime": None}
_WON = {"last": "last_touch", "first": "first_touch"}
_LOST = {"last": "later_touch_won", "first": "earlier_touch_won"}


def level_order(order: Sequence[str]) -> tuple[str, ...]:
    """Return all levels, those that a program ordered first. Ordering coupon before click is coupon-first."""
    chosen = [level for level in order if level in LEVELS]
    return (*chosen, *(level for level in LEVELS if level not in chosen))


def decide(policy: Policy, occurred_at: datetime, touches: Sequence[Touch]) -> Decision:
    """Judge every touchpoint of a conversion: the first level with evidence wins, the model shares among its touches.

    Touchpoints elsewhere that point to a winner agree; the rest lost or were excluded, each with its reason.
    """
    if not touches:
        return Decision("", (), ())
    reasons = [touch.excluded or window_reason(policy, occurred_at, touch) for touch in touches]
    usable = [touch for touch, reason in zip(touches, reasons, strict=True) if not reason]
    level = next((level for level in level_order(policy.order) if any(touch.kind == level for touch in usable)), "")
    at_level = sorted((touch for touch in usable if touch.kind == level), key=touch_order)
    weights = weights_of(policy, occurred_at, at_level)
    shares = shares_of(at_level, weights)
    winners = {share.enrolment_id for share in shares}
    weighted = {id(touch) for touch, weight in zip(at_level, weights, strict=True) if weight}
    judged = []
    for touch, excluded in zip(touches, reasons, strict=True):
        verdict: Verdict = "lost"
        reason = _LOST.get(policy.model, "not_chosen") if touch.kind == level else "stronger_evidence"
        if excluded:
            verdict, reason = "excluded", excluded
        elif id(touch) in weighted:
            verdict, reason = "won", _won_reason(policy, level)
        elif touch.enrolment_id in winners:
            verdict, reason = "agrees", "same_partner"
        judged.append(Judged(touch, verdict, reason))
    return Decision(level, tuple(judged), shares)


def window_reason(policy: Policy, occurred_at: datetime, touch: Touch) -> str:
    """Return why a touchpoint's time excludes it, or "": a touch counts up to its window's very end."""
    if touch.touched_at is None:
        return ""
    if touch.touched_at > occurred_at:
        return "after_conversion"
    days = {**_WITHOUT_WINDOW, **policy.windows}.get(touch.kind, policy.window_days)
    too_old = days is not None and occurred_at - touch.touched_at > timedelta(days=days)
    return "outside_window" if too_old else ""


def touch_order(touch: Touch) -> tuple[datetime, str, str]:
    """Sort touchpoints by time, then id; those of the conversion itself come last."""
    return (touch.touched_at or LATEST, touch.click_id, str(touch.enrolment_id))


def _won_reason(policy: Policy, level: str) -> str:
    if level in ("click", "email"):
        return _WON.get(policy.model, "shared")
    return level
