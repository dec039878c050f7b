"""Things to do about budgets: offers that wait for approval, plans that are nearly used up or exceeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.budgets.rules import quarter_at, quarter_text, state_of
from hanse.growth.budgets.types import State, Sums
from hanse.growth.today.types import Kind, Thing
from hanse.programs.programs.models import Program

_WORST: Sequence[State] = ("over", "will_be_over", "near")
_SHOWN = 3


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield the oldest offers that wait for approval, and one thing for all plans that need a look. Two queries.

    Plans are judged by their sums as they were last looked at.
    """
    asked = Overrun.objects.filter(program=program, state=Overrun.State.ASKED).order_by("asked_at", "id")
    for one in asked[:_SHOWN]:
        said = {"title": one.title, "kind": one.kind, "by": one.asked_by, "amount": str(one.amount_minor)}
        yield Thing(f"overrun:{one.pk}", Kind.BUDGET_ASKED, 1, one.over_minor, one.asked_at, one.pk, (), said)
    first = quarter_at(now, program.time_zone)
    rows = Budget.objects.filter(program=program, starts_on=first).exclude(looked_at=None)
    found = [(state, row) for row in rows.select_related("tier").order_by("id") if (state := _state(row)) != "fine"]
    if not found:
        return
    state, row = min(found, key=lambda one: (_WORST.index(one[0]), -(_over(*one)), str(one[1].pk)))
    detail = {
        "state": state, "type": row.partner_type, "tier": row.tier.name if row.tier else "",
        "quarter": quarter_text(first), "planned": str(row.amount_minor),
    }  # fmt: skip
    yield Thing(
        f"budget:{first}:{state}", Kind.BUDGET, len(found), max(0, _over(state, row)), row.looked_at, row.pk, (), detail
    )


def _sums(row: Budget) -> Sums:
    return Sums(row.accrued_minor, row.in_kind_minor, row.committed_minor, row.expected_minor, row.paid_minor)


def _state(row: Budget) -> State:
    return state_of(row.amount_minor, _sums(row))


def _over(state: State, row: Budget) -> int:
    """Return how far a plan is exceeded, or is expected to be; what is left of it where it is not."""
    sums = _sums(row)
    if state == "near":
        return row.amount_minor - sums.used_minor
    return (sums.used_minor if state == "over" else sums.expected_minor) - row.amount_minor
