"""The decision: which evidence counts, which level wins, how the model shares (domain.md §4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from hanse.kernel.money import PPM, largest_remainder
from hanse.traffic.attribution.exclusions import exclusions
from hanse.traffic.attribution.sharing import shares_of, weights_of
from hanse.traffic.attribution.types import Decision, Judged, Policy, Share, Touch, Verdict

# `lifetime` is the owner for goals that do not recur, in programs with ownership for life.
LEVELS = ("deal", "owner", "click", "lifetime", "open_deal", "coupon", "email", "survey")
BY_HAND = "manual"
TAKEOVER, BROWSER_EVIDENCE = "takeover", "browser_evidence"
# These stand on the order or the customer: they neither take over nor are taken over, and introduce nobody.
_TIMELESS = frozenset({"owner", "lifetime", "coupon", "survey"})
_UNSPLIT = frozenset({"deal", "owner", "lifetime"})
_WON = {"last": "last_touch", "first": "first_touch"}
_LOST = {"last": "later_touch_won", "first": "earlier_touch_won"}


def level_order(order: Sequence[str]) -> tuple[str, ...]:
    """Return all levels, those that a program ordered first. Ordering coupon before click is coupon-first."""
    chosen = [level for level in order if level in LEVELS]
    return (*chosen, *(level for level in LEVELS if level not in chosen))


def decide(policy: Policy, occurred_at: datetime, touches: Sequence[Touch], *, is_new: bool | None = None) -> Decision:
    """Judge every touchpoint of a conversion: the first level with evidence wins, the model shares among its touches.

    Touchpoints elsewhere that point to a winner agree; the rest lost or were excluded, each with its reason. Where the
    program gives the introducer a part, the partner of the earliest touch gets it if others win.
    """
    if not touches:
        return Decision("", (), ())
    reasons = exclusions(policy, occurred_at, touches, is_new=is_new)
    usable = [touch for touch, reason in zip(touches, reasons, strict=True) if not reason]
    level = next((level for level in level_order(policy.order) if any(touch.kind == level for touch in usable)), "")
    at_level = sorted((touch for touch in usable if touch.kind == level), key=attrgetter("order"))
    weights = weights_of(policy, occurred_at, at_level)
    shares = shares_of(at_level, weights)
    weighted = [touch for touch, weight in zip(at_level, weights, strict=True) if weight]
    shares = _with_holds(policy, occurred_at, shares, weighted, usable)
    introducer = _introducer(policy, level, usable, shares)
    if introducer is not None:
        shares = _split(shares, introducer, policy.introducer_ppm, _sound(usable))
    won = {id(touch): _won_reason(policy, level) for touch in weighted}
    won |= {id(introducer): "introducer"} if introducer is not None else {}
    return Decision(level, _judged(policy, level, touches, reasons, won, shares), shares)


def decide_by_hand(
    policy: Policy, occurred_at: datetime, touches: Sequence[Touch], hand: Sequence[tuple[UUID, int]]
) -> Decision:
    """Let a person's word stand: the evidence is kept with what would have excluded it; the rest lost or agrees."""
    reasons = exclusions(policy, occurred_at, touches)
    named = [Touch(BY_HAND, enrolment_id, share_ppm=ppm, detail={"share_ppm": ppm}) for enrolment_id, ppm in hand]
    shares = tuple(Share(enrolment_id, ppm, touch) for (enrolment_id, ppm), touch in zip(hand, named, strict=True))
    winners = {enrolment_id for enrolment_id, _ in hand}
    judged = [Judged(touch, "won", "by_hand") for touch in named]
    for touch, excluded in zip(touches, reasons, strict=True):
        if excluded:
            judged.append(Judged(touch, "excluded", excluded))
        elif touch.enrolment_id in winners:
            judged.append(Judged(touch, "agrees", "same_partner"))
        else:
            judged.append(Judged(touch, "lost", "decided_by_person"))
    return Decision(BY_HAND, tuple(judged), shares)


