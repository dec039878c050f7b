"""The models: how a conversion is shared among the touchpoints of the winning level, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Context, Decimal
from uuid import UUID

from hanse.kernel.money import PPM, largest_remainder
from hanse.traffic.attribution.types import LATEST, Policy, Share, Touch

MODELS = ("last", "first", "linear", "position", "time_decay")
_EXACT = Context(prec=60)
_SCALE = 10**45
_MICROSECOND = timedelta(microseconds=1)


def weights_of(policy: Policy, occurred_at: datetime, touches: Sequence[Touch]) -> list[int]:
    """Return each touchpoint's weight as a whole number, given in order of time; owners weigh by their shares where
    these are known.

    Raises ValueError for a model that does not exist.
    """
    count = len(touches)
    if not count:
        return []
    if touches[0].kind in ("owner", "lifetime") and any(touch.share_ppm for touch in touches):
        return [touch.share_ppm for touch in touches]
    if policy.model == "last":
        return [0] * (count - 1) + [1]
    if policy.model == "first":
        return [1] + [0] * (count - 1)
    if policy.model == "linear":
        return [1] * count
    if policy.model == "position":
        return _by_position(count)
    if policy.model == "time_decay":
        return _by_age(policy.half_life_days, occurred_at, touches)
    raise ValueError(f"there is no attribution model {policy.model!r}")


def shares_of(touches: Sequence[Touch], weights: Sequence[int]) -> tuple[Share, ...]:
    """Add up the weights of each enrolment's touchpoints, then share 1,000,000 parts by largest remainder.

    Ties go to the earliest touch, then the lower enrolment id; each share is shown by its weightiest, latest touch.
    """
    sums: dict[UUID, int] = {}
    shown: dict[UUID, tuple[int, Touch]] = {}
    earliest: dict[UUID, int] = {}
    for place, (touch, weight) in enumerate(zip(touches, weights, strict=True)):
        if weight and touch.enrolment_id is not None:
            sums[touch.enrolment_id] = sums.get(touch.enrolment_id, 0) + weight
            earliest.setdefault(touch.enrolment_id, place)
            if weight >= shown.get(touch.enrolment_id, (0, touch))[0]:
                shown[touch.enrolment_id] = (weight, touch)
    if not sums:
        return ()
    ranked = sorted(sums, key=lambda owner: (touches[earliest[owner]].touched_at or LATEST, str(owner)))
    parts = largest_remainder(PPM, [sums[enrolment_id] for enrolment_id in ranked])
    return tuple(
        Share(enrolment_id, part, shown[enrolment_id][1])
        for enrolment_id, part in zip(ranked, parts, strict=True)
        if part
    )


def _by_position(count: int) -> list[int]:
    """Weigh 40 : 20 : 40, the middle shared equally; two touchpoints share alike."""
    if count < 3:
        return [1] * count
    middle = count - 2
    return [2 * middle, *([1] * middle), 2 * middle]


def _by_age(half_life_days: int, occurred_at: datetime, touches: Sequence[Touch]) -> list[int]:
    """Weigh 0.5^(age ÷ half-life), to 45 decimal digits, relative to the youngest touchpoint."""
    ages = [(occurred_at - (touch.touched_at or occurred_at)) // _MICROSECOND for touch in touches]
    half_life = timedelta(days=half_life_days) // _MICROSECOND
    exponents = [_EXACT.divide(Decimal(min(ages) - age), Decimal(half_life)) for age in ages]
    return [int(_EXACT.multiply(_EXACT.power(Decimal(2), exponent), Decimal(_SCALE))) for exponent in exponents]
