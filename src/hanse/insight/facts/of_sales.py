"""Facts about what is bought through a partner: products, days and hours, customers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from hanse.insight.facts import chance
from hanse.insight.facts.making import QUARTER, fact, ppm, since
from hanse.insight.facts.material import Around, Material, Sale
from hanse.insight.facts.types import FoundFact

_UNTOLD = frozenset({"", "shipping", "charges"})
_HALF_YEAR, _YEAR = 180, 365
_FEWEST = 10  # domain.md §12: nothing about groups under ten
_HOURS = 3


def found(of: Material, around: Around) -> Iterator[FoundFact | None]:
    """Yield what the sales of an enrolment say."""
    quarter = of.sold(QUARTER)
    yield _best(of, "best_product", quarter, around.products)
    yield _best(of, "best_category", quarter, None)
    yield _best_weekday(of)
    yield _best_hours(of)
    yield _new_customers(of, quarter, around)
    yield _repeat(of)
    yield _basket(of, quarter, around)
    yield from _kept(of, quarter, around)
    yield _new_country(of, quarter)
    yield _quick(of, quarter)
    yield _record_order(of)
    yield _season(of)


def _best(of: Material, kind: str, sales: list[Sale], names: object) -> FoundFact | None:
    counts: Counter[str] = Counter()
    for sale in sales:
        counts.update((sale.skus if kind == "best_product" else sale.categories) - _UNTOLD)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) < 2 or ranked[0][1] < 5 or ranked[0][1] == ranked[1][1]:
        return None  # of one thing alone nothing is the best, nor of two that sell alike
    key, count = ranked[0]
    name = names.get(key, key) if isinstance(names, dict) else key
    return fact(of, kind, len(sales), name=name, count=count, sales=len(sales), strength=count / len(sales))


def _best_weekday(of: Material) -> FoundFact | None:
    sales = of.sold(_HALF_YEAR)
    days = Counter(sale.on.weekday() for sale in sales)
    if not days:
        return None
    best = max(days, key=lambda day: (days[day], -day))
    apart = chance.share_apart(days[best], len(sales), 1 / 7)
    if apart < chance.SURER:
        return None
    share = ppm(days[best], len(sales))
    return fact(of, "best_weekday", len(sales), _HALF_YEAR, apart / 10, weekday=best, share_ppm=share)


def _best_hours(of: Material) -> FoundFact | None:
    sales = of.sold(_HALF_YEAR)
    by_hour = Counter(sale.hour for sale in sales)
    sums = [sum(by_hour[(start + offset) % 24] for offset in range(_HOURS)) for start in range(24)]
    start = max(range(24), key=lambda hour: (sums[hour], -hour))
    apart = chance.share_apart(sums[start], len(sales), _HOURS / 24)
    if apart < chance.SURER:
        return None
    share, until = ppm(sums[start], len(sales)), (start + _HOURS) % 24
    return fact(
        of, "best_hours", len(sales), _HALF_YEAR, apart / 15, from_hour=start, until_hour=until, share_ppm=share
    )


def _new_customers(of: Material, sales: list[Sale], around: Around) -> FoundFact | None:
    known = [sale.is_new for sale in sales if sale.is_new is not None]
    others = around.now - of.between(QUARTER - 1)
    if others.sales < 100 or abs(chance.rates_apart(sum(known), len(known), others.new_customers, others.sales)) < (
        chance.SURE
    ):
        return None
    share, other = ppm(sum(known), len(known)), ppm(others.new_customers, others.sales)
    return fact(
        of, "new_customer_share", len(known), share_ppm=share, others_ppm=other, strength=abs(share - other) / 500_000
    )


def _repeat(of: Material) -> FoundFact | None:
    bought = Counter(sale.customer for sale in of.sold(_YEAR) if sale.customer is not None)
    again = sum(1 for times in bought.values() if times > 1)
    if again < 5:
        return None
    return fact(
        of, "repeat_rate", len(bought), _YEAR, again / len(bought), again=again, customers=len(bought),
        share_ppm=ppm(again, len(bought)),
    )  # fmt: skip


def _basket(of: Material, sales: list[Sale], around: Around) -> FoundFact | None:
    others = around.now - of.between(QUARTER - 1)
    amounts = [sale.amount_minor for sale in sales if sale.amount_minor > 0 and not sale.is_refunded]
    if others.sales < 300 or not amounts:
        return None
    usual = others.value_minor / others.sales
    apart = chance.mean_apart(amounts, usual)
    if apart < chance.SURE:
        return None
    average = round(sum(amounts) / len(amounts))
    return fact(of, "basket_above", len(amounts), average_minor=average, usual_minor=round(usual), strength=apart / 10)


def _kept(of: Material, sales: list[Sale], around: Around) -> Iterator[FoundFact | None]:
    back = sum(1 for sale in sales if sale.is_refunded)
    others, others_back = around.now.sales - len(sales), around.refunded - back
    if others < 100 or others_back < 0:
        return
    apart = chance.rates_apart(back, len(sales), others_back, others)
    numbers = {"kept": len(sales) - back, "back": back, "sales": len(sales), "others_ppm": ppm(others_back, others)}
    if apart <= -chance.SURE:
        yield fact(of, "kept_share", len(sales), strength=-apart / 10, **numbers)
    if apart >= chance.SURE:
        yield fact(of, "drop_off_kept", len(sales), strength=apart / 10, **numbers)


def _new_country(of: Material, sales: list[Sale]) -> FoundFact | None:
    known = {sale.country for sale in of.sales if sale.on <= of.today - timedelta(days=QUARTER)}
    buyers: dict[str, set[object]] = {}
    for sale in sales:
        if sale.country and sale.country not in known and sale.customer is not None:
            buyers.setdefault(sale.country, set()).add(sale.customer)
    if not known or not buyers:
        return None
    country = max(buyers, key=lambda code: (len(buyers[code]), code))
    return fact(of, "new_country", len(buyers[country]), country=country, customers=len(buyers[country]))


def _quick(of: Material, sales: list[Sale]) -> FoundFact | None:
    minutes = sorted(sale.minutes for sale in sales if sale.minutes is not None)
    if len(minutes) < _FEWEST:
        return None
    half = minutes[(len(minutes) - 1) // 2]
    return fact(of, "quick_buyers", len(minutes), minutes=half, strength=1 - min(1.0, half / (7 * 1440)))


def _record_order(of: Material) -> FoundFact | None:
    orders = [sale for sale in of.sold(_YEAR) if not sale.is_refunded and sale.amount_minor > 0]
    if len(orders) < _FEWEST:
        return None
    best, second = sorted(orders, key=lambda sale: -sale.amount_minor)[:2]
    if not since(of, best.on, 30) or best.amount_minor == second.amount_minor:
        return None
    return fact(
        of, "record_order", len(orders), _YEAR, amount_minor=best.amount_minor, before_minor=second.amount_minor,
        on=best.on.isoformat(), strength=1 - second.amount_minor / best.amount_minor,
    )  # fmt: skip


def _season(of: Material) -> FoundFact | None:
    """Say that the coming 30 days were far above a usual month a year ago; needs a whole year before today."""
    if (of.today - of.enrolled_on).days < _YEAR:
        return None
    then = of.between(_YEAR, _YEAR - 30).sales
    usual = of.between(_YEAR - 1).sales * 31 / _YEAR
    apart = chance.counts_apart(then, usual)
    if apart < chance.SURE:
        return None
    first = of.today - timedelta(days=_YEAR)
    return fact(of, "season_own", then, (first, first + timedelta(days=30)), apart / 10, sales=then, usual=round(usual))
