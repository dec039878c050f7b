"""Facts: each kind on material made for it, silent under its least n, guarded against chance, and said truly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.insight.facts import chance
from hanse.insight.facts.actions import find_facts, keep_facts
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.material import Ahead, Around, CouponOf, LinkOf, Material, Peers, PieceOf, Sale, Sums
from hanse.insight.facts.queries import facts_of
from hanse.insight.facts.rules import found_in
from hanse.insight.facts.surroundings import around
from hanse.insight.facts.titles import title_of
from hanse.insight.facts.types import FoundFact
from hanse.insight.facts.words import sentence_of
from hanse.insight.rollups.levels import LEVELS
from hanse.insight.rollups.marks import move_marks
from hanse.insight.rollups.types import Cells
from tests import make
from tests.cast import Cast, build

TODAY = date(2026, 5, 15)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def someone(**known: object) -> Material:
    values = {"enrolment_id": uuid4(), "kind": "creator", "enrolled_on": ago(200), "today": TODAY} | known
    return Material(**values)  # type: ignore[arg-type]


def sale(days: int = 1, **known: object) -> Sale:
    values: dict[str, object] = {
        "on": ago(days), "hour": 12, "amount_minor": 1000, "is_refunded": False, "is_new": False, "customer": uuid4(),
        "country": "GB", "is_recurring": False, "minutes": None,
    }  # fmt: skip
    return Sale(**(values | known))  # type: ignore[arg-type]


def link(number: int = 1, **known: object) -> LinkOf:
    values = {"number": number, "name": f"link {number}", "is_deep": False, "made_on": ago(100)} | known
    return LinkOf(**values)  # type: ignore[arg-type]


def days(*rows: tuple[int, Sums]) -> list[tuple[date, Sums]]:
    return sorted((ago(number), sums) for number, sums in rows)


WHOLE = Around(now=Sums(100_000, 2_000, 4_000, 400, 4_000_000), before=Sums(0, 0, 4_000), refunded=400)

# kind → what it is found in, around whom
FOUND: dict[str, tuple[Material, Around]] = {
    "rate_up": (someone(days=days((1, Sums(1000, 100)), (60, Sums(1000, 20)))), WHOLE),
    "rate_down": (someone(days=days((1, Sums(1000, 20)), (60, Sums(1000, 100)))), WHOLE),
    "value_up": (someone(days=days((1, Sums(0, 0, 90)), (100, Sums(0, 0, 30)))), WHOLE),
    "value_down": (someone(days=days((1, Sums(0, 0, 30)), (100, Sums(0, 0, 90)))), WHOLE),
    "record_day": (
        someone(days=days(*((n, Sums(0, 0, 1, 0, 100)) for n in range(20, 30)), (2, Sums(0, 0, 3, 0, 500)))), WHOLE,
    ),
    "record_month": (
        someone(months={date(2025, 12, 1) if n == 12 else date(2026, n, 1): Sums(0, 0, 2, 0, 100 * n)
                        for n in (1, 2, 3)} | {date(2025, 12, 1): Sums(0, 0, 1, 0, 5),
                                               date(2026, 4, 1): Sums(0, 0, 9, 0, 999)}), WHOLE,
    ),
    "streak": (someone(months={date(2026, n, 1): Sums(0, 0, 1, 0, 1) for n in (2, 3, 4)}), WHOLE),
    "near_milestone": (someone(ahead=[Ahead(False, False, 20, 17, ago(90), 5000)]), WHOLE),
    "near_step": (someone(ahead=[Ahead(True, True, 100_000, 80_000, ago(14), 0, 80_000)]), WHOLE),
    "near_round": (someone(months={date(2026, 3, 1): Sums(0, 0, 95)}, first_sale=ago(60)), WHOLE),
    "first_click": (someone(first_click=ago(3)), WHOLE),
    "first_sale": (someone(first_sale=ago(3), enrolled_on=ago(20)), WHOLE),
    "first_renewal": (someone(sales=[sale(3, is_recurring=True)]), WHOLE),
    "first_payout": (someone(first_paid=(ago(3), 4200)), WHOLE),
    "anniversary": (someone(enrolled_on=date(2024, 5, 12)), WHOLE),
    "season_own": (
        someone(enrolled_on=ago(800), days=days((350, Sums(0, 0, 60)), (100, Sums(0, 0, 40)))), WHOLE,
    ),
    "season_program": (someone(), replace(WHOLE, coming=900, year=4_000)),
    "per_hundred_clicks": (someone(days=days((1, Sums(200, 0, 0, 0, 0, 500)))), WHOLE),
    "best_product": (
        someone(sales=[*(sale(n, skus=frozenset({"LAMP"})) for n in range(8)),
                       *(sale(n, skus=frozenset({"CUP"})) for n in range(4))]),
        replace(WHOLE, products={"LAMP": "Harbour lamp"}),
    ),
    "best_category": (
        someone(sales=[*(sale(n, categories=frozenset({"candles"})) for n in range(8)),
                       *(sale(n, categories=frozenset({"cups"})) for n in range(4))]), WHOLE,
    ),
    "best_weekday": (someone(sales=[sale(7 * n) for n in range(20)] + [sale(7 * n + 2) for n in range(12)]), WHOLE),
    "best_hours": (someone(sales=[sale(n, hour=20) for n in range(30)] + [sale(n, hour=8) for n in range(9)]), WHOLE),
    "new_customer_share": (someone(sales=[sale(n, is_new=True) for n in range(25)]), WHOLE),
    "repeat_rate": (
        someone(sales=[sale(n, customer=key) for key in [uuid4() for _ in range(6)] for n in (1, 50)]
                + [sale(n) for n in range(8)]), WHOLE,
    ),
    "basket_above": (someone(sales=[sale(n, amount_minor=3000 + 50 * n) for n in range(40)]), WHOLE),
    "kept_share": (someone(sales=[sale(n % 80) for n in range(90)]), WHOLE),
    "drop_off_kept": (someone(sales=[sale(n % 80, is_refunded=n % 2 == 0) for n in range(90)]), WHOLE),
    "new_country": (someone(sales=[sale(200)] + [sale(n, country="NO") for n in range(12)]), WHOLE),
    "quick_buyers": (someone(sales=[sale(n, minutes=50 + n) for n in range(12)]), WHOLE),
    "record_order": (
        someone(sales=[sale(2, amount_minor=9000)] + [sale(n) for n in range(40, 52)]), WHOLE,
    ),
    "best_link": (
        someone(links=[link(1, clicks_90d=90, sales_90d=14, value_90d_minor=900), link(2, clicks_90d=9, sales_90d=2)]),
        WHOLE,
    ),
    "drop_off_link": (
        someone(links=[link(1, clicks_90d=800, click_sales_90d=1), link(2, clicks_90d=800, click_sales_90d=40)]), WHOLE,
    ),
    "unused_link": (someone(links=[link(1)]), WHOLE),
    "cold_link": (someone(links=[link(1, clicks_ever=80, last_click=ago(45), sales_ever=2)]), WHOLE),
    "unused_coupon": (someone(coupons=[CouponOf("ANA10", ago(40), None, None)]), WHOLE),
    "coupon_ending": (someone(coupons=[CouponOf("ANA10", ago(40), ago(-9), ago(3))]), WHOLE),
    "deep_links": (someone(links=[link(1)]), replace(WHOLE, deep=(4000, 240), plain=(9000, 180))),
    "best_piece": (
        someone(pieces=[PieceOf("Ten teas", ago(30), 12, 900, 80), PieceOf("Old pots", ago(300), 3, 90, 9)]), WHOLE,
    ),
    "evergreen_piece": (someone(pieces=[PieceOf("Old pots", ago(300), 0, 0, 40)]), WHOLE),
    "best_initiative": (someone(facets={"initiative": {"spring": (90, 12), "": (500, 3)}}), WHOLE),
    "best_referrer": (someone(facets={"referrer": {"blog.example": (90, 12), "x.example": (9, 1)}}), WHOLE),
    "device_gap": (someone(facets={"device": {"phone": (2000, 20), "desktop": (1000, 60)}}), WHOLE),
    "top_country": (someone(facets={"country": {"GB": (80, 1), "FR": (40, 0)}}), WHOLE),
    "phone_share": (someone(facets={"device": {"phone": (90, 1), "desktop": (30, 0)}}), WHOLE),
    "rate_above_peers": (
        someone(days=days((1, Sums(1000, 100)))),
        replace(WHOLE, peers={"creator": Peers(30, 20, Sums(9000, 300), [])}),
    ),
    "rate_below_peers": (
        someone(days=days((1, Sums(1000, 5)))),
        replace(WHOLE, peers={"creator": Peers(30, 20, Sums(9000, 300), [])}),
    ),
    "top_of_kind": (
        someone(days=days((1, Sums(0, 0, 3, 0, 900)))),
        replace(WHOLE, peers={"creator": Peers(25, 20, Sums(), [1200, 950, 900, 100])}),
    ),
}  # fmt: skip


def kinds_of(material: Material, whole: Around) -> dict[str, FoundFact]:
    return {fact.kind: fact for fact in found_in(material, whole)}


def test_every_kind_has_its_example() -> None:
    assert FOUND.keys() == KINDS.keys()
    assert len(KINDS) >= 25


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_found_where_it_is_true(kind: str) -> None:
    fact = kinds_of(*FOUND[kind])[kind]
    assert fact.n >= KINDS[kind].least_n
    assert fact.period_from <= fact.period_to
    assert 0 < fact.rank_ppm <= 1_000_000


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_is_said_about_who_did_nothing(kind: str) -> None:
    assert kind not in kinds_of(someone(), Around())


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["en", "pl", "es", "ru", "zh-hant"])
def test_a_fact_is_a_whole_sentence_with_nothing_left_open(kind: str, language: str) -> None:
    with translation.override(language):
        text = sentence_of(kinds_of(*FOUND[kind])[kind], "GBP")
        assert title_of(kind)
    assert text[-1] in ".。"
    assert "%(" not in text
    assert "None" not in text


def said(kind: str) -> str:
    with translation.override("en"):
        return sentence_of(kinds_of(*FOUND[kind])[kind], "GBP")


def test_sentences_say_the_numbers() -> None:
    assert said("best_product") == (
        "Your readers buy “Harbour lamp” most: it is in 8 of your 12 sales of the last 90 days."
    )
    assert said("rate_up") == (
        "Your readers buy more often: 10.0% of clicks in the last 30 days, 2.0% in the 90 before."
    )
    assert said("near_milestone") == "3 sales to go: reaching 20 sales brings you £50.00."
    assert said("near_step").endswith("£1,000.00 brings you a rate of 8.0%.")
    assert said("near_round") == "5 more sales and you have brought 100 in all."
    assert said("anniversary").startswith("You have been with us for 2 years")
    assert said("unused_link").startswith("Your link “link 1” has been ready for 100 days")


def test_yen_have_no_pence() -> None:
    assert sentence_of(kinds_of(*FOUND["first_payout"])["first_payout"], "JPY").endswith("¥4,200.")


# --- guards


def test_z_of_two_shares_is_as_in_the_books() -> None:
    """45 of 100 against 30 of 100: pooled 0.375, z = 0.15 / 0.068465."""
    assert chance.rates_apart(45, 100, 30, 100) == pytest.approx(2.1909, abs=1e-4)
    assert chance.rates_apart(30, 100, 45, 100) == pytest.approx(-2.1909, abs=1e-4)
    assert chance.rates_apart(5, 0, 1, 9) == 0.0
    assert chance.rates_apart(9, 5, 1, 9) == 0.0


def test_a_difference_that_chance_could_bring_is_not_told() -> None:
    small = someone(days=days((1, Sums(100, 6)), (60, Sums(300, 11))))
    assert not {"rate_up", "rate_down"} & kinds_of(small, WHOLE).keys()


def test_ninety_nine_clicks_are_too_few_however_clear_they_are() -> None:
    for clicks, told in ((99, False), (100, True)):
        one = someone(days=days((1, Sums(clicks, 60)), (60, Sums(1000, 20))))
        assert ("rate_up" in kinds_of(one, WHOLE)) is told


def test_growth_with_the_tide_is_no_growth() -> None:
    tide = replace(WHOLE, now=Sums(0, 0, 12_000), before=Sums(0, 0, 4_000))
    one = someone(days=days((1, Sums(0, 0, 90)), (100, Sums(0, 0, 30))))
    assert not {"value_up", "value_down"} & kinds_of(one, tide).keys()


def test_of_two_that_sell_alike_none_is_the_best() -> None:
    alike = [
        *(sale(n, skus=frozenset({"LAMP"})) for n in range(6)),
        *(sale(n, skus=frozenset({"CUP"})) for n in range(6)),
    ]
    assert "best_product" not in kinds_of(someone(sales=alike), WHOLE)


def test_nothing_is_said_about_groups_under_ten() -> None:
    nine = someone(
        sales=[sale(200)] + [sale(n, country="NO") for n in range(9)],
        links=[link(1, clicks_90d=90, sales_90d=9), link(2, clicks_90d=9)],
        facets={"referrer": {"blog.example": (90, 9), "x.example": (9, 1)}},
    )
    assert not {"new_country", "best_link", "best_referrer", "best_product"} & kinds_of(nine, WHOLE).keys()
    few = replace(WHOLE, peers={"creator": Peers(10, 10, Sums(9000, 300), [1])})
    assert "rate_above_peers" not in kinds_of(someone(days=days((1, Sums(1000, 100)))), few)


def test_a_milestone_that_is_reached_or_far_is_not_near() -> None:
    for reached, told in ((20, False), (14, False), (15, True), (19, True)):
        one = someone(ahead=[Ahead(False, False, 20, reached, ago(90), 5000)])
        assert ("near_milestone" in kinds_of(one, WHOLE)) is told


@given(
    st.lists(st.tuples(st.integers(0, 360), st.integers(0, 500), st.integers(0, 20), st.integers(0, 20)), max_size=30)
)
@settings(max_examples=60, deadline=None)
def test_any_course_gives_facts_above_their_least_n_in_the_same_order(rows: list[tuple[int, int, int, int]]) -> None:
    sums: Counter[int] = Counter()
    made = [
        (day, Sums(clicks, min(bought, clicks), sales, sales, 100 * sales, 7)) for day, clicks, bought, sales in rows
    ]
    one = someone(days=days(*{day: (day, found) for day, found in made}.values()))
    facts = found_in(one, WHOLE)
    assert facts == found_in(one, WHOLE)
    assert [fact.rank_ppm for fact in facts] == sorted((fact.rank_ppm for fact in facts), reverse=True)
    sums.update(1 for fact in facts if fact.n < KINDS[fact.kind].least_n)
    assert not sums


# --- from the rows


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast."""
    return build()


