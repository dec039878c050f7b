"""Terms made ready for many conversions: clauses by goal, conditions compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hanse.kernel.conditions import Check, compiled, fields_of
from hanse.programs.terms.types import (
    Cap,
    Clause,
    DatedTerms,
    Fixed,
    Ladder,
    Milestone,
    Multiplier,
    Percent,
    Span,
    TermsBody,
)

C = TypeVar("C", bound=Clause, covariant=True)
Likeness = tuple[str, str | None, str]
SPANS: tuple[Span, ...] = ("month", "quarter", "year", "life")


class Rule:
    """One clause with its compiled condition. `key` tells the same sentence of other versions by its content.

    `place` counts the sentences of one version that look alike: each keeps its own account of what it has paid.
    """

    __slots__ = ("check", "clause", "fields", "key", "number")

    def __init__(self, clause: Clause, place: int = 0) -> None:
        scope = clause.scope
        self.clause: Any = clause
        self.number = scope.number
        self.check: Check | None = compiled(scope.when) if scope.when is not None else None
        self.fields = frozenset(fields_of(scope.when)) if scope.when is not None else frozenset[str]()
        self.key = (*_likeness(clause), place)


@dataclass(frozen=True, slots=True)
class GoalPlan:
    """The clauses that conversions of one goal can meet, by what they do."""

    bases: tuple[Rule, ...]
    multipliers: tuple[Rule, ...]
    bonuses: tuple[Rule, ...]
    milestones: tuple[Rule, ...]
    caps: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """Which other conversions of the enrolment the price of one depends on.

    `customer`: all of the same customer. `span`: all of the same month, quarter or year; `life`: all there are.
    """

    customer: bool = False
    span: Span | None = None

    def __or__(self, other: Needs) -> Needs:
        spans = [span for span in (self.span, other.span) if span is not None]
        return Needs(self.customer or other.customer, max(spans, key=SPANS.index, default=None))

    @property
    def reach(self) -> Span | None:
        """The span to look at; customers' histories and spans together need everything."""
        return "life" if self.span is not None and self.customer else self.span


class Plan:
    """One version of terms, ready."""

    __slots__ = ("_by_goal", "body", "has_conditions", "has_spans", "milestones", "needs", "rules")

    def __init__(self, body: TermsBody) -> None:
        self.body = body
        alike: Counter[Likeness] = Counter()
        self.rules = tuple(Rule(clause, _place(clause, alike)) for clause in body.clauses)
        self.has_conditions = any(rule.check for rule in self.rules)
        self.has_spans = any(span_of(rule.clause) for rule in self.rules)
        self.milestones = tuple(rule for rule in self.rules if isinstance(rule.clause, Milestone))
        self.needs = Needs()
        for rule in self.rules:
            self.needs |= Needs(_needs_customer(rule), _needs_span(rule))
        self._by_goal: dict[str, GoalPlan] = {}

    def for_goal(self, goal: str) -> GoalPlan:
        """Return the clauses that a goal can meet."""
        plan = self._by_goal.get(goal)
        if plan is None:
            rules = [rule for rule in self.rules if rule.clause.scope.goal in (None, goal)]
            plan = self._by_goal[goal] = GoalPlan(
                bases=_chosen(rules, lambda c: isinstance(c, Percent | Fixed) or _is_ladder(c, bonus=False)),
                multipliers=_chosen(rules, lambda c: isinstance(c, Multiplier)),
                bonuses=_chosen(rules, lambda c: _is_ladder(c, bonus=True)),
                milestones=_chosen(rules, lambda c: isinstance(c, Milestone)),
                caps=_chosen(rules, lambda c: isinstance(c, Cap)),
            )
        return plan


def _likeness(clause: Clause) -> Likeness:
    return (type(clause).__name__, clause.scope.goal, repr(clause.scope.when))


def _place(clause: Clause, alike: Counter[Likeness]) -> int:
    alike[_likeness(clause)] += 1
    return alike[_likeness(clause)]


def span_of(clause: Clause) -> Span | None:
    """Return the period of a clause that adds up over a period."""
    if isinstance(clause, Ladder):
        return clause.period
    return clause.period if isinstance(clause, Cap) else None


def plan_of(terms: DatedTerms) -> Plan:
    """Return the plan of a version, made once."""
    known = _plans.get(id(terms.body))
    if known is None:
        if len(_plans) >= _KEPT:
            _plans.clear()
        known = _plans[id(terms.body)] = Plan(terms.body)
    return known


_KEPT = 10_000
_plans: dict[int, Plan] = {}  # a plan holds its body, so the id of a body in here is never used again


def _chosen(rules: list[Rule], belongs: Callable[[Clause], bool]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if belongs(rule.clause))


def _is_ladder(clause: Clause, *, bonus: bool) -> bool:
    return isinstance(clause, Ladder) and (clause.mode == "bonus") is bonus


def _needs_customer(rule: Rule) -> bool:
    clause = rule.clause
    by_customer = isinstance(clause, Cap) and clause.per == "customer"
    recurring = isinstance(clause, Percent | Fixed) and clause.recurring is not None and not clause.recurring.for_life
    return by_customer or recurring or "customer.months" in rule.fields


def _needs_span(rule: Rule) -> Span | None:
    if isinstance(rule.clause, Milestone) or not rule.fields.isdisjoint(("enrolment.conversions", "enrolment.value")):
        return "life"
    return span_of(rule.clause)
