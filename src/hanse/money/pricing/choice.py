"""Which clauses a conversion meets: the first base clause that matches each line, and which version spans a period."""

from __future__ import annotations

from collections.abc import Collection

from hanse.kernel.clock import Period, add_months, period_of
from hanse.money.pricing.history import History, Totals
from hanse.money.pricing.plan import SPANS, Plan, Rule, plan_of, span_of
from hanse.money.pricing.types import Credited, Earner
from hanse.programs.terms.types import DatedTerms, Fixed, Percent, Recurring, Span

Chosen = tuple[Rule, DatedTerms]
Fields = dict[str, object]


class Spans:
    """Answers which version counts for clauses that span a period: the one in force at its first instant.

    For an enrolment that begins inside a period it is the one at enrolment, and where no terms were in force then, the
    first that came into force inside the period.
    """

    def __init__(self, earner: Earner) -> None:
        self._earner = earner
        self._known: dict[Period, DatedTerms | None] = {}
        self._last: dict[Span, Period] = {}
        self.matter = len(earner.versions) > 1 and any(plan_of(row).has_spans for row in earner.versions)

    def period(self, span: Span, credited: Credited) -> Period:
        """Return the local period of a conversion; conversions come in time, so the last one is often right."""
        at, last = credited.conversion.occurred_at, self._last.get(span)
        if last is None or at not in last:
            last = self._last[span] = period_of(at, span, self._earner.time_zone)
        return last

    def version(self, span: Span, credited: Credited) -> DatedTerms | None:
        """Return the version whose clauses of this span count for a conversion."""
        if not self.matter:
            return credited.terms
        period = self.period(span, credited)
        if period not in self._known:
            self._known[period] = version_spanning(self._earner, period)
        return self._known[period] or credited.terms


def version_spanning(earner: Earner, period: Period) -> DatedTerms | None:
    """Return the version that counts for what a period adds up: in force when it began, or at enrolment inside it."""
    begins_at = max(period.starts_at, earner.enrolled_at)
    starts = sorted(row.starts_at for row in earner.versions if begins_at < row.starts_at < period.ends_at)
    return next(filter(None, (earner.version_at(at) for at in (begins_at, *starts))), None)


class Chooser:
    """Picks the base clause of each line of one conversion in one pass."""

    def __init__(self, earner: Earner, spans: Spans, history: History, totals: Totals) -> None:
        self._earner, self._spans, self._history, self._totals = earner, spans, history, totals

    def choose(self, credited: Credited, fields: Fields) -> Chosen | None:
        """Return the clause that pays a line, with the version it stands in; None: nothing pays it.

        A ladder that was promised when its period began goes on to the period's end; one that came later waits for
        the next period, and until then the version before it pays what the new one leaves unpaid.
        """
        terms = credited.terms
        if terms is None:
            return None
        if not self._spans.matter:
            rule = self._first(plan_of(terms), credited, fields)
            return (rule, terms) if rule is not None else None
        return self._promised(credited, fields) or self._present(terms, credited, fields)

    def _promised(self, credited: Credited, fields: Fields) -> Chosen | None:
        for span in SPANS:
            version = self._spans.version(span, credited)
            if version is None or version is credited.terms:
                continue
            rule = self._first(plan_of(version), credited, fields)
            if rule is not None and span_of(rule.clause) == span:
                return rule, version
        return None

    def _present(self, terms: DatedTerms, credited: Credited, fields: Fields) -> Chosen | None:
        plan = plan_of(terms)
        waiting = {span for span in SPANS if self._spans.version(span, credited) is not terms}
        rule = self._first(plan, credited, fields, waiting)
        if rule is not None:
            return rule, terms
        for span in SPANS:
            version = self._spans.version(span, credited)
            if span in waiting and version is not None:
                rule = self._first(plan_of(version), credited, fields, set(SPANS))
                if rule is not None:
                    return rule, version
        return None

    def _first(
        self, plan: Plan, credited: Credited, fields: Fields, without: Collection[Span | None] = ()
    ) -> Rule | None:
        for rule in plan.for_goal(credited.conversion.goal).bases:
            clause = rule.clause
            if rule.check is not None and not rule.check(fields):
                continue
            if without and span_of(clause) in without:
                continue
            recurring = clause.recurring if isinstance(clause, Percent | Fixed) else None
            if credited.unpaid_reason and not (recurring is not None and recurring.for_life):
                continue
            if recurring is None or self._still_holds(recurring, rule, credited):
                return rule
        return None

    def _still_holds(self, recurring: Recurring, rule: Rule, credited: Credited) -> bool:
        if recurring.months is not None:
            first = self._history.first_day(credited)
            return self._history.day_of(credited) < add_months(first, recurring.months)
        if recurring.payments is not None and credited.conversion.customer_id is not None:
            return self._totals.payments[payments_key(rule, credited)] < recurring.payments
        return True


def payments_key(rule: Rule, credited: Credited) -> tuple[object, ...]:
    """Return where payments of one customer under one sentence are counted, over all versions."""
    return (rule.key, credited.conversion.customer_id)
