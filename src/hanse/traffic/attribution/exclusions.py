"""Why a touchpoint cannot count: its time, an existing customer, an extension that came second (domain.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hanse.traffic.attribution.types import Policy, Touch

# A coupon or a deal needs no window unless one is set; an owner is one for as long as the terms pay.
_WITHOUT_WINDOW = {"deal": None, "open_deal": None, "coupon": None, "owner": None, "lifetime": None}
_OWNERS = frozenset({"owner", "lifetime"})
# Reasons that lie with the partner or the program: the click itself was a valid one.
_VALID_CLICK = frozenset({"", "partner_not_active", "self_referral", "other_program"})


def exclusions(
    policy: Policy, occurred_at: datetime, touches: Sequence[Touch], *, is_new: bool | None = None
) -> list[str]:
    """Return for each touchpoint why it cannot count, or "". What was found before any rule of time comes first.

    Owners are not asked whether the customer is new: the customer was, when they brought them.
    """
    standing_down = _standing_down(policy, touches)
    is_existing = policy.new_customers_only and is_new is False
    reasons = []
    for place, touch in enumerate(touches):
        reason = touch.excluded or window_reason(policy, occurred_at, touch)
        if not reason and is_existing and touch.kind not in _OWNERS:
            reason = "existing_customer"
        reasons.append(reason or ("stand_down" if place in standing_down else ""))
    return reasons


def window_reason(policy: Policy, occurred_at: datetime, touch: Touch) -> str:
    """Return why a touchpoint's time excludes it, or "": a touch counts up to its window's very end."""
    if touch.touched_at is None:
        return ""
    if touch.touched_at > occurred_at:
        return "after_conversion"
    days = window_of(policy, touch.kind)
    too_old = days is not None and occurred_at - touch.touched_at > timedelta(days=days)
    return "outside_window" if too_old else ""


def window_of(policy: Policy, kind: str) -> int | None:
    """Return the days for which a kind of evidence counts, None for any number."""
    return {**_WITHOUT_WINDOW, **policy.windows}.get(kind, policy.window_days)


def _standing_down(policy: Policy, touches: Sequence[Touch]) -> set[int]:
    """Return the places of extensions' clicks that came within the time after another partner's valid click.

    One sweep in time: of each visitor the latest click and the latest one of anybody else are remembered.
    """
    if not policy.stand_down_minutes or not any(touch.is_extension for touch in touches):
        return set()
    limit = timedelta(minutes=policy.stand_down_minutes)
    clicks = [
        (touch.touched_at, place, touch) for place, touch in enumerate(touches)
        if touch.kind == "click" and touch.touched_at and touch.enrolment_id and touch.excluded in _VALID_CLICK
    ]  # fmt: skip
    clicks.sort(key=lambda one: one[2].order)
    latest: dict[str, dict[object, datetime]] = {}
    found = set()
    for at, place, touch in clicks:
        seen = latest.setdefault(touch.visitor, {})
        others = [other for enrolment_id, other in seen.items() if enrolment_id != touch.enrolment_id]
        if touch.is_extension and others and at - max(others) <= limit:
            found.add(place)
        mine = {enrolment_id: other for enrolment_id, other in seen.items() if enrolment_id != touch.enrolment_id}
        rest = dict(sorted(mine.items(), key=lambda item: item[1])[-1:])
        latest[touch.visitor] = {**rest, touch.enrolment_id: at}
    return found