def _judged(
    policy: Policy, level: str, touches: Sequence[Touch], reasons: Sequence[str], won: Mapping[int, str],
    shares: Sequence[Share],
) -> tuple[Judged, ...]:  # fmt: skip
    winners = {share.enrolment_id for share in shares}
    judged = []
    for touch, excluded in zip(touches, reasons, strict=True):
        verdict: Verdict = "lost"
        reason = _LOST.get(policy.model, "not_chosen") if touch.kind == level else "stronger_evidence"
        if excluded:
            verdict, reason = "excluded", excluded
        elif id(touch) in won:
            verdict, reason = "won", won[id(touch)]
        elif touch.enrolment_id in winners:
            verdict, reason = "agrees", "same_partner"
        judged.append(Judged(touch, verdict, reason))
    return tuple(judged)


def _with_holds(
    policy: Policy, occurred_at: datetime, shares: Sequence[Share], weighted: Sequence[Touch], usable: Sequence[Touch]
) -> tuple[Share, ...]:
    """Note which shares wait for a person: won by a click in the last seconds after another partner's touch, or on a
    browser's word alone. What stands on the order itself has no time of its own and neither takes over nor is taken."""
    timed = [touch for touch in usable if touch.touched_at is not None and touch.kind not in _TIMELESS]
    first = min(timed, key=attrgetter("order"), default=None)
    others = (touch for touch in timed if first is not None and touch.enrolment_id != first.enrolment_id)
    second = min(others, key=attrgetter("order"), default=None)
    limit = timedelta(seconds=policy.takeover_seconds)
    hasty = set()
    sound = _sound(usable)
    for touch in weighted:
        before = second if first is not None and first.enrolment_id == touch.enrolment_id else first
        is_late = touch.kind == "click" and touch.touched_at is not None and occurred_at - touch.touched_at < limit
        if is_late and before is not None and before.order < touch.order:
            hasty.add(touch.enrolment_id)
    holds = {
        share.enrolment_id: TAKEOVER if share.enrolment_id in hasty
        else "" if share.enrolment_id in sound else BROWSER_EVIDENCE
        for share in shares
    }  # fmt: skip
    return tuple(replace(share, hold=holds[share.enrolment_id]) for share in shares)


def _sound(usable: Sequence[Touch]) -> set[UUID | None]:
    """Return for whom a source with a key speaks: whatever it says of a partner vouches for a browser's word."""
    return {touch.enrolment_id for touch in usable if not touch.is_browsers}


def _introducer(policy: Policy, level: str, usable: Sequence[Touch], shares: Sequence[Share]) -> Touch | None:
    """Return the earliest touch, if it is of a partner who has won nothing and the program pays who introduces."""
    if not policy.introducer_ppm or not shares or level in _UNSPLIT:
        return None
    timed = [touch for touch in usable if touch.touched_at is not None and touch.kind not in _TIMELESS]
    first = min(timed, key=attrgetter("order"), default=None)
    return None if first is None or first.enrolment_id in {share.enrolment_id for share in shares} else first


def _split(
    shares: Sequence[Share], introducer: Touch, introducer_ppm: int, sound: Collection[UUID | None]
) -> tuple[Share, ...]:
    """Give the introducer their part and share the rest as it was shared, by largest remainder. On a browser's word
    alone an introducer waits for a person, as a winner does."""
    if introducer.enrolment_id is None:
        return tuple(shares)
    rest = largest_remainder(PPM - introducer_ppm, [share.share_ppm for share in shares])
    scaled = [replace(share, share_ppm=part) for share, part in zip(shares, rest, strict=True) if part]
    hold = "" if introducer.enrolment_id in sound else BROWSER_EVIDENCE
    return (Share(introducer.enrolment_id, introducer_ppm, introducer, hold), *scaled)


def _won_reason(policy: Policy, level: str) -> str:
    if level in ("click", "email"):
        return _WON.get(policy.model, "shared")
    return level
