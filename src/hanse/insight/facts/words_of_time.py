"""Sentences of facts about the course of things: rates, growth, records, firsts, what is near."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.insight.facts.saying import Said


def _rate_up(said: Said) -> str:
    return _("Your readers buy more often: %(rate)s of clicks in the last 30 days, %(before)s in the 90 before.") % {
        "rate": said.rate("rate_ppm"), "before": said.rate("before_ppm"),
    }  # fmt: skip


def _rate_down(said: Said) -> str:
    return _("Your readers buy less often: %(rate)s of clicks in the last 30 days, %(before)s in the 90 before.") % {
        "rate": said.rate("rate_ppm"), "before": said.rate("before_ppm"),
    }  # fmt: skip


def _value_up(said: Said) -> str:
    return _("You grow faster than the others: %(sales)s sales in 90 days, %(before)s in the 90 before.") % {
        "sales": said.number("sales"), "before": said.number("before"),
    }  # fmt: skip


def _value_down(said: Said) -> str:
    return _("Sales fell more than those of the others: %(sales)s in 90 days, %(before)s in the 90 before.") % {
        "sales": said.number("sales"), "before": said.number("before"),
    }  # fmt: skip


def _record_day(said: Said) -> str:
    text = ngettext(
        "%(day)s was your best day in a year: %(sales)s sale worth %(value)s.",
        "%(day)s was your best day in a year: %(sales)s sales worth %(value)s.",
        said.whole("sales"),
    )
    return text % {"day": said.day("on"), "sales": said.number("sales"), "value": said.money("value_minor")}


def _record_month(said: Said) -> str:
    return _("%(month)s was your best month so far: you sold for %(value)s, %(before)s was the record before.") % {
        "month": said.month("month").capitalize(), "value": said.money("value_minor"),
        "before": said.money("before_minor"),
    }  # fmt: skip


def _streak(said: Said) -> str:
    return ngettext(
        "You have sold in every one of the last %(n)s months.",
        "You have sold in every one of the last %(n)s months.",
        said.whole("months"),
    ) % {"n": said.number("months")}


def _near_milestone(said: Said) -> str:
    return _("%(left)s to go: reaching %(at)s brings you %(earned)s.") % {
        "left": said.goal("left"), "at": said.goal("at"), "earned": said.earned(),
    }  # fmt: skip


def _near_step(said: Said) -> str:
    return _("%(left)s to go in this period to the next step of your terms: %(at)s brings you %(earned)s.") % {
        "left": said.goal("left"), "at": said.goal("at"), "earned": said.earned(),
    }  # fmt: skip


def _near_round(said: Said) -> str:
    text = ngettext(
        "One more sale and it is your number %(at)s.",
        "%(left)s more sales and you have brought %(at)s in all.",
        said.whole("left"),
    )
    return text % {"left": said.number("left"), "at": said.number("at")}


def _first_click(said: Said) -> str:
    return _("Your first reader clicked on %(day)s.") % {"day": said.day("on")}


def _first_sale(said: Said) -> str:
    text = ngettext(
        "You made your first sale on %(day)s, %(days)s day after joining.",
        "You made your first sale on %(day)s, %(days)s days after joining.",
        said.whole("days"),
    )
    return text % {"day": said.day("on"), "days": said.number("days")}


def _first_renewal(said: Said) -> str:
    return _("A customer whom you brought renewed for the first time on %(day)s.") % {"day": said.day("on")}


def _first_payout(said: Said) -> str:
    return _("Your first payout arrived on %(day)s: %(amount)s.") % {
        "day": said.day("on"), "amount": said.money("amount_minor"),
    }  # fmt: skip


def _anniversary(said: Said) -> str:
    text = ngettext(
        "You have been with us for %(years)s year; you brought %(sales)s sales in this time.",
        "You have been with us for %(years)s years; you brought %(sales)s sales in this time.",
        said.whole("years"),
    )
    return text % {"years": said.number("years"), "sales": said.number("sales")}


def _season_program(said: Said) -> str:
    return _("The coming month was a strong one last year: all partners together sold %(times)s times as much as in a "
             "usual month.") % {"times": said.times("times_ppm")}  # fmt: skip


def _per_hundred(said: Said) -> str:
    return _("Each hundred clicks earned you %(amount)s in the last 90 days.") % {"amount": said.money("amount_minor")}


SAID: Mapping[str, Callable[[Said], str]] = {
    "rate_up": _rate_up, "rate_down": _rate_down, "value_up": _value_up, "value_down": _value_down,
    "record_day": _record_day, "record_month": _record_month, "streak": _streak, "near_milestone": _near_milestone,
    "near_step": _near_step, "near_round": _near_round, "first_click": _first_click, "first_sale": _first_sale,
    "first_renewal": _first_renewal, "first_payout": _first_payout, "anniversary": _anniversary,
    "season_program": _season_program, "per_hundred_clicks": _per_hundred,
}  # fmt: skip
