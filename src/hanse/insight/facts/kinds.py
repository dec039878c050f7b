"""The kinds of facts: the fewest cases each is told on, where to check it, and how useful it is to tell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hanse.insight.facts.types import FactKind

_ALL = (
    FactKind("near_milestone", 1, "terms", 95),
    FactKind("near_step", 1, "terms", 92),
    FactKind("first_sale", 1, "earnings", 90),
    FactKind("rate_up", 100, "numbers", 88),
    FactKind("rate_down", 100, "numbers", 86),
    FactKind("drop_off_link", 100, "links", 85),
    FactKind("device_gap", 100, "numbers", 84),
    FactKind("record_month", 4, "earnings", 83),
    FactKind("best_product", 10, "earnings", 82),
    FactKind("rate_below_peers", 100, "numbers", 80),
    FactKind("rate_above_peers", 100, "numbers", 79),
    FactKind("value_up", 10, "earnings", 78),
    FactKind("season_own", 10, "earnings", 77),
    FactKind("record_day", 10, "earnings", 76),
    FactKind("best_link", 10, "links", 75),
    FactKind("best_piece", 10, "pieces", 87),
    FactKind("evergreen_piece", 10, "pieces", 71),
    FactKind("best_initiative", 10, "numbers", 74),
    FactKind("cold_link", 5, "links", 73),
    FactKind("anniversary", 1, "grow", 72),
    FactKind("near_round", 1, "earnings", 70),
    FactKind("season_program", 100, "grow", 68),
    FactKind("deep_links", 200, "links", 66),
    FactKind("unused_coupon", 1, "links", 65),
    FactKind("coupon_ending", 1, "links", 64),
    FactKind("unused_link", 1, "links", 62),
    FactKind("best_weekday", 30, "earnings", 60),
    FactKind("best_hours", 30, "earnings", 58),
    FactKind("best_category", 10, "earnings", 57),
    FactKind("first_payout", 1, "payouts", 56),
    FactKind("first_renewal", 1, "earnings", 55),
    FactKind("new_country", 10, "numbers", 54),
    FactKind("new_customer_share", 20, "earnings", 53),
    FactKind("repeat_rate", 10, "earnings", 52),
    FactKind("basket_above", 30, "earnings", 50),
    FactKind("kept_share", 50, "earnings", 48),
    FactKind("top_of_kind", 20, "earnings", 47),
    FactKind("streak", 3, "earnings", 46),
    FactKind("best_referrer", 10, "numbers", 44),
    FactKind("record_order", 10, "earnings", 43),
    FactKind("quick_buyers", 10, "earnings", 40),
    FactKind("first_click", 1, "numbers", 38),
    FactKind("top_country", 100, "numbers", 34),
    FactKind("phone_share", 100, "numbers", 32),
    FactKind("per_hundred_clicks", 100, "earnings", 30),
    FactKind("value_down", 10, "earnings", 81, "team"),
    FactKind("drop_off_kept", 30, "earnings", 67, "team"),
)

KINDS: Mapping[str, FactKind] = MappingProxyType({kind.key: kind for kind in _ALL})