def add(cast: Cast, who: object, on: date, **numbers: int) -> None:
    cells: Cells = {(cast.program.id, who.id, on): Counter(numbers)}  # type: ignore[attr-defined]
    for level in LEVELS:
        level.add(cells)
    move_marks(cells)


def test_facts_are_found_and_kept_in_place_of_those_before(cast: Cast) -> None:
    add(cast, cast.anas, ago(2), clicks=900, click_conversions=90, conversions=90, value_minor=9000)
    add(cast, cast.anas, ago(60), clicks=900, click_conversions=20, conversions=20, value_minor=2000)
    found = find_facts(cast.program, [cast.anas.id, cast.bens.id], around(cast.program, TODAY), TODAY)
    keep_facts(cast.program.id, found, TODAY)
    keep_facts(cast.program.id, found, TODAY)
    kept = facts_of([cast.anas.id, cast.bens.id])
    assert kept == {who: facts for who, facts in found.items() if facts}
    assert {"rate_up", "unused_coupon", "unused_link"} <= {fact.kind for fact in kept[cast.anas.id]}


def test_milestones_of_the_terms_in_force_are_counted(cast: Cast) -> None:
    make.terms(cast.program, {"kind": "milestone", "metric": "count", "at": 20, "amount": 5000}, enrolment=cast.anas)
    add(cast, cast.anas, ago(2), conversions=18, value_minor=100)
    found = find_facts(cast.program, [cast.anas.id], around(cast.program, TODAY), TODAY)[cast.anas.id]
    near = next(fact for fact in found if fact.kind == "near_milestone")
    assert (near.numbers["left"], near.numbers["at"], near.numbers["amount_minor"]) == (2, 20, 5000)


def test_more_partners_cost_no_more_queries(cast: Cast) -> None:
    def queries() -> int:
        ids = list(cast.program.enrolments.values_list("id", flat=True))
        with CaptureQueriesContext(connection) as caught:
            find_facts(cast.program, ids, around(cast.program, TODAY), TODAY)
        return len(caught)

    few = queries()
    for number in range(5):
        one = make.enrolment(make.partner(f"P {number}"), cast.program)
        make.link(one)
        add(cast, one, ago(3), clicks=5, conversions=1, value_minor=100)
    assert queries() == few
