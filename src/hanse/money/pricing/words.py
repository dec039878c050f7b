"""The arithmetic of a commission in words and figures, made from its structured steps in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from hanse.kernel.money import PPM, digits, round_half_away
from hanse.programs.terms.conditions_in_words import condition_words
from hanse.programs.terms.sentences import Words, span_words
from hanse.programs.terms.types import TermsBody

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArithmeticLine:
    """One line of a receipt's arithmetic: what, how ("£37.80 × 8% × 1.5 = 4.536"), and the rounded amount."""

    step: str
    label: str
    formula: str
    amount_minor: int
    clause: int | None = None
    line: int | None = None


class Arithmetic:
    """Says steps in words. `line_names` are what the order's lines are called, in their order."""

    def __init__(self, body: TermsBody | None, line_names: Sequence[str], currency: str) -> None:
        self._clauses = {clause.scope.number: clause for clause in body.clauses} if body is not None else {}
        self._names, self._words, self._digits = line_names, Words(currency, {}), digits(currency)

    def lines(self, steps: Iterable[Step]) -> list[ArithmeticLine]:
        """Say each step."""
        return [self._line(step) for step in steps]

    def _line(self, step: Step) -> ArithmeticLine:
        return ArithmeticLine(
            step["step"], self._label(step), self._formula(step), step["amount"], step.get("clause"), step.get("line")
        )

    def _name(self, step: Step) -> str:
        index = step.get("line")
        if index is None or index >= len(self._names) or not self._names[index]:
            return _("The order") if len(self._names) < 2 or index is None else _("Line %(n)d") % {"n": index + 1}
        return self._names[index]

    def _label(self, step: Step) -> str:
        match step["step"]:
            case "percent" | "unit" | "slices" | "ladder":
                return self._name(step)
            case "fixed":
                return _("A fixed sum")
            case "ladder_change":
                return _("A step is passed: the earlier sales rise with it")
            case "bonus":
                return _("A bonus for the step that is reached")
            case "milestone":
                return _("A milestone is reached")
            case "cap":
                return _("A cap") if step["amount"] else _("A cap that is not reached")
            case "refund":
                return _("%(name)s came back") % {"name": self._name(step)}
            case "test_order":
                return _("A test order: nothing is paid")
            case "none":
                return self._none(step)
        return _("Counted anew with all that is known now")

    def _none(self, step: Step) -> str:
        words = {
            "no_terms": _("No terms were in force"),
            "no_clause": _("%(name)s: no clause pays for it") % {"name": self._name(step)},
            "no_credit": _("The credit went to somebody else"),
            "self_referral": _("Bought by the partner: such orders earn nothing here"),
            "partner_ended": _("The partner had left by then"),
            "resold": _("Resold: the margin of the price list is what is earned"),
        }
        return words.get(step["reason"]) or str(step["reason"])

    def _formula(self, step: Step) -> str:
        match step["step"]:
            case "percent" | "ladder":
                exact = Fraction(step["value"] * step["rate_ppm"], PPM)
                return self._product(step, [self._money(step["value"]), self._words.rate(step["rate_ppm"])], exact)
            case "unit":
                exact = Fraction(step["quantity"]) * step["each"]
                return self._product(step, [step["quantity"], self._money(step["each"])], exact)
            case "fixed":
                return self._fixed(step)
            case "slices":
                return self._slices(step)
            case "cap":
                return self._cap(step)
            case "bonus" | "milestone":
                mark = self._money(step["at"]) if step["metric"] == "value" else str(step["at"])
                return _("at %(mark)s") % {"mark": mark}
            case "ladder_change":
                return _("%(rate)s of %(total)s in all") % {
                    "rate": self._words.rate(step["rate_ppm"]), "total": self._money(step["total"]),
                }  # fmt: skip
            case "refund" if "taken" in step:
                return _("%(amount)s of its value") % {"amount": self._money(step["taken"])}
        return ""

    def _fixed(self, step: Step) -> str:
        """Say a fixed sum; lines that were multiplied differently each say their part of it."""
        said, exact = list[str](), Fraction(0)
        for value, factors in step.get("parts") or [[step["value"], step["factors"]]]:
            of = [] if value == step["of"] else [f"{self._plain(value)} ÷ {self._plain(step['of'])}"]
            each = Fraction(step["each"] * value, step["of"])
            text, minor = self._multiplied({**step, "factors": factors}, [self._money(step["each"]), *of], each)
            said.append(text)
            exact += minor
        return f"{' + '.join(said)} = {self._exact(exact)}"

    def _slices(self, step: Step) -> str:
        said = " + ".join(
            f"{self._money(round_half_away(part, PPM))} × {self._words.rate(rate)}" for part, rate in step["slices"]
        )
        if not step["factors"] or not said:
            return said
        factors = (self._factor(number, factor_ppm) for number, factor_ppm in step["factors"])
        return " × ".join([f"({said})" if len(step["slices"]) > 1 else said, *factors])

    def _product(self, step: Step, parts: list[str], exact: Fraction) -> str:
        text, exact = self._multiplied(step, parts, exact)
        return f"{text} = {self._exact(exact)}"

    def _multiplied(self, step: Step, parts: list[str], exact: Fraction) -> tuple[str, Fraction]:
        if step["share_ppm"] != PPM:
            parts.append(_("%(share)s of the credit") % {"share": self._words.rate(step["share_ppm"])})
            exact *= Fraction(step["share_ppm"], PPM)
        for number, factor_ppm in step["factors"]:
            parts.append(self._factor(number, factor_ppm))
            exact *= Fraction(factor_ppm, PPM)
        return " × ".join(parts), exact

    def _factor(self, number: int, factor_ppm: int) -> str:
        clause = self._clauses.get(number)
        factor = self._words.factor(factor_ppm)
        if clause is None or clause.scope.when is None:
            return factor
        return f"{factor} {condition_words(clause.scope.when, self._money)}"

    def _cap(self, step: Step) -> str:
        each = {"conversion": _("for one conversion"), "customer": _("for one customer")}.get(step["per"])
        words = each or span_words(step["period"])
        limit = self._money(step["limit"]) if step["limit"] is not None else str(step["count"])
        return _("%(limit)s %(each)s") % {"limit": limit, "each": words}

    def _exact(self, minor: Fraction) -> str:
        major = Decimal(minor.numerator) / Decimal(minor.denominator) / (Decimal(10) ** self._digits)
        text = major.quantize(Decimal(1).scaleb(-self._digits - 4)).normalize()
        return format_decimal(text, locale=self._words.locale, decimal_quantization=False)

    def _plain(self, minor: int) -> str:
        return self._exact(Fraction(minor))

    def _money(self, amount_minor: int) -> str:
        return self._words.money(amount_minor)
