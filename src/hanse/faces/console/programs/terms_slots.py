"""A clause as a sentence whose words can be changed: selects and small fields inside the text, no form grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hanse.faces.console.programs.terms_draft import Draft

Options = Iterable[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the slots of one program offer: its goals by key, its currency, and work that a fee may be for by its id."""

    goals: tuple[tuple[str, str], ...]
    currency: str
    works: tuple[tuple[str, str], ...] = ()


class Slots:
    """Writes the slots of one clause; names begin with the clause's place."""

    def __init__(self, draft: Draft, index: int, choices: Choices) -> None:
        self.draft, self.prefix, self.choices = draft, f"c{index}-", choices

    def select(self, name: str, options: Options, label: str, *, redraw: bool = False) -> SafeString:
        """A word chosen from a list; with `redraw` the sentence is written anew after a choice."""
        value = self.draft.values.get(name, "")
        return choice(self.prefix + name, value, options, label, redraw=redraw, bad=name in self.draft.errors)

    def entry(self, name: str, label: str, *, wide: bool = False) -> SafeString:
        """A number or amount."""
        return entry(
            self.prefix + name, self.draft.values.get(name, ""), label, wide=wide, bad=name in self.draft.errors
        )

    def goal(self) -> SafeString:
        """Which goal the clause looks at."""
        return self.select("goal", [("", _("conversion of any goal")), *self.choices.goals], _("Goal"))

    def amount(self, name: str = "amount") -> SafeString:
        """An amount with its currency."""
        return format_html("{} {}", self.entry(name, _("Amount")), self.choices.currency)

    def recurring(self) -> SafeString:
        """For how long the clause holds for one customer."""
        options = [
            ("", _("every time")), ("months", _("for some months of each customer")),
            ("payments", _("for the first payments of each customer")),
            ("life", _("for as long as the customer stays")),
        ]  # fmt: skip
        chosen = self.select("recur", options, _("For how long"), redraw=True)
        if self.draft.values.get("recur") in ("months", "payments"):
            return format_html("{} {}", chosen, self.entry("recur_n", _("How many months or payments")))
        return chosen

    def work(self) -> SafeString:
        """The deliverable that a fee is for: one that is open, or the id that was typed."""
        known = self.draft.values.get("deliverable", "")
        works = list(self.choices.works)
        if not works:
            return self.entry("deliverable", _("Id of the deliverable"), wide=True)
        if known not in dict(works):
            works.insert(0, (known, known or _("Choose …")))
        bad = "deliverable" in self.draft.errors or "due" in self.draft.errors
        return choice(f"{self.prefix}deliverable", known, works, _("Deliverable"), bad=bad)

    def period(self) -> SafeString:
        """A period that totals are counted in."""
        options = [("month", _("month")), ("quarter", _("quarter")), ("year", _("year")), ("life", _("program’s life"))]
        return self.select("period", options, _("Period"))


def choice(
    name: str, value: str, options: Options, label: str, *, redraw: bool = False, bad: bool = False
) -> SafeString:
    """Write a select as a slot."""
    rows = format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if key == value else "", words) for key, words in options),
    )  # fmt: skip
    return format_html(
        '<select class="slot-f{}" name="{}" aria-label="{}"{}>{}</select>', " bad" if bad else "", name, label,
        SafeString(" data-submit") if redraw else "", rows,
    )  # fmt: skip


def entry(name: str, value: str, label: str, *, wide: bool = False, bad: bool = False) -> SafeString:
    """Write a small text field as a slot."""
    css = "slot-f" + (" wide" if wide else "") + (" bad" if bad else "")
    invalid = SafeString(' aria-invalid="true"') if bad else ""
    return format_html(
        '<input class="{}" name="{}" value="{}" aria-label="{}" autocomplete="off"{}>', css, name, value, label, invalid
    )


def sentence(draft: Draft, index: int, choices: Choices) -> SafeString:
    """Write a clause as its sentence with slots."""
    return _SENTENCES[draft.kind](Slots(draft, index, choices))


def _percent(slots: Slots) -> SafeString:
    form = _("For each {goal} pay {rate} of the value of each line, {long}.")
    return format_html(form, goal=slots.goal(), rate=slots.entry("rate", _("Rate")), long=slots.recurring())


def _fixed(slots: Slots) -> SafeString:
    per = slots.select("per", [("conversion", _("once")), ("unit", _("for each unit"))], _("Once or for each unit"))
    form = _("For each {goal} pay {amount} {per}, {long}.")
    return format_html(form, goal=slots.goal(), amount=slots.amount(), per=per, long=slots.recurring())


