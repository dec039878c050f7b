"""Terms in plain words, in the reader's language. One sentence a clause, in the order of the clauses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from hanse.kernel.money import PPM, digits
from hanse.programs.terms.conditions_in_words import condition_words
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
    TermsBody,
)

Names = Mapping[str, str]
Titles = Mapping[UUID, str]


def sentences(
    body: TermsBody, currency: str, goal_names: Names | None = None, titles: Titles | None = None
) -> list[str]:  # fmt: skip
    """Return one plain sentence for each clause. `goal_names` gives goals their display names (default: their keys),
    `titles` deliverables theirs."""
    words = Words(currency, goal_names or {}, titles)
    return [words.clause(clause) for clause in body.clauses]


class Words:
    """Says amounts, rates, goals and clauses in the active language."""

    def __init__(self, currency: str, goal_names: Names, titles: Titles | None = None) -> None:
        self.currency, self.goal_names, self.titles = currency, goal_names, titles or {}
        self.locale = active_locale()

    def money(self, amount_minor: int) -> str:
        """Write an amount as people of this language do."""
        return format_currency(Decimal(amount_minor).scaleb(-digits(self.currency)), self.currency, locale=self.locale)

    def rate(self, rate_ppm: int) -> str:
        """Write a percentage with all its digits."""
        return format_percent(Decimal(rate_ppm) / PPM, locale=self.locale, decimal_quantization=False)

    def factor(self, factor_ppm: int) -> str:
        """Write a factor like 1.5."""
        return format_decimal(Decimal(factor_ppm) / PPM, locale=self.locale, decimal_quantization=False)

    def goal(self, scope: Scope) -> str:
        """Name what a clause pays for."""
        if scope.goal is None:
            return _("conversion")
        return self.goal_names.get(scope.goal, scope.goal).lower()

    def clause(self, clause: Clause) -> str:
        """Say one clause."""
        return ", ".join([self._main(clause), *self.only_goal(clause), *self.condition(clause), *self._lasting(clause)])

    def only_goal(self, clause: Clause) -> list[str]:
        """Name the goal where the sentence has not done so yet."""
        names_it = isinstance(clause, Percent | Fixed)
        names_it |= isinstance(clause, Cap) and clause.per == "conversion"
        names_it |= isinstance(clause, Milestone) and clause.metric == "count"
        if names_it or clause.scope.goal is None:
            return []
        return [_("counting only %(goal)s") % {"goal": self.goal(clause.scope)}]

    def condition(self, clause: Clause) -> list[str]:
        """Say when a clause holds, if not always."""
        when = clause.scope.when
        return [condition_words(when, self.money, self.goal_names)] if when is not None else []

    def _lasting(self, clause: Clause) -> list[str]:
        if not isinstance(clause, Percent | Fixed) or clause.recurring is None:
            return []
        return [_recurring(clause.recurring)]

    def value(self, clause: Clause) -> str:
        """Say the amounts of a clause alone, as they stand beside what it is about."""
        match clause:
            case Percent():
                said = self.rate(clause.rate_ppm)
            case Fixed() | Milestone() | Fee():
                said = self.money(clause.amount_minor)
            case Ladder():
                said = "; ".join(self._step(clause, step) for step in clause.steps)
            case Multiplier():
                said = "× " + self.factor(clause.factor_ppm)
            case Cap():
                said = str(clause.count) if clause.amount_minor is None else self.money(clause.amount_minor)
            case Benefit():
                said = self.money(clause.worth_minor)
            case _:
                said = self._main(clause)
        return ", ".join([said, *self._lasting(clause)])

    def _main(self, clause: Clause) -> str:
        match clause:
            case Percent():
                return _("%(rate)s of each %(goal)s") % {
                    "rate": self.rate(clause.rate_ppm), "goal": self.goal(clause.scope),
                }  # fmt: skip
            case Fixed(per="unit"):
                return _("%(amount)s for each unit of a %(goal)s") % self._sum(clause.scope, clause.amount_minor)
            case Fixed():
                return _("%(amount)s for each %(goal)s") % self._sum(clause.scope, clause.amount_minor)
            case Ladder():
                return self._ladder(clause)
            case Multiplier():
                return _("times %(factor)s") % {"factor": self.factor(clause.factor_ppm)}
            case Milestone():
                return self._milestone(clause)
            case Cap():
                return self._cap(clause)
            case Floor():
                return self._floor(clause)
            case Fee():
                return self._fee(clause)
            case Benefit():
                return _("%(name)s, worth about %(amount)s, %(each)s") % {
                    "name": clause.name, "amount": self.money(clause.worth_minor), "each": span_words(clause.period),
                }  # fmt: skip
            case Referral():
                return self._referral(clause)

    def _sum(self, scope: Scope, amount_minor: int) -> dict[str, str]:
        return {"amount": self.money(amount_minor), "goal": self.goal(scope)}

    def _ladder(self, clause: Ladder) -> str:
        steps = "; ".join(self._step(clause, step) for step in clause.steps)
        form = {
            "marginal": _("of what a partner brings %(period)s, each slice at its own rate: %(steps)s"),
            "retroactive": _("of all that a partner brings %(period)s, at the rate that is reached: %(steps)s"),
            "bonus": _("a bonus %(period)s: %(steps)s"),
        }[clause.mode]
        return form % {"period": span_words(clause.period), "steps": steps}

    def _step(self, clause: Ladder, step: Step) -> str:
        pays = self.money(step.amount_minor) if clause.mode == "bonus" else self.rate(step.rate_ppm)
        if step.start == 0:
            return pays
        if clause.metric == "value":
            form = _("%(pays)s from %(start)s on") if clause.mode == "bonus" else _("%(pays)s above %(start)s")
            return form % {"pays": pays, "start": self.money(step.start)}
        form = ngettext("%(pays)s from the first %(goal)s on", "%(pays)s from %(goal)s number %(start)s on", step.start)
        return form % {"pays": pays, "start": step.start, "goal": self.goal(clause.scope)}

    def _milestone(self, clause: Milestone) -> str:
        amount = self.money(clause.amount_minor)
        if clause.metric == "value":
            return _("%(amount)s once, when %(start)s are reached") % {"amount": amount, "start": self.money(clause.at)}
        form = ngettext(
            "%(amount)s once, at the first %(goal)s", "%(amount)s once, at %(goal)s number %(start)d", clause.at
        )
        return form % {"amount": amount, "start": clause.at, "goal": self.goal(clause.scope)}

    def cap_each(self, clause: Cap) -> str:
        """Say what a cap looks at."""
        if clause.per == "conversion":
            return _("for one %(goal)s") % {"goal": self.goal(clause.scope)}
        return _("for one customer") if clause.per == "customer" else span_words(clause.period or "life")

    def _cap(self, clause: Cap) -> str:
        each = self.cap_each(clause)
        if clause.amount_minor is not None:
            return _("never more than %(amount)s %(each)s") % {"amount": self.money(clause.amount_minor), "each": each}
        form = ngettext(
            "only %(count)d paid conversion %(each)s", "only %(count)d paid conversions %(each)s", clause.count or 0
        )
        return form % {"count": clause.count, "each": each}

    def _floor(self, clause: Floor) -> str:
        form = {
            "added": _("%(amount)s %(each)s, added to what sales earn"),
            "greater_of": _("at least %(amount)s %(each)s: what is missing is added"),
            "recoupable": _("an advance of %(amount)s %(each)s, which what sales earn pays back"),
        }[clause.mode]
        words = form % {"amount": self.money(clause.amount_minor), "each": span_words(clause.period)}
        if clause.mode != "recoupable":
            return words
        rest = _("the rest is carried on") if clause.carry else _("the rest is forgiven at the end")
        return f"{words}, {rest}"

    def _referral(self, clause: Referral) -> str:
        form = ngettext(
            "%(rate)s of what a partner whom you recruit earns, for %(count)d month",
            "%(rate)s of what a partner whom you recruit earns, for %(count)d months",
            clause.months,
        )
        return form % {"rate": self.rate(clause.rate_ppm), "count": clause.months}

    def _fee(self, clause: Fee) -> str:
        amount = self.money(clause.amount_minor)
        if clause.due == "signing":
            return _("%(amount)s once, at signing") % {"amount": amount}
        if isinstance(clause.due, date):
            day = format_date(clause.due, "long", locale=self.locale)
            return _("%(amount)s once, on %(day)s") % {"amount": amount, "day": day}
        if clause.due in self.titles:
            said = {"amount": amount, "title": self.titles[clause.due]}
            return _("%(amount)s once, when “%(title)s” is accepted") % said
        return _("%(amount)s once, when the deliverable is accepted") % {"amount": amount}


def span_words(span: Span) -> str:
    """Say a period: each month, each quarter, each year, in all."""
    return {"month": _("each month"), "quarter": _("each quarter"), "year": _("each year"), "life": _("in all")}[span]


def active_locale() -> Locale:
    """Return the active language as a locale; English where it is unknown."""
    try:
        return Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _recurring(recurring: Recurring) -> str:
    if recurring.months is not None:
        return ngettext(
            "for %(count)d month from the customer’s first order on",
            "for %(count)d months from the customer’s first order on",
            recurring.months,
        ) % {"count": recurring.months}
    if recurring.payments is not None:
        return ngettext(
            "for the customer’s first payment", "for the customer’s first %(count)d payments", recurring.payments
        ) % {"count": recurring.payments}
    return _("for as long as the customer stays")
