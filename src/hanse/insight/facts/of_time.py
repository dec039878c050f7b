"""Facts about how a partner does over time: rates, growth, records, firsts, what is near. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta

from hanse.insight.facts import chance
from hanse.insight.facts.making import QUARTER, fact, ppm, since
from hanse.insight.facts.material import Around, Material, Sums
from hanse.insight.facts.types import FoundFact
from hanse.kernel.clock import add_months

_MONTH, _YEAR = 30, 365
_ROUND = (10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000)


def found(of: Material, around: Around) -> Iterator[FoundFact | None]:
    """Yield what the course of an enrolment says."""
    yield _rate_before(of)
    yield _grown(of, around)
    yield _record_day(of)
    yield _record_month(of)
    yield _streak(of)
    yield from _near(of)
    yield _near_round(of)
    yield from _firsts(of)
    yield _anniversary(of)
    yield _season(of, around)
    yield _per_hundred(of)


def _rate_before(of: Material) -> FoundFact | None:
    """Compare the conversion rate of the last 30 days with that of the 90 before them."""
    now, before = of.between(_MONTH - 1), of.between(_MONTH + QUARTER - 1, _MONTH)
    apart = chance.rates_apart(now.click_sales, now.clicks, before.click_sales, before.clicks)
    if abs(apart) < chance.SURE:
        return None
    return fact(
        of, "rate_up" if apart > 0 else "rate_down", min(now.clicks, before.clicks), _MONTH, abs(apart) / 10,
        rate_ppm=ppm(now.click_sales, now.clicks), before_ppm=ppm(before.click_sales, before.clicks),
        clicks=now.clicks,
    )  # fmt: skip


def _grown(of: Material, around: Around) -> FoundFact | None:
    """Compare the change of sales in 90 days with that of everybody else."""
    now, before = of.between(QUARTER - 1), of.between(2 * QUARTER - 1, QUARTER)
    others_now, others_before = around.now - now, around.before - before
    apart = chance.changes_apart(now.sales, before.sales, others_now.sales, others_before.sales)
    if abs(apart) < chance.SURE or (now.sales > before.sales) != (apart > 0):
        return None  # nobody is told of growth that is none
    return fact(
        of, "value_up" if apart > 0 else "value_down", min(now.sales, before.sales), strength=abs(apart) / 10,
        sales=now.sales, before=before.sales, value_minor=now.value_minor, before_minor=before.value_minor,
        others_ppm=ppm(others_now.sales, others_before.sales),
    )  # fmt: skip


def _record_day(of: Material) -> FoundFact | None:
    sold = [(sums.value_minor, on) for on, sums in of.days if sums.value_minor > 0]
    if len(sold) < 2:
        return None
    (second, _), (best, on) = sorted(sold)[-2:]
    if best == second or not since(of, on, 14):
        return None
    sales = next(sums.sales for day, sums in of.days if day == on)
    return fact(of, "record_day", len(sold), _YEAR, 1 - second / best, value_minor=best, sales=sales, on=on.isoformat())


def _record_month(of: Material) -> FoundFact | None:
    last = add_months(of.today.replace(day=1), -1)
    before = [sums.value_minor for month, sums in of.months.items() if month < last and sums.sales]
    sums = of.months.get(last, Sums())
    if not before or sums.value_minor <= max(before):
        return None
    period = (last, add_months(last, 1) - timedelta(days=1))
    return fact(
        of, "record_month", len(before), period, value_minor=sums.value_minor, before_minor=max(before),
        sales=sums.sales, month=last.isoformat(), strength=1 - max(before) / sums.value_minor,
    )  # fmt: skip


def _streak(of: Material) -> FoundFact | None:
    month, months = add_months(of.today.replace(day=1), -1), 0
    while of.months.get(month, Sums()).sales:
        months, month = months + 1, add_months(month, -1)
    first = add_months(month, 1)
    return fact(of, "streak", months, (first, of.today), months / 24, months=months)


def _near(of: Material) -> Iterator[FoundFact | None]:
    """Say what is left until the nearest sum that terms pay for a milestone, and the nearest step of a ladder."""
    for is_step, kind in ((False, "near_milestone"), (True, "near_step")):
        near = [
            one for one in of.ahead
            if one.is_step is is_step and 0 < one.at - one.reached <= max(one.at // 4, 0 if one.is_value else 1)
        ]  # fmt: skip
        if near:
            one = min(near, key=lambda ahead: ((ahead.at - ahead.reached) / ahead.at, ahead.at))
            yield fact(
                of, kind, max(1, one.reached), (one.since, of.today), one.reached / one.at, at=one.at,
                reached=one.reached, left=one.at - one.reached, metric="value" if one.is_value else "count",
                amount_minor=one.amount_minor, rate_ppm=one.rate_ppm,
            )  # fmt: skip


def _near_round(of: Material) -> FoundFact | None:
    total = of.sales_total
    place = bisect_left(_ROUND, total + 1)
    if place == len(_ROUND) or total < 1:
        return None
    left = _ROUND[place] - total
    if left > max(1, _ROUND[place] // 10):
        return None
    first = of.first_sale or of.enrolled_on
    return fact(of, "near_round", total, (first, of.today), total / _ROUND[place], at=_ROUND[place], left=left)


def _firsts(of: Material) -> Iterator[FoundFact | None]:
    if of.first_click and since(of, of.first_click, 14) and of.first_sale is None:
        yield fact(of, "first_click", 1, (of.first_click, of.today), on=of.first_click.isoformat())
    if of.first_sale and since(of, of.first_sale, 30):
        days = max(0, (of.first_sale - of.enrolled_on).days)
        yield fact(of, "first_sale", 1, (of.first_sale, of.today), 0.9, on=of.first_sale.isoformat(), days=days)
    renewals = [sale.on for sale in of.sales if sale.is_recurring]
    if renewals and since(of, min(renewals), 30):
        yield fact(of, "first_renewal", 1, (min(renewals), of.today), on=min(renewals).isoformat())
    if of.first_paid and since(of, of.first_paid[0], 30):
        on, amount = of.first_paid
        yield fact(of, "first_payout", 1, (on, of.today), on=on.isoformat(), amount_minor=amount)


def _anniversary(of: Material) -> FoundFact | None:
    years = of.today.year - of.enrolled_on.year
    day = add_months(of.enrolled_on, 12 * years)
    if day > of.today:
        years, day = years - 1, add_months(of.enrolled_on, 12 * (years - 1))
    if years < 1 or not since(of, day, 7):
        return None
    return fact(
        of, "anniversary", years, (of.enrolled_on, of.today), years / 5, years=years, on=day.isoformat(),
        sales=of.sales_total,
    )  # fmt: skip


def _season(of: Material, around: Around) -> FoundFact | None:
    """Say that the coming 30 days were the program's season a year ago."""
    usual = around.year * 31 / _YEAR
    apart = chance.counts_apart(around.coming, usual)
    if apart < chance.SURE or around.coming < 1.25 * usual:
        return None
    first: date = of.today - timedelta(days=_YEAR)
    times = ppm(around.coming, round(usual) or 1)
    return fact(of, "season_program", around.coming, (first, first + timedelta(days=30)), apart / 20, times_ppm=times)


def _per_hundred(of: Material) -> FoundFact | None:
    sums = of.between(QUARTER - 1)
    if sums.commission_minor <= 0 or not sums.clicks:
        return None
    minor = (sums.commission_minor * 100 + sums.clicks // 2) // sums.clicks
    return fact(of, "per_hundred_clicks", sums.clicks, amount_minor=minor, clicks=sums.clicks, strength=0.3)
