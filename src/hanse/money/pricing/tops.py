"""What comes on top of the lines, in the order of domain.md §5: caps, bonuses, milestones, period caps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from hanse.kernel.money import PPM
from hanse.money.pricing.choice import Spans
from hanse.money.pricing.history import SpanTotal, Totals
from hanse.money.pricing.lines import View
from hanse.money.pricing.plan import SPANS, Rule, plan_of, span_of
from hanse.money.pricing.types import Credited, Tally
from hanse.programs.terms.types import Cap, Ladder

Key = tuple[UUID, int, datetime]


class Tops:
    """Applies what looks at whole conversions, in one pass."""

    def __init__(self, spans: Spans, totals: Totals, milestones: tuple[Rule, ...]) -> None:
        self._spans, self._totals, self._milestones = spans, totals, milestones

    def price(self, view: View, tally: Tally) -> None:
        """Cut to the caps of conversion and customer, add bonuses and milestones, cut to the caps of periods."""
        terms = view.credited.terms
        plan = plan_of(terms).for_goal(view.credited.conversion.goal) if terms is not None else None
        caps = [rule for rule in plan.caps if _applies(rule, view)] if plan is not None else []
        for rule in caps:
            if rule.clause.per == "conversion":
                _cut(rule, tally, rule.clause.amount_minor)
        for rule in caps:
            if rule.clause.per == "customer" and view.credited.conversion.customer_id is not None:
                self._cut_running(rule, (rule.key, view.credited.conversion.customer_id), view, tally)
        if self._spans.matter or (plan is not None and plan.bonuses):
            self._bonuses(view, tally)
        if self._milestones:
            self._reach_milestones(view, tally)
        if self._spans.matter or caps:
            for rule, key in self._spanning(view.credited, "caps"):
                if _applies(rule, view):
                    self._cut_running(rule, key, view, tally)

    def _spanning(self, credited: Credited, kind: Literal["bonuses", "caps"]) -> Iterator[tuple[Rule, Key]]:
        """Yield the clauses that add up over a period, each from the version that counts for its period."""
        for span in SPANS if self._spans.matter else (None,):
            version = credited.terms if span is None else self._spans.version(span, credited)
            if version is None or not plan_of(version).has_spans:
                continue
            goal_plan = plan_of(version).for_goal(credited.conversion.goal)
            for rule in goal_plan.bonuses if kind == "bonuses" else goal_plan.caps:
                of_rule = span_of(rule.clause)
                if of_rule is not None and span in (None, of_rule):
                    yield rule, (version.id, rule.number, self._spans.period(of_rule, credited).starts_at)

    def _cut_running(self, rule: Rule, key: Any, view: View, tally: Tally) -> None:
        """Cut what goes beyond a sum or count that fills up over several conversions."""
        clause: Cap = rule.clause
        if clause.amount_minor is not None:
            left_minor = clause.amount_minor - self._totals.paid_minor[key]
            _cut(rule, tally, max(0, left_minor))
            self._totals.paid_minor[key] += tally.amount_minor
        elif clause.count is not None:
            if self._totals.paid_counts[key] >= clause.count:
                _cut(rule, tally, 0)
            elif tally.amount_minor > 0 and view.is_kept:
                self._totals.paid_counts[key] += 1

    def _bonuses(self, view: View, tally: Tally) -> None:
        if view.credited.unpaid_reason:
            return
        for rule, key in self._spanning(view.credited, "bonuses"):
            clause: Ladder = rule.clause
            total = self._totals.spans[key]
            before, after = _move(total, clause.metric, _matching(rule, view), view)
            for step in clause.steps:
                if before < step.start <= after:
                    tally.add(step.amount_minor, step="bonus", clause=rule.number, metric=clause.metric, at=step.start)

    def _reach_milestones(self, view: View, tally: Tally) -> None:
        """Count for the milestones of every version; the one in force at this conversion pays, once for ever."""
        if view.credited.unpaid_reason:
            return
        own = view.credited.terms
        for rule in self._milestones:
            clause = rule.clause
            if clause.scope.goal not in (None, view.credited.conversion.goal):
                continue
            before, after = _move(self._totals.spans[id(rule)], clause.metric, _matching(rule, view), view)
            if not before < clause.at <= after or own is None or rule not in plan_of(own).milestones:
                continue
            key = (clause.metric, clause.at)
            if key not in self._totals.reached:
                self._totals.reached.add(key)
                tally.add(clause.amount_minor, step="milestone", clause=rule.number, metric=clause.metric, at=clause.at)


def _move(total: SpanTotal, metric: str, lines: Sequence[int], view: View) -> tuple[int, int]:
    """Let a total grow by this conversion's matching lines; return it before and after, in whole minor units or counts.

    Values are compared without fractions of a minor unit: a mark is reached when the full amount is there.
    """
    if metric == "count":
        before = total.count
        total.count += bool(lines) and view.is_kept
        return before, total.count
    before = total.value_micro // PPM
    total.value_micro += sum([view.lines[index] for index in lines]) * view.share_ppm
    return before, total.value_micro // PPM


def _matching(rule: Rule, view: View) -> Sequence[int]:
    everything = range(len(view.lines))
    if rule.check is None:
        return everything
    return [index for index in everything if rule.check(view.line_fields(index))]


def _applies(rule: Rule, view: View) -> bool:
    return rule.check is None or rule.check(view.fields)


def _cut(rule: Rule, tally: Tally, limit_minor: int) -> None:
    before = tally.amount_minor
    if not tally.explains:
        tally.amount_minor = min(before, limit_minor)
        return
    clause: Cap = rule.clause
    tally.add(
        min(0, limit_minor - before), step="cap", clause=rule.number, per=clause.per, period=clause.period,
        limit=clause.amount_minor, count=clause.count, before=before,
    )  # fmt: skip
