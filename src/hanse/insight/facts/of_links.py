"""Facts about links, codes and where readers come from, and beside others of the same kind. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hanse.insight.facts import chance
from hanse.insight.facts.making import QUARTER, fact, ppm
from hanse.insight.facts.material import Around, LinkOf, Material
from hanse.insight.facts.types import FoundFact

_SETTLED, _COLD, _ENDING = 14, 30, 14
_PEERS = 10  # of fewer nobody is compared with anybody
_FROM_CLICKS = 500


def found(of: Material, around: Around) -> Iterator[FoundFact | None]:
    """Yield what the links, codes and readers of an enrolment say."""
    yield _best_link(of)
    yield _drop_off(of)
    yield _unused_link(of)
    yield _cold_link(of)
    yield from _coupons(of)
    yield _deep(of, around)
    yield _best_facet(of, "initiative", "best_initiative")
    yield _best_facet(of, "referrer", "best_referrer")
    yield _device_gap(of)
    yield _most(of, "country", "top_country", 300_000)
    yield _most(of, "device", "phone_share", 600_000, only="phone")
    yield _beside_peers(of, around)
    yield _top(of, around)


def _best_link(of: Material) -> FoundFact | None:
    busy = sorted((link for link in of.links if link.clicks_90d or link.sales_90d), key=_by_sales)
    if len(busy) < 2 or busy[0].sales_90d == busy[1].sales_90d:
        return None
    best, sales = busy[0], sum(link.sales_90d for link in busy)
    return fact(
        of, "best_link", best.sales_90d, name=best.name, link=best.number, sales=best.sales_90d, of_sales=sales,
        value_minor=best.value_90d_minor, strength=best.sales_90d / sales,
    )  # fmt: skip


def _by_sales(link: LinkOf) -> tuple[int, int, int]:
    return -link.sales_90d, -link.value_90d_minor, link.number


def _drop_off(of: Material) -> FoundFact | None:
    """Find the link whose readers buy least, told only where that is no chance beside the partner's other links."""
    clicks, bought = sum(link.clicks_90d for link in of.links), sum(link.click_sales_90d for link in of.links)
    worst: tuple[float, LinkOf] | None = None
    for link in of.links:
        rest = clicks - link.clicks_90d
        apart = chance.rates_apart(link.click_sales_90d, link.clicks_90d, bought - link.click_sales_90d, rest)
        if apart <= -chance.SURER and rest >= 100 and (worst is None or apart < worst[0]):
            worst = apart, link
    if worst is None:
        return None
    apart, link = worst
    return fact(
        of, "drop_off_link", link.clicks_90d, name=link.name, link=link.number, clicks=link.clicks_90d,
        sales=link.click_sales_90d, others_ppm=ppm(bought - link.click_sales_90d, clicks - link.clicks_90d),
        strength=-apart / 10,
    )  # fmt: skip


def _unused_link(of: Material) -> FoundFact | None:
    idle = [
        link for link in of.links
        if not link.clicks_ever and not link.sales_ever and (of.today - link.made_on).days >= _SETTLED
    ]  # fmt: skip
    if not idle:
        return None
    newest = max(idle, key=lambda link: (link.made_on, link.number))
    return fact(
        of, "unused_link", len(idle), (min(link.made_on for link in idle), of.today), name=newest.name,
        link=newest.number, count=len(idle), days=(of.today - newest.made_on).days,
    )  # fmt: skip


def _cold_link(of: Material) -> FoundFact | None:
    cold = [
        link for link in of.links if link.last_click is not None and (of.today - link.last_click).days >= _COLD
        and (link.clicks_ever >= 50 or link.sales_ever >= 5)
    ]  # fmt: skip
    if not cold:
        return None
    link = max(cold, key=lambda one: (one.sales_ever, one.clicks_ever, -one.number))
    assert link.last_click is not None
    n = link.clicks_ever if link.clicks_ever >= 50 else link.sales_ever
    return fact(
        of, "cold_link", n, (link.made_on, of.today), name=link.name, link=link.number,
        clicks=link.clicks_ever, sales=link.sales_ever, days=(of.today - link.last_click).days,
        on=link.last_click.isoformat(), strength=min(1.0, link.sales_ever / 50),
    )  # fmt: skip


