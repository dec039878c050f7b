"""Reading clauses from JSON: every value checked, every mistake told with a pointer to its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, cast
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.conditions import Condition, FieldKind, parse_condition, tests_of
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import parse_id
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM, parse_rate_ppm, rate_text
from hanse.kernel.reading import ObjectReader
from hanse.programs.terms.types import (
    Benefit,
    Cap,
    Clause,
    Fee,
    Fixed,
    Floor,
    Ladder,
    Milestone,
    Multiplier,
    Percent,
    Recurring,
    Referral,
    Scope,
    Span,
    Step,
)

FIELDS: Final[Mapping[str, FieldKind]] = {
    "goal": "text",
    "line.sku": "text",
    "line.category": "text",
    "line.quantity": "number",
    "line.amount": "number",
    "order.amount": "number",
    "order.currency": "text",
    "order.coupon": "text",
    "customer.country": "country",
    "customer.is_new": "boolean",
    "customer.months": "number",
    "partner.types": "texts",
    "partner.country": "country",
    "enrolment.tier": "text",
    "enrolment.conversions": "number",
    "enrolment.value": "number",
    "metadata.*": "any",
}
SPANS: Final = ("month", "quarter", "year", "life")
MAX_COUNT: Final = 1_000_000_000
MAX_STEPS: Final = 50
_FACTOR = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?")


class ClauseReader(ObjectReader):
    """Reads one clause: money, rates, periods and conditions on top of plain values."""

    def __init__(
        self,
        value: object,
        pointer: str,
        problems: list[Problem],
        known: Collection[str],
        goals: Collection[str] | None,
    ) -> None:
        super().__init__(value, pointer, problems, known)
        self.goals = goals

    def amount(self, key: str, *, required: bool = True) -> int | None:
        """Return an amount of at least one minor unit."""
        return self.integer(key, 1, MAX_AMOUNT_MINOR, required=required)

    def rate(self, key: str = "rate") -> int:
        """Return a percentage in parts per million."""
        text = self.text(key, 20, required=True)
        if text is None:
            return 0
        try:
            rate_ppm = parse_rate_ppm(text)
        except Invalid:
            self.refuse(key, _("must be a percentage from 0% to 100%, written like “12.5%”"), "bad_rate")
            return 0
        if rate_ppm > PPM:
            meant = {"rate": rate_text(rate_ppm // 10)}
            self.refuse(key, _("must be between 0%% and 100%%. Did you mean %(rate)s?") % meant, "bad_rate")
        return rate_ppm

    def option(self, key: str, options: Collection[str], *, required: bool = True) -> str | None:
        """Return one of a few words."""
        value = self.text(key, 20, required=required)
        if value is not None and value not in options:
            self.refuse(key, _("must be one of %(options)s") % {"options": ", ".join(options)}, "not_an_option")
            return None
        return value

    def span(self, *, required: bool = True) -> Span | None:
        """Return the period of a clause."""
        return cast("Span | None", self.option("period", SPANS, required=required))

    def scope(self, number: int, *, about_lines: bool) -> Scope:
        """Return goal and condition. Clauses about whole conversions cannot test single lines."""
        goal = self.text("goal", 40)
        if goal is not None and self.goals is not None and goal not in self.goals:
            self.refuse("goal", _("is “%(goal)s”, which is no goal of this program") % {"goal": goal}, "unknown_goal")
        if self.values.get("when") is None:
            return Scope(number, goal)
        when = parse_condition(self.values["when"], FIELDS, f"{self.pointer}/when", self.problems)
        if when is not None:
            self._check_when(when, goal, about_lines=about_lines)
        return Scope(number, goal, when)

    def _check_when(self, when: Condition, goal: str | None, *, about_lines: bool) -> None:
        for test in tests_of(when):
            if test.field.startswith("line.") and not about_lines:
                message = _("tests “%(field)s”, but this clause is about whole conversions") % {"field": test.field}
                self.refuse("when", message, "field_not_possible")
            if test.field != "goal" or test.op not in ("eq", "in"):
                continue
            wanted = test.value if isinstance(test.value, tuple) else (test.value,)
            possible = {goal} if goal is not None else self.goals
            for value in wanted if possible is not None else ():
                if value not in possible:  # type: ignore[operator]  # None was left out in the line above
                    message = _("tests for the goal “%(goal)s”, which this clause never sees") % {"goal": value}
                    self.refuse("when", message, "unknown_goal")

    def recurring(self) -> Recurring | None:
        """Return how long a base clause holds for one customer, or None: always."""
        value = self.values.get("recurring")
        if value is None:
            return None
        if value == "life":
            return Recurring()
        inner = ObjectReader(value, f"{self.pointer}/recurring", self.problems, ("months", "payments"))
        months, payments = inner.integer("months", 1, 1200), inner.integer("payments", 1, MAX_COUNT)
        if isinstance(value, dict) and len(inner.values.keys() & {"months", "payments"}) != 1:
            inner.refuse("", _("needs either months or payments, or is the word “life”"), "invalid")
        return Recurring(months, payments)


def _percent(reader: ClauseReader, number: int) -> Clause:
    return Percent(reader.scope(number, about_lines=True), reader.rate(), reader.recurring())


def _fixed(reader: ClauseReader, number: int) -> Clause:
    per: Any = reader.option("per", ("conversion", "unit"), required=False) or "conversion"
    scope = reader.scope(number, about_lines=True)
    return Fixed(scope, reader.amount("amount") or 0, per, reader.recurring())


def _ladder(reader: ClauseReader, number: int) -> Clause:
    metric: Any = reader.option("metric", ("value", "count"))
    mode: Any = reader.option("mode", ("marginal", "retroactive", "bonus"))
    period = reader.span()
    steps = _steps(reader, "amount" if mode == "bonus" else "rate")
    return Ladder(reader.scope(number, about_lines=True), metric, cast("Span", period), mode, steps)


def _steps(reader: ClauseReader, pays: str) -> tuple[Step, ...]:
    found = reader.array("steps", MAX_STEPS)
    if not found:
        reader.refuse("steps", _("needs at least one step"), "required")
        return ()
    steps: list[Step] = []
    for index, value in enumerate(found):
        pointer = f"{reader.pointer}/steps/{index}"
        inner = ClauseReader(value, pointer, reader.problems, ("from", pays), reader.goals)
        start = inner.integer("from", 1 if pays == "amount" else 0, MAX_AMOUNT_MINOR, required=True)
        if start is not None and steps and start <= steps[-1].start:
            inner.refuse("from", _("must be higher than that of the step before"), "not_ascending")
        rate_ppm = inner.rate() if pays == "rate" else 0
        steps.append(Step(start or 0, rate_ppm, (inner.amount("amount") or 0) if pays == "amount" else 0))
    return tuple(steps)


def _multiplier(reader: ClauseReader, number: int) -> Clause:
    text = reader.text("factor", 20, required=True)
    fits = text is not None and _FACTOR.fullmatch(text) is not None and Decimal(text) <= 100
    if text is not None and not fits:
        reader.refuse("factor", _("must be a number from 0 to 100, written as a text like “1.5”"), "bad_factor")
    factor_ppm = int(Decimal(text) * PPM) if text is not None and fits else PPM
    return Multiplier(reader.scope(number, about_lines=True), factor_ppm)


def _milestone(reader: ClauseReader, number: int) -> Clause:
    metric: Any = reader.option("metric", ("count", "value"))
    at = reader.integer("at", 1, MAX_AMOUNT_MINOR, required=True)
    return Milestone(reader.scope(number, about_lines=True), metric, at or 1, reader.amount("amount") or 0)


def _cap(reader: ClauseReader, number: int) -> Clause:
    per: Any = reader.option("per", ("conversion", "customer", "period"))
    period = reader.span(required=per == "period")
    if per != "period" and period is not None:
        reader.refuse("period", _("belongs only to a cap per period"), "field_not_possible")
    amount, count = reader.amount("amount", required=False), reader.integer("count", 1, MAX_COUNT)
    if (amount is None) is (count is None) and not {"amount", "count"} <= {_key_of(p) for p in reader.problems}:
        reader.refuse("amount", _("needs either an amount or a count"), "required")
    if per == "conversion" and count is not None:
        reader.refuse("count", _("makes no sense for one conversion: give an amount"), "field_not_possible")
    return Cap(reader.scope(number, about_lines=False), per, period, amount, count)


def _key_of(problem: Problem) -> str:
    return problem.pointer.rsplit("/", 1)[-1]


def _floor(reader: ClauseReader, number: int) -> Clause:
    amount, period = reader.amount("amount"), reader.option("period", SPANS[:3])
    mode: Any = reader.option("mode", ("added", "greater_of", "recoupable"))
    carry = reader.boolean("carry") or False
    return Floor(Scope(number), amount or 0, cast("Span", period), mode, carry)


def _fee(reader: ClauseReader, number: int) -> Clause:
    return Fee(Scope(number), reader.amount("amount") or 0, _due(reader) or "signing")


def _benefit(reader: ClauseReader, number: int) -> Clause:
    name, worth = reader.text("name", 120, required=True), reader.integer("worth", 0, MAX_AMOUNT_MINOR, required=True)
    return Benefit(Scope(number), name or "", worth or 0, cast("Span", reader.span()))


def _referral(reader: ClauseReader, number: int) -> Clause:
    months = reader.integer("months", 1, 1200, required=True)
    return Referral(Scope(number), reader.rate(), months or 1)


def _due(reader: ClauseReader) -> Literal["signing"] | date | UUID | None:
    value = reader.get("due", required=True)
    if isinstance(value, dict):
        inner = ObjectReader(value, f"{reader.pointer}/due", reader.problems, ("deliverable",))
        text = inner.text("deliverable", 40, required=True)
        try:
            return deliverable_id(text) if text else None
        except (ValueError, Invalid):
            inner.refuse("deliverable", _("is not the id of a deliverable"), "bad_id")
            return None
    if value == "signing":
        return "signing"
    day = _day(value) if isinstance(value, str) else None
    if value is not None and day is None:
        reader.refuse("due", _("must be “signing”, a date like 2026-12-31, or a deliverable"), "not_an_option")
    return day


def deliverable_id(text: str) -> UUID:
    """Read the id of a deliverable, as `dlv_…` or as a UUID. Raises Invalid or ValueError."""
    return parse_id("dlv", text) if text.startswith("dlv_") else UUID(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


Read = Callable[[ClauseReader, int], Clause]
READERS: Final[Mapping[str, tuple[Read, tuple[str, ...]]]] = {
    "percent": (_percent, ("kind", "goal", "when", "rate", "recurring")),
    "fixed": (_fixed, ("kind", "goal", "when", "amount", "per", "recurring")),
    "ladder": (_ladder, ("kind", "goal", "when", "metric", "period", "mode", "steps")),
    "multiplier": (_multiplier, ("kind", "goal", "when", "factor")),
    "milestone": (_milestone, ("kind", "goal", "when", "metric", "at", "amount")),
    "cap": (_cap, ("kind", "goal", "when", "per", "period", "amount", "count")),
    "floor": (_floor, ("kind", "amount", "period", "mode", "carry")),
    "fee": (_fee, ("kind", "amount", "due")),
    "benefit": (_benefit, ("kind", "name", "worth", "period")),
    "referral": (_referral, ("kind", "rate", "months")),
}