def _ladder(slots: Slots) -> SafeString:
    metric = slots.select(
        "metric", [("value", _("the value")), ("count", _("the number of conversions"))], _("Measure"), redraw=True
    )
    modes = [
        ("marginal", _("for each slice its own rate")), ("retroactive", _("for all of it the rate that is reached")),
        ("bonus", _("a fixed bonus on top")),
    ]  # fmt: skip
    mode = slots.select("mode", modes, _("Way"), redraw=True)
    form = _("Of {goal}: by {metric} that a partner brings each {period}, pay {mode}:")
    return format_html(form, goal=slots.goal(), metric=metric, period=slots.period(), mode=mode)


def _multiplier(slots: Slots) -> SafeString:
    form = _("Multiply what a line of a {goal} earns by {factor}.")
    return format_html(form, goal=slots.goal(), factor=slots.entry("factor", _("Factor")))


def _milestone(slots: Slots) -> SafeString:
    metrics = [("count", _("conversion number")), ("value", _("a value of"))]
    metric = slots.select("metric", metrics, _("Measure"), redraw=True)
    at = slots.amount("at") if slots.draft.values.get("metric") == "value" else slots.entry("at", _("At"))
    form = _("Pay {amount} once, when a partner reaches {metric} {at} of {goal}.")
    return format_html(form, amount=slots.amount(), metric=metric, at=at, goal=slots.goal())


def _cap(slots: Slots) -> SafeString:
    pers = [("period", _("in one")), ("conversion", _("for one conversion")), ("customer", _("for one customer"))]
    per = slots.select("per", pers, _("For what"), redraw=True)
    if slots.draft.values.get("per", "period") in ("", "period"):
        per = format_html("{} {}", per, slots.period())
    if slots.draft.values.get("count") and not slots.draft.values.get("amount"):
        form = _("Pay for at most {count} conversions of {goal} {per}.")
        return format_html(form, count=slots.entry("count", _("Number")), goal=slots.goal(), per=per)
    form = _("Never pay more than {amount} for {goal} {per}.")
    return format_html(form, amount=slots.amount(), goal=slots.goal(), per=per)


def _floor(slots: Slots) -> SafeString:
    modes = [
        ("added", _("on top of what sales earn")), ("greater_of", _("unless sales earn more")),
        ("recoupable", _("in advance; sales pay it back")),
    ]  # fmt: skip
    periods = [("month", _("month")), ("quarter", _("quarter")), ("year", _("year"))]
    period = slots.select("period", periods, _("Period"))
    mode = slots.select("mode", modes, _("Way"), redraw=True)
    if slots.draft.values.get("mode") != "recoupable":
        return format_html(
            _("Promise {amount} each {period}, {mode}."), amount=slots.amount(), period=period, mode=mode
        )
    rests = [("", _("the rest is forgiven at the end")), ("yes", _("the rest is carried on"))]
    rest, form = slots.select("carry", rests, _("The rest")), _("Promise {amount} each {period}, {mode}; {rest}.")
    return format_html(form, amount=slots.amount(), period=period, mode=mode, rest=rest)


def _fee(slots: Slots) -> SafeString:
    dues = [
        ("signing", _("when the partner accepts")), ("date", _("on a day")),
        ("deliverable", _("when a deliverable is accepted")),
    ]  # fmt: skip
    due = slots.select("due", dues, _("When"), redraw=True)
    if slots.draft.values.get("due") == "date":
        due = format_html("{} {}", due, slots.entry("due_on", _("Day, like 2026-12-31")))
    elif slots.draft.values.get("due") == "deliverable":
        due = format_html("{} {}", due, slots.work())
    return format_html(_("Pay {amount} once, {due}."), amount=slots.amount(), due=due)


def _referral(slots: Slots) -> SafeString:
    form = _("Pay {rate} of what a partner whom they recruit earns, for {months} months.")
    return format_html(form, rate=slots.entry("rate", _("Rate")), months=slots.entry("months", _("Months")))


def _benefit(slots: Slots) -> SafeString:
    name, worth = slots.entry("name", _("What it is"), wide=True), slots.amount("worth")
    form = _("Give {name}, worth about {worth}, each {period}.")
    return format_html(form, name=name, worth=worth, period=slots.period())


_SENTENCES = {
    "percent": _percent, "fixed": _fixed, "ladder": _ladder, "multiplier": _multiplier, "milestone": _milestone,
    "cap": _cap, "floor": _floor, "fee": _fee, "referral": _referral, "benefit": _benefit,
}  # fmt: skip
