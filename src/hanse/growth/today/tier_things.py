"""Things to do about tiers: moves that wait for a person, promises of ours that are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hanse.growth.care.queries import overdue_in
from hanse.growth.tiers.queries import reviews_waiting
from hanse.growth.today.types import Kind, Named, Thing
from hanse.programs.programs.models import Program

_READ = 200
_NAMES = 5


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about tiers in a program. Two queries."""
    reviews = list(reviews_waiting(program.pk)[:_READ])
    if reviews:
        named = [Named(one.enrolment.partner_id, one.enrolment.partner.name) for one in reviews[:_NAMES]]
        value = sum(one.numbers.get("value_minor", 0) for one in reviews)
        yield Thing(
            f"tier-reviews:{reviews[-1].pk}", Kind.TIER_REVIEWS, len(reviews), value, reviews[0].asked_at,
            reviews[0].enrolment_id, named, {"before": reviews[0].before, "after": reviews[0].after},
        )  # fmt: skip
    overdue = list(overdue_in(program.pk, now)[:_READ])
    if overdue:
        first = overdue[0]
        named = [Named(one.enrolment.partner_id, one.enrolment.partner.name) for one in overdue[:_NAMES]]
        detail = {"kind": first.promise.kind, "number": str(first.promise.number), "words": first.promise.words}
        yield Thing(
            f"promises-overdue:{first.pk}", Kind.PROMISES_OVERDUE, len(overdue), 0, first.due_at, first.enrolment_id,
            named, detail,
        )  # fmt: skip
