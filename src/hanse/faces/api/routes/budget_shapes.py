"""The shapes of budgets and of offers beyond them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import Field

from hanse.faces.api.values import Input, Instant, Minor, Output, Page, SignedMinor, Text, shown_id
from hanse.growth.budgets import rules
from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.budgets.types import Breach, Standing, Sums
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

When = Literal["warn", "approve"]
OverrunState = Literal["warned", "asked", "approved", "declined", "used"]
BudgetState = Literal["fine", "near", "over", "will_be_over"]


class SumsOut(Output):
    """What counts against a plan. `accrued` stands in the ledger, `committed` is promised, `expected` adds the pace."""

    accrued: SignedMinor
    in_kind: SignedMinor
    committed: SignedMinor
    expected: SignedMinor
    paid: SignedMinor


class BudgetIn(Input):
    """An amount for a quarter; without type and tier for the whole program."""

    program: Text = ""
    quarter: Annotated[Text, Field(max_length=10, description="Like 2026-Q2.")]
    amount: Minor
    type: Annotated[Text, Field(max_length=40, description="A type's slug; empty: all.")] = ""
    tier: Text = ""
    note: Annotated[Text, Field(max_length=2000)] = ""


class BudgetOut(SumsOut):
    """A plan, with its sums as of `looked_at` (null: never yet)."""

    id: str
    program: str
    quarter: str
    type: str
    tier: str | None
    amount: int
    currency: str
    note: str
    state: BudgetState
    looked_at: Instant | None


class BudgetPage(Page):
    """A page of plans."""

    data: list[BudgetOut]


class CellOut(SumsOut):
    """One type within one tier (its key); both empty: what belongs to nobody in particular."""

    type: str
    tier: str


class PromisedOut(Output):
    """Something promised in the quarter and not booked yet. `covered`: commission until then counts against it."""

    source: str
    enrolment: str | None
    title: str
    amount: SignedMinor
    due_on: str | None
    covered: bool


class BudgetStandingOut(SumsOut):
    """How a plan stands now."""

    id: str
    type: str
    tier: str
    amount: int
    left: SignedMinor
    state: BudgetState


class QuarterOut(SumsOut):
    """How a quarter stands now. `cells` add up to the whole, column by column; `rest_at_pace` is part of `expected`.

    `booked` is what was booked as cost on its days: the month-end files of the quarter add up to it.
    """

    program: str
    quarter: str
    starts_at: Instant
    ends_at: Instant
    currency: str
    rest_at_pace: SignedMinor
    pace_days: int
    booked: SignedMinor
    cells: list[CellOut]
    plans: list[BudgetStandingOut]
    promised: list[PromisedOut]


class BudgetRuleIn(Input):
    """What happens to an offer beyond a budget."""

    program: Text = ""
    when_over: When


class BudgetRuleOut(Output):
    """What happens to an offer beyond a budget."""

    when_over: When


class BudgetTryIn(Input):
    """An offer to try: a draft of a challenge, or terms for a program, a tier or an enrolment.

    `is_proposal`: terms that the partner would have to accept first.
    """

    program: Text = ""
    challenge: Text = ""
    enrolment: Text = ""
    tier: Text = ""
    body: dict[str, Any] | None = None
    is_proposal: bool = False
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class BreachOut(Output):
    """A plan that an offer would exceed. `beyond`: by what is spent and promised; else by what is expected."""

    budget: str
    quarter: str
    type: str
    tier: str
    planned: int
    before: SignedMinor
    added: SignedMinor
    over: SignedMinor
    beyond: bool


class BudgetTryOut(Output):
    """What an offer adds to planned quarters, and the plans it would exceed, the worst first."""

    adds: SignedMinor
    currency: str
    needs_approval: bool
    breaches: list[BreachOut]


class OverrunOut(Output):
    """An offer that went or would go beyond a budget."""

    id: str
    program: str
    enrolment: str | None
    kind: str
    title: str
    quarter: str
    amount: int
    over: int
    currency: str
    state: OverrunState
    asked_at: Instant
    asked_by: str
    decided_at: Instant | None
    decided_by: str
    reason: str


class OverrunPage(Page):
    """A page of offers beyond a budget."""

    data: list[OverrunOut]


class DecisionIn(Input):
    """Yes or no, and why."""

    approve: bool
    reason: Annotated[Text, Field(min_length=1, max_length=2000)]


def budget_out(row: Budget) -> BudgetOut:
    """Show a plan; its tier is loaded."""
    sums = Sums(row.accrued_minor, row.in_kind_minor, row.committed_minor, row.expected_minor, row.paid_minor)
    return BudgetOut(
        id=text_id("bud", row.pk), program=text_id("prg", row.program_id), quarter=rules.quarter_text(row.starts_on),
        type=row.partner_type, tier=shown_id("tie", row.tier_id), amount=row.amount_minor, currency=row.currency,
        note=row.note, state=rules.state_of(row.amount_minor, sums), looked_at=row.looked_at, **_sums(sums),
    )  # fmt: skip


def standing_out(
    program: Program, found: Standing, plans: Sequence[Budget], sums: Mapping[UUID, Sums]
) -> QuarterOut:  # fmt: skip
    """Show how a quarter stands."""
    return QuarterOut(
        program=text_id("prg", program.pk), quarter=rules.quarter_text(found.first), starts_at=found.period.starts_at,
        ends_at=found.period.ends_at, currency=program.currency, rest_at_pace=found.pace.rest_minor,
        pace_days=found.pace.days, booked=found.booked_minor, **_sums(found.whole),
        cells=[CellOut(type=kind, tier=tier, **_sums(one)) for (kind, tier), one in sorted(found.cells.items())],
        plans=[
            BudgetStandingOut(
                id=text_id("bud", row.pk), type=row.partner_type, tier=row.tier.key if row.tier else "",
                amount=row.amount_minor, left=row.amount_minor - sums[row.pk].used_minor,
                state=rules.state_of(row.amount_minor, sums[row.pk]), **_sums(sums[row.pk]),
            )
            for row in plans
        ],
        promised=[
            PromisedOut(
                source=one.source, enrolment=shown_id("enr", one.enrolment_id), title=one.title,
                amount=one.amount_minor, due_on=one.due_on.isoformat() if one.due_on else None, covered=one.covered,
            )
            for one in found.promised
        ],
    )  # fmt: skip


def breach_out(one: Breach) -> BreachOut:
    """Show a plan that would be exceeded."""
    return BreachOut(
        budget=text_id("bud", one.budget_id), quarter=rules.quarter_text(one.first), type=one.type, tier=one.tier,
        planned=one.planned_minor, before=one.before_minor, added=one.added_minor, over=one.over_minor,
        beyond=one.is_beyond,
    )  # fmt: skip


def overrun_out(row: Overrun) -> OverrunOut:
    """Show an offer beyond a budget."""
    return OverrunOut(
        id=text_id("ovr", row.pk), program=text_id("prg", row.program_id), enrolment=shown_id("enr", row.enrolment_id),
        kind=row.kind, title=row.title, quarter=rules.quarter_text(row.starts_on), amount=row.amount_minor,
        over=row.over_minor, currency=row.currency, state=cast("OverrunState", row.state), asked_at=row.asked_at,
        asked_by=row.asked_by, decided_at=row.decided_at, decided_by=row.decided_by, reason=row.reason,
    )  # fmt: skip


def _sums(sums: Sums) -> dict[str, int]:
    names = ("accrued", "in_kind", "committed", "expected", "paid")
    return {name: getattr(sums, f"{name}_minor") for name in names}
