"""A second price, worked out naively from the rules with fractions: slow, plain, and written without a look at ours."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Sao_Paulo")
Case = dict[str, Any]
Left = Callable[[Case, int], tuple[int, Fraction]]


def rounded(value: Fraction) -> int:
    """Round half away from zero."""
    return int(math.copysign(math.floor(abs(value) + Fraction(1, 2)), value))


def rate(text: str) -> Fraction:
    return Fraction(text.removesuffix("%")) / 100


def local(one: Case) -> datetime:
    return datetime.fromisoformat(one["occurred_at"]).astimezone(ZONE)


def month_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def period(span: str, one: Case) -> object:
    at = local(one)
    return {"month": (at.year, at.month), "quarter": (at.year, (at.month - 1) // 3), "year": at.year, "life": 0}[span]


def holds(when: Case | None, one: Case, line: Case) -> bool:
    if when is None:
        return True
    for how, fold in (("all", all), ("any", any)):
        if how in when:
            return fold(holds(inner, one, line) for inner in when[how])
    found = {
        "line.category": line.get("category"),
        "line.sku": line.get("sku"),
        "line.amount": line["amount"],
        "customer.is_new": one["customer"].get("is_new"),
        "order.coupon": one.get("coupon"),
    }[when["field"]]
    if when["op"] == "exists":
        return (found is not None) is when.get("value", True)
    if found is None:
        return False
    compare = {
        "eq": lambda: found == when["value"],
        "ne": lambda: found != when["value"],
        "in": lambda: found in when["value"],
        "not_in": lambda: found not in when["value"],
        "gte": lambda: found >= when["value"],
    }
    return compare[when["op"]]()


class Naive:
    """One pass over the sales; `left` answers what is left of a line: (value, units)."""

    def __init__(self, clauses: list[Case], sales: list[Case], left: Left) -> None:
        self.clauses = list(enumerate(clauses, 1))
        self.sales = sorted(sales, key=lambda one: (datetime.fromisoformat(one["occurred_at"]), one["id"]))
        self.left = left
        self.first_day: dict[str, date] = {}
        self.payments: defaultdict[Any, int] = defaultdict(int)
        self.ladder: defaultdict[Any, list[tuple[Fraction, Fraction]]] = defaultdict(list)  # (value, weight)
        self.counts: defaultdict[Any, int] = defaultdict(int)
        self.booked: defaultdict[Any, int] = defaultdict(int)
        self.metric: defaultdict[Any, Fraction] = defaultdict(Fraction)
        self.capped: defaultdict[Any, int] = defaultdict(int)
        self.paid_orders: defaultdict[Any, int] = defaultdict(int)

    def run(self) -> dict[str, int]:
        return {one["id"]: self.one(one) for one in self.sales}

    def one(self, one: Case) -> int:
        share = rate(one["share"])
        lines = one["lines"]
        left = [self.left(one, index) for index in range(len(lines))]
        value = sum(line["amount"] for line in lines)
        kept = value == 0 or sum(part for part, _units in left) > 0
        buyer = one["customer"]["external_id"]
        self.first_day.setdefault(buyer, local(one).date())
        chosen = [self.base(one, line) for line in lines]
        total = 0
        for number, clause in self.clauses:
            mine = [index for index, found in enumerate(chosen) if found == number]
            if mine:
                total += self.priced(number, clause, one, mine, left, share, kept)
        for number, clause in self.clauses:
            if any(found == number for found in chosen) and "payments" in str(clause.get("recurring")) and kept:
                self.payments[number, buyer] += 1
        for per in ("conversion", "customer"):
            for number, clause in self.clauses:
                if clause["kind"] == "cap" and clause["per"] == per and holds(clause.get("when"), one, {"amount": 0}):
                    total = self.cap((number, buyer if per == "customer" else one["id"]), clause, total, kept)
        total += self.tops(one, left, share, kept)
        for number, clause in self.clauses:
            if clause["kind"] == "cap" and clause["per"] == "period":
                total = self.cap((number, period(clause["period"], one)), clause, total, kept)
        return total

    def base(self, one: Case, line: Case) -> int | None:
        for number, clause in self.clauses:
            if clause["kind"] not in ("percent", "fixed", "ladder") or clause.get("mode") == "bonus":
                continue
            if holds(clause.get("when"), one, line) and self.still(number, clause, one):
                return number
        return None

    def still(self, number: int, clause: Case, one: Case) -> bool:
        recurring, buyer = clause.get("recurring"), one["customer"]["external_id"]
        if not isinstance(recurring, dict):
            return True
        if "months" in recurring:
            return local(one).date() < month_later(self.first_day[buyer], recurring["months"])
        return self.payments[number, buyer] < recurring["payments"]

    def factor(self, one: Case, line: Case) -> Fraction:
        product = Fraction(1)
        for _number, clause in self.clauses:
            if clause["kind"] == "multiplier" and holds(clause.get("when"), one, line):
                product *= Fraction(clause["factor"])
        return product

    def priced(
        self, number: int, clause: Case, one: Case, mine: list[int], left: list[Any], share: Fraction, kept: bool
    ) -> int:
        lines, factors = one["lines"], [self.factor(one, line) for line in one["lines"]]
        if clause["kind"] == "percent":
            return sum(rounded(left[index][0] * share * rate(clause["rate"]) * factors[index]) for index in mine)
        if clause["kind"] == "fixed" and clause.get("per") == "unit":
            return sum(rounded(left[index][1] * share * clause["amount"] * factors[index]) for index in mine)
        if clause["kind"] == "fixed":
            sold = sum(lines[index]["amount"] for index in mine)
            parts = [
                Fraction(left[index][0], sold) if sold else Fraction(int(kept), len(mine)) for index in mine
            ]  # fmt: skip
            whole = sum((part * factors[index] for part, index in zip(parts, mine, strict=True)), Fraction())
            return rounded(whole * share * clause["amount"])
        return self.laddered(number, clause, one, mine, left, share, kept, factors)

    def laddered(
        self,
        number: int,
        clause: Case,
        one: Case,
        mine: list[int],
        left: list[Any],
        share: Fraction,
        kept: bool,
        factors: list[Fraction],
    ) -> int:
        key = (number, period(clause["period"], one))
        before_value, before_count = sum((v for v, _w in self.ladder[key]), Fraction()), self.counts[key]
        self.counts[key] += kept
        if clause["metric"] == "value" and clause["mode"] == "marginal":
            total, at = 0, before_value
            for index in mine:
                end = at + left[index][0] * share
                total += rounded(self.area(clause["steps"], at, end) * factors[index])
                self.ladder[key].append((end - at, end - at))
                at = end
            return total
        for index in mine:
            self.ladder[key].append((left[index][0] * share, left[index][0] * share * factors[index]))
        after_value = sum((v for v, _w in self.ladder[key]), Fraction())
        before, after = (before_value, after_value) if clause["metric"] == "value" else (before_count, self.counts[key])
        reached = self.step(clause, after)
        now = rate(clause["steps"][reached - 1]["rate"]) if reached else Fraction(0)
        total = sum(rounded(left[index][0] * share * now * factors[index]) for index in mine)
        self.booked[key] += total
        if clause["mode"] == "retroactive" and reached != self.step(clause, before):
            change = rounded(sum((w for _v, w in self.ladder[key]), Fraction()) * now) - self.booked[key]
            self.booked[key] += change
            total += change
        return total

    @staticmethod
    def area(steps: list[Case], start: Fraction, end: Fraction) -> Fraction:
        found = Fraction()
        for index, step in enumerate(steps):
            top = Fraction(steps[index + 1]["from"]) if index + 1 < len(steps) else max(end, Fraction(step["from"]))
            found += max(Fraction(0), min(end, top) - max(start, Fraction(step["from"]))) * rate(step["rate"])
        return found

    @staticmethod
    def step(clause: Case, total: Fraction | int) -> int:
        """Return how many steps are reached; the one from 0 is where everybody begins."""
        by_value = clause["metric"] == "value"
        return sum(
            step["from"] == 0 or (total > step["from"] if by_value else total >= step["from"])
            for step in clause["steps"]
        )  # fmt: skip

    def tops(self, one: Case, left: list[Any], share: Fraction, kept: bool) -> int:
        total = 0
        for number, clause in self.clauses:
            if clause["kind"] not in ("milestone", "ladder") or clause.get("mode", "bonus") != "bonus":
                continue
            span = clause.get("period", "life")
            mine = [index for index, line in enumerate(one["lines"]) if holds(clause.get("when"), one, line)]
            key = (number, period(span, one))
            before = self.metric[key]
            grows = sum((left[index][0] * share for index in mine), Fraction())
            self.metric[key] += grows if clause["metric"] == "value" else int(bool(mine) and kept)
            steps = clause.get("steps") or [{"from": clause["at"], "amount": clause["amount"]}]
            total += sum(step["amount"] for step in steps if before < step["from"] <= self.metric[key])
        return total

    def cap(self, key: Any, clause: Case, total: int, kept: bool) -> int:
        if "count" in clause:
            if self.paid_orders[key] >= clause["count"]:
                return min(total, 0)
            self.paid_orders[key] += total > 0 and kept
            return total
        total = min(total, max(0, clause["amount"] - self.capped[key]))
        self.capped[key] += total
        return total


def spread(one: Case, taken: int) -> list[tuple[int, Fraction]]:
    """Spread a refund by line value, by largest remainder; units go by value."""
    lines = one["lines"]
    whole = sum(line["amount"] for line in lines)
    taken = min(whole, taken)
    exact = [Fraction(taken * line["amount"], whole) if whole else Fraction(0) for line in lines]
    parts = [math.floor(part) for part in exact]
    order = sorted(range(len(lines)), key=lambda index: (-(exact[index] - parts[index]), index))
    for index in order[: taken - sum(parts)]:
        parts[index] += 1
    return [
        (
            line["amount"] - part,
            line["quantity"] * (1 - Fraction(part, line["amount"] or 1)) * (taken < whole or not whole),
        )
        for line, part in zip(lines, parts, strict=True)
    ]