def _coupons(of: Material) -> Iterator[FoundFact | None]:
    idle = [one for one in of.coupons if one.last_used is None and (of.today - one.made_on).days >= _SETTLED]
    if idle:
        first = min(idle, key=lambda one: (one.made_on, one.code))
        days = (of.today - first.made_on).days
        yield fact(of, "unused_coupon", len(idle), (first.made_on, of.today), code=first.code, days=days)
    ending = [one for one in of.coupons if one.ends_on and of.today <= one.ends_on <= of.today + timedelta(_ENDING)]
    if ending:
        one = min(ending, key=lambda coupon: (coupon.ends_on or of.today, coupon.code))
        assert one.ends_on is not None
        left = (one.ends_on - of.today).days
        yield fact(of, "coupon_ending", 1, (one.made_on, of.today), 1 - left / _ENDING, code=one.code,
                   on=one.ends_on.isoformat())  # fmt: skip


def _deep(of: Material, around: Around) -> FoundFact | None:
    """Tell who links to the front page only that links to single pages sell better in the whole program."""
    if not of.links or any(link.is_deep for link in of.links):
        return None
    (clicks, bought), (plain_clicks, plain_bought) = around.deep, around.plain
    apart = chance.rates_apart(bought, clicks, plain_bought, plain_clicks)
    if apart < chance.SURE:
        return None
    return fact(
        of, "deep_links", min(clicks, plain_clicks), rate_ppm=ppm(bought, clicks),
        plain_ppm=ppm(plain_bought, plain_clicks), strength=apart / 20,
    )  # fmt: skip


def _best_facet(of: Material, dimension: str, kind: str) -> FoundFact | None:
    values = of.facets.get(dimension, {})
    ranked = sorted(values.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    if len(ranked) < 2 or ranked[0][1][1] == ranked[1][1][1]:
        return None
    (name, (clicks, sales)), whole = ranked[0], sum(found for _clicks, found in values.values())
    return fact(of, kind, sales, name=name, sales=sales, clicks=clicks, of_sales=whole, strength=sales / whole)


def _device_gap(of: Material) -> FoundFact | None:
    devices = of.facets.get("device", {})
    (phone_clicks, phone_sales), (desk_clicks, desk_sales) = (devices.get(key, (0, 0)) for key in ("phone", "desktop"))
    apart = chance.rates_apart(phone_sales, phone_clicks, desk_sales, desk_clicks)
    if abs(apart) < chance.SURE:
        return None
    phone, desk = ppm(phone_sales, phone_clicks), ppm(desk_sales, desk_clicks)
    lower, higher = ("phone", "desktop") if apart < 0 else ("desktop", "phone")
    return fact(
        of, "device_gap", min(phone_clicks, desk_clicks), lower=lower, higher=higher, lower_ppm=min(phone, desk),
        higher_ppm=max(phone, desk), strength=abs(apart) / 10,
    )  # fmt: skip


def _most(of: Material, dimension: str, kind: str, least_ppm: int, only: str = "") -> FoundFact | None:
    values = of.facets.get(dimension, {})
    clicks = sum(count for count, _sales in values.values())
    named = {key: count for key, (count, _sales) in values.items() if key.strip() and (not only or key == only)}
    if not named:
        return None
    name = max(named, key=lambda key: (named[key], key))
    share = ppm(named[name], clicks)
    if share < least_ppm:
        return None
    return fact(of, kind, clicks, name=name, share_ppm=share, clicks=clicks, strength=share / 1_000_000)


def _beside_peers(of: Material, around: Around) -> FoundFact | None:
    peers = around.peers.get(of.kind)
    mine = of.between(QUARTER - 1)
    if peers is None or peers.with_clicks - 1 < _PEERS:
        return None
    others = peers.sums - mine
    if others.clicks < _FROM_CLICKS:
        return None
    apart = chance.rates_apart(mine.click_sales, mine.clicks, others.click_sales, others.clicks)
    if abs(apart) < chance.SURE:
        return None
    return fact(
        of, "rate_above_peers" if apart > 0 else "rate_below_peers", mine.clicks, strength=abs(apart) / 20,
        rate_ppm=ppm(mine.click_sales, mine.clicks), others_ppm=ppm(others.click_sales, others.clicks),
        clicks=mine.clicks, peers=peers.with_clicks - 1,
    )  # fmt: skip


def _top(of: Material, around: Around) -> FoundFact | None:
    peers, mine = around.peers.get(of.kind), of.between(QUARTER - 1).value_minor
    if peers is None or mine <= 0:
        return None
    rank = 1 + sum(1 for value in peers.values if value > mine)
    if rank * 10 > peers.partners + 9:
        return None
    return fact(of, "top_of_kind", peers.partners, rank=rank, partners=peers.partners, strength=1 - rank / 100)
