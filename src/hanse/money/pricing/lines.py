"""What the lines of one conversion earn: base amounts times factors, rounded once per line and credit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hanse.kernel.money import PPM, round_half_away
from hanse.money.pricing.choice import Chooser, Chosen, Fields, Spans, payments_key
from hanse.money.pricing.history import SpanTotal, Totals
from hanse.money.pricing.ladders import passed_step, reached, slices
from hanse.money.pricing.plan import GoalPlan, plan_of
from hanse.money.pricing.types import Credited, Tally
from hanse.programs.terms.types import DatedTerms, Fixed, Ladder, Percent

Factors = tuple[tuple[int, int], ...]  # (clause number, parts per million)


class View:
    """One conversion as one pass sees it: as sold, or what is left of it."""

    __slots__ = ("credited", "fields", "is_kept", "lines", "quantities", "share_ppm")

    def __init__(self, credited: Credited, fields: Fields, *, as_sold: bool) -> None:
        sold = credited.conversion
        self.credited, self.fields, self.share_ppm = credited, fields, credited.share_ppm
        self.lines = tuple(line.amount_minor for line in sold.lines) if as_sold else sold.lines_left
        self.quantities = tuple(Fraction(line.quantity) for line in sold.lines) if as_sold else sold.quantities_left
        self.is_kept = as_sold or sold.refunded_minor < sold.amount_minor or sold.amount_minor <= 0

    def line_fields(self, index: int) -> Fields:
        """Return the condition fields of one line, as sold."""
        line = self.credited.conversion.lines[index]
        self.fields["line.sku"] = line.sku or None
        self.fields["line.category"] = line.category or None
        self.fields["line.quantity"] = line.quantity
        self.fields["line.amount"] = line.amount_minor
        return self.fields


class LineAmounts:
    """Prices the lines of conversions, one after the other, in one pass."""

    def __init__(self, chooser: Chooser, spans: Spans, totals: Totals) -> None:
        self._chooser, self._spans, self._totals = chooser, spans, totals

    def price(self, view: View, tally: Tally) -> None:
        """Add what every line earns by the first base clause that matches it."""
        if view.credited.terms is None:
            tally.add(0, step="none", reason="no_terms")
            return
        goal_plan = plan_of(view.credited.terms).for_goal(view.credited.conversion.goal)
        together: dict[int, list[tuple[int, Factors]]] = {}
        chosen_by: dict[int, Chosen] = {}
        for index in range(len(view.lines)):
            fields = view.line_fields(index) if view.fields else view.fields
            chosen = self._chooser.choose(view.credited, fields)
            if chosen is None:
                tally.add(0, step="none", line=index, reason=view.credited.unpaid_reason or "no_clause")
                continue
            factors = _factors(goal_plan, fields) if goal_plan.multipliers else ()
            place = len(tally.steps)
            if isinstance(chosen[0].clause, Percent):
                _percent(view, index, chosen[0].clause, chosen[0].number, factors, tally)
            else:
                together.setdefault(id(chosen[0]), []).append((index, factors))
            _name_version(view, chosen[1], tally, place)
            chosen_by[id(chosen[0])] = chosen
        for key, members in together.items():
            place = len(tally.steps)
            self._together(view, chosen_by[key], members, tally)
            _name_version(view, chosen_by[key][1], tally, place)
        self._count_payments(view, chosen_by)

    def _together(self, view: View, chosen: Chosen, members: list[tuple[int, Factors]], tally: Tally) -> None:
        """Price clauses that look at all lines which chose them."""
        rule, terms = chosen
        if isinstance(rule.clause, Ladder):
            period = self._spans.period(rule.clause.period, view.credited)
            total = self._totals.spans[terms.id, rule.number, period.starts_at]
            _ladder(view, rule.clause, rule.number, members, total, tally)
        elif rule.clause.per == "unit":
            for index, factors in members:
                _unit(view, index, rule.clause, rule.number, factors, tally)
        else:
            _fixed(view, rule.clause, rule.number, members, tally)

    def _count_payments(self, view: View, chosen_by: dict[int, Chosen]) -> None:
        for rule, _terms in chosen_by.values():
            recurring = rule.clause.recurring if isinstance(rule.clause, Percent | Fixed) else None
            if recurring is not None and recurring.payments is not None and view.is_kept:
                self._totals.payments[payments_key(rule, view.credited)] += 1


def _name_version(view: View, terms: DatedTerms, tally: Tally, place: int) -> None:
    """Let the steps from a place on say which version paid, where that is not the one in force: a ladder that was
    promised for a period goes on to its end."""
    if terms is not view.credited.terms:
        for step in tally.steps[place:]:
            step["terms"] = str(terms.id)


def _factors(plan: GoalPlan, fields: Fields) -> Factors:
    return tuple([
        (rule.number, rule.clause.factor_ppm) for rule in plan.multipliers if rule.check is None or rule.check(fields)
    ])  # fmt: skip


def _scaled(numerator: int, denominator: int, factors: Factors) -> int:
    """Multiply by factors and round once."""
    for _number, factor_ppm in factors:
        numerator, denominator = numerator * factor_ppm, denominator * PPM
    return round_half_away(numerator, denominator)


def _line_step(view: View, index: int, number: int, factors: Factors) -> dict[str, Any]:
    return {
        "line": index, "clause": number, "value": view.lines[index], "share_ppm": view.share_ppm,
        "factors": [list(pair) for pair in factors],
    }  # fmt: skip


def _percent(view: View, index: int, clause: Percent, number: int, factors: Factors, tally: Tally) -> None:
    amount = _scaled(view.lines[index] * view.share_ppm * clause.rate_ppm, PPM * PPM, factors)
    if tally.explains:
        tally.add(amount, step="percent", rate_ppm=clause.rate_ppm, **_line_step(view, index, number, factors))
    else:
        tally.amount_minor += amount


def _unit(view: View, index: int, clause: Fixed, number: int, factors: Factors, tally: Tally) -> None:
    units = view.quantities[index]
    amount = _scaled(clause.amount_minor * units.numerator * view.share_ppm, units.denominator * PPM, factors)
    step = _line_step(view, index, number, factors)
    tally.add(amount, step="unit", each=clause.amount_minor, quantity=str(units), **step)


def _fixed(view: View, clause: Fixed, number: int, members: list[tuple[int, Factors]], tally: Tally) -> None:
    """Pay the sum once: it belongs to the lines that chose it by value, × share × value left ÷ value.

    Lines without any value share it equally and keep it. The lines' parts add up exactly and are rounded once.
    """
    sold = view.credited.conversion.lines
    whole = sum(sold[index].amount_minor for index, _factors in members)
    weights = [(view.lines[index], factors) for index, factors in members]
    if whole <= 0:
        whole, weights = len(members), [(1 if view.is_kept else 0, factors) for _index, factors in members]
    exact = Fraction(0)
    for weight, factors in weights:
        part = Fraction(weight, whole)
        for _number, factor_ppm in factors:
            part *= Fraction(factor_ppm, PPM)
        exact += part
    exact *= Fraction(clause.amount_minor * view.share_ppm, PPM)
    by_factors: dict[Factors, int] = {}
    for weight, factors in weights:
        by_factors[factors] = by_factors.get(factors, 0) + weight
    # Lines that were multiplied differently are told apart; most sums need no such list.
    parts = [[weight, [list(pair) for pair in factors]] for factors, weight in by_factors.items()]
    tally.add(
        round_half_away(exact.numerator, exact.denominator), step="fixed", each=clause.amount_minor, clause=number,
        lines=[index for index, _factors in members], share_ppm=view.share_ppm,
        value=sum(weight for weight, _factors in weights), of=whole,
        factors=[list(pair) for pair in sorted({pair for _index, factors in members for pair in factors})],
        **({"parts": parts} if len(parts) > 1 else {}),
    )  # fmt: skip


def _ladder(
    view: View, clause: Ladder, number: int, members: list[tuple[int, Factors]], total: SpanTotal, tally: Tally
) -> None:
    before = total.value_micro if clause.metric == "value" else total.count
    if view.is_kept:
        total.count += 1
    if clause.metric == "value" and clause.mode == "marginal":
        _marginal(view, clause, number, members, total, tally)
        return
    total.value_micro += sum(view.lines[index] for index, _factors in members) * view.share_ppm
    after = total.value_micro if clause.metric == "value" else total.count
    rate_ppm = reached(clause, after)
    booked_before = total.booked_minor
    for index, factors in members:
        amount = _scaled(view.lines[index] * view.share_ppm * rate_ppm, PPM * PPM, factors)
        tally.add(amount, step="ladder", rate_ppm=rate_ppm, **_line_step(view, index, number, factors))
        total.booked_minor += amount
        total.weighted += _weight(view.lines[index] * view.share_ppm, factors)
    if clause.mode == "retroactive" and passed_step(clause, before, after):
        exact = total.weighted * Fraction(rate_ppm, PPM * PPM)
        change = round_half_away(exact.numerator, exact.denominator) - total.booked_minor
        total.booked_minor += change
        if change:
            tally.add(
                change, step="ladder_change", clause=number, rate_ppm=rate_ppm, booked=booked_before,
                total=round_half_away(total.value_micro, PPM),
            )  # fmt: skip


def _weight(value_micro: int, factors: Factors) -> Fraction:
    weight = Fraction(value_micro)
    for _number, factor_ppm in factors:
        weight *= Fraction(factor_ppm, PPM)
    return weight


def _marginal(
    view: View, clause: Ladder, number: int, members: list[tuple[int, Factors]], total: SpanTotal, tally: Tally
) -> None:
    for index, factors in members:
        value_micro = view.lines[index] * view.share_ppm
        cut = slices(clause, total.value_micro, total.value_micro + value_micro)
        total.value_micro += value_micro
        amount = _scaled(sum([part * rate_ppm for part, rate_ppm in cut]), PPM * PPM, factors)
        if tally.explains:
            step = _line_step(view, index, number, factors)
            tally.add(amount, step="slices", slices=[list(piece) for piece in cut], **step)
        else:
            tally.amount_minor += amount
