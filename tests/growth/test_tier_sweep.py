"""A program's field evaluated day by day with a movable clock: moves, patience, locks, reviews, what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from hanse.growth.tiers.actions import decide_review, lock_tier, move_by_hand, unlock_tier
from hanse.growth.tiers.models import TierDecision, TierReview, TierStanding, TierSweep
from hanse.growth.tiers.near import about_to_move
from hanse.growth.tiers.queries import reviews_waiting, strategic_track_of
from hanse.growth.tiers.sweeping import Swept, keep, look, sweep
from hanse.growth.tiers.versions import publish_rules, read_rules
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from tests import make
from tests.money import books

pytestmark = pytest.mark.django_db
NOW = make.at(0)


@dataclass
class Field:
    """A program of partners named a, b, c …, who sell when told, evaluated when told."""

    program: Program
    people: dict[str, Enrolment] = field(default_factory=dict)

    def join(self, name: str, at: datetime = make.BEGINNING, language: str = "en", **more: Any) -> Enrolment:
        partner = make.partner(name, language=language)
        self.people[name] = make.enrolment(partner, self.program, enrolled_at=at, **more)
        return self.people[name]

    def sell(self, name: str, minor: int, at: datetime, goal: str = "sale") -> Any:
        sold = books.sell(self.people[name], minor, at=at, name=make.fresh(), goal=goal)
        books.price(sold, now=at)
        return sold

    def sweep(self, at: datetime) -> Swept:
        rebuild_rollups(at)
        return sweep(self.program, at, now=at)

    def tiers(self) -> dict[str, str]:
        rows = Enrolment.objects.select_related("partner", "tier").filter(program=self.program)
        return {row.partner.name: row.tier.key if row.tier else "" for row in rows}

    def fresh(self, name: str) -> Enrolment:
        return Enrolment.objects.select_related("program", "partner", "tier").get(pk=self.people[name].pk)

    def told(self, name: str) -> list[str]:
        rows = TierDecision.objects.filter(enrolment=self.people[name]).order_by("at", "pk")
        return [row.kind for row in rows]


@pytest.fixture
def shop() -> Field:
    made = Field(make.program("harbour"))
    make.terms(made.program, {"kind": "percent", "rate": "10%", "goal": "sale"})
    for place, name in enumerate("abcdefghij"):
        made.join(name)
        if place < 8:
            made.sell(name, 10_000 - place * 1_000, make.at(-20))
    return made


def test_the_field_is_placed_by_the_default_rules(shop: Field) -> None:
    shop.join("young", make.at(-10))
    shop.sweep(NOW)
    assert shop.tiers() == {
        "a": "power", "b": "power", "c": "growth", "d": "growth", "e": "casual", "f": "casual", "g": "casual",
        "h": "casual", "i": "inactive", "j": "inactive", "young": "new",
    }  # fmt: skip
    day = TierSweep.objects.get()
    assert day.sizes == {"power": 2, "growth": 2, "casual": 4, "inactive": 2, "new": 1}
    assert (day.field_size, day.rose, day.fell) == (11, 8, 0)
    assert strategic_track_of(shop.program.pk) == {shop.people[name].pk for name in "abc"}


def test_a_second_run_on_a_date_replaces_the_first(shop: Field) -> None:
    shop.sweep(NOW)
    shop.sell("j", 99_000, make.at(0, minutes=1))
    shop.sweep(make.at(0, hours=1))
    assert shop.tiers()["j"] == "power"
    assert shop.tiers()["a"] == "growth"
    assert TierSweep.objects.count() == 1
    assert TierDecision.objects.filter(enrolment=shop.people["a"]).count() == 1
    again = TierDecision.objects.get(enrolment=shop.people["a"])
    assert (again.kind, again.before, again.after) == ("up", "new", "growth")


def test_running_twice_changes_nothing(shop: Field) -> None:
    def state() -> list[Any]:
        rows = TierStanding.objects.order_by("rank").values_list("rank", "tier", "since", "below_exit", "value_minor")
        told = TierDecision.objects.order_by("enrolment_id").values_list("kind", "before", "after", "sentence")
        return [list(rows), list(told), TierChange.objects.count(), TierReview.objects.count()]

    shop.sweep(NOW)
    first = state()
    shop.sweep(NOW)
    assert state() == first


def test_an_earlier_day_or_one_to_come_is_refused(shop: Field) -> None:
    shop.sweep(NOW)
    for at in (make.at(-1), make.at(1)):
        with pytest.raises(Refused):
            look(shop.program, at, NOW)


def overtake(shop: Field, at: datetime) -> None:
    """Let everybody pass a, who was the first."""
    for name in "bcdefghij":
        shop.sell(name, 50_000, at)


def test_down_after_two_dates_and_the_stay_then_straight_to_the_tier_of_the_numbers(shop: Field) -> None:
    shop.sweep(NOW)
    overtake(shop, make.at(1))
    for day in (2, 3, 89):
        shop.sweep(make.at(day))
        assert shop.tiers()["a"] == "power"
    shop.sweep(make.at(90))
    assert shop.tiers()["a"] == "casual"
    assert shop.told("a") == ["up", "warned", "down"]
    last = TierDecision.objects.filter(enrolment=shop.people["a"]).latest("at")
    assert last.numbers["rank"] == 10
    assert last.sentence.startswith("In the last 180 days you had one sale, worth £100.00: place 10 of 10.")
    assert "2 evaluations in a row" in last.sentence


def test_two_runs_on_one_date_count_as_one_evaluation(shop: Field) -> None:
    shop.sweep(NOW)
    overtake(shop, make.at(1))
    shop.sweep(make.at(95))
    shop.sweep(make.at(95, hours=5))
    assert shop.tiers()["a"] == "power"
    shop.sweep(make.at(96))
    assert shop.tiers()["a"] == "casual"


def test_a_warning_is_cleared_when_the_numbers_come_back(shop: Field) -> None:
    shop.sweep(NOW)
    overtake(shop, make.at(1))
    shop.sweep(make.at(2))
    shop.sell("a", 200_000, make.at(2, hours=2))
    shop.sweep(make.at(3))
    assert shop.told("a") == ["up", "warned", "cleared"]


def test_paused_ones_keep_tier_and_counter_and_tests_never_count(shop: Field) -> None:
    shop.sweep(NOW)
    overtake(shop, make.at(1))
    shop.sweep(make.at(2))
    make.change_status(shop.people["a"], "paused", make.at(3))
    Enrolment.objects.filter(pk=shop.people["b"].pk).update(is_test=True)
    found = shop.sweep(make.at(100))
    assert {one.id for one in found.found}.isdisjoint({shop.people["a"].pk, shop.people["b"].pk})
    kept = TierStanding.objects.get(pk=shop.people["a"].pk)
    assert (kept.tier, kept.below_exit, shop.tiers()["a"]) == ("power", 1, "power")
    make.change_status(shop.people["a"], "active", make.at(101))
    shop.sweep(make.at(102))
    assert shop.tiers()["a"] == "casual"


def test_a_lock_ranks_but_does_not_move_and_ends_on_its_day(shop: Field) -> None:
    shop.sweep(NOW)
    lock_tier(shop.fresh("a"), reason="They wrote our cookbook.", until=make.at(99).date(), now=make.at(1), by="ruth")
    overtake(shop, make.at(1))
    for day in (50, 98, 99):
        shop.sweep(make.at(day))
        assert shop.tiers()["a"] == "power"
    assert len([one for one in shop.tiers().values() if one == "power"]) == 2  # a larger tier than its share
    shop.sweep(make.at(100))
    shop.sweep(make.at(101))
    assert shop.tiers()["a"] == "casual"


def test_a_lock_needs_a_reason_and_is_set_once(shop: Field) -> None:
    shop.sweep(NOW)
    with pytest.raises(Invalid):
        lock_tier(shop.fresh("a"), reason=" ", now=NOW, by="ruth")
    lock_tier(shop.fresh("a"), reason="Founder’s friend", now=make.at(0, hours=1), by="ruth")
    with pytest.raises(Refused):
        lock_tier(shop.fresh("a"), reason="Again", now=NOW, by="ruth")
    unlock_tier(shop.fresh("a"), reason="Enough", now=make.at(0, hours=2), by="ruth")
    with pytest.raises(Refused):
        unlock_tier(shop.fresh("a"), now=NOW, by="ruth")
    assert shop.told("a") == ["up", "locked", "unlocked"]


def test_what_a_person_moved_stands_when_the_day_is_run_again(shop: Field) -> None:
    shop.sweep(NOW)
    power = Tier.objects.get(program=shop.program, key="power")
    move_by_hand(shop.fresh("i"), power, reason="A launch is coming.", now=make.at(0, hours=1), by="ruth")
    shop.sweep(make.at(0, hours=2))
    assert shop.tiers()["i"] == "power"
    assert TierStanding.objects.get(pk=shop.people["i"].pk).below_exit == 1
    for day in (1, 89):
        shop.sweep(make.at(day))
    assert shop.tiers()["i"] == "power"
    shop.sweep(make.at(91))
    assert shop.tiers()["i"] == "inactive"


def publish(shop: Field, body: dict[str, Any], now: datetime = NOW) -> None:
    publish_rules(shop.program, read_rules(shop.program, body), now=now, by="ruth")


REVIEWED = {
    "review": ["down", "up"], "stay_days": 0,
    "tiers": [{"tier": "power", "when": {"share": "10%"}}, {"tier": "casual", "when": {
        "field": "conversions", "op": "gte", "value": 1}}, {"tier": "rest"}],
}  # fmt: skip


def test_moves_that_wait_are_decided_by_a_person(shop: Field) -> None:
    shop.sweep(NOW)
    publish(shop, REVIEWED, make.at(1))
    overtake(shop, make.at(1))
    for day in (2, 3):
        shop.sweep(make.at(day))
    assert shop.tiers()["a"] == "power"
    waiting = {row.enrolment.partner.name: row for row in TierReview.objects.filter(verdict="")}
    assert (waiting["a"].before, waiting["a"].after, waiting["a"].direction) == ("power", "casual", "down")
    decide_review(waiting["a"], "kept", reason="Ill this month.", now=make.at(3, hours=1), by="ruth")
    shop.sweep(make.at(4))
    shop.sweep(make.at(5))
    assert not TierReview.objects.filter(verdict="", enrolment=shop.people["a"]).exists()
    for day in (34, 35):
        shop.sweep(make.at(day))
    again = TierReview.objects.get(verdict="", enrolment=shop.people["a"])
    decide_review(again, "moved", now=make.at(35, hours=1), by="ruth")
    assert shop.tiers()["a"] == "casual"
    with pytest.raises(Refused):
        decide_review(again, "moved", now=make.at(36), by="ruth")
    shop.sweep(make.at(35, hours=2))
    assert shop.tiers()["a"] == "casual"


def test_a_question_is_withdrawn_when_the_numbers_do_not_ask_it_any_more(shop: Field) -> None:
    shop.sweep(NOW)
    publish(shop, REVIEWED, make.at(1))
    overtake(shop, make.at(1))
    shop.sweep(make.at(2))
    shop.sweep(make.at(3))
    shop.sell("a", 900_000, make.at(3, hours=1))
    shop.sweep(make.at(4))
    assert TierReview.objects.get(enrolment=shop.people["a"]).verdict == "withdrawn"


def test_a_move_waits_for_an_open_case(shop: Field) -> None:
    shop.sweep(NOW)
    Case.objects.create(program=shop.program, enrolment=shop.people["j"], reason="own_purchase", opened_at=NOW)
    shop.sell("j", 500_000, make.at(1))
    shop.sweep(make.at(2))
    assert shop.tiers()["j"] == "inactive"
    assert TierReview.objects.get(enrolment=shop.people["j"]).cause == "case"
    Case.objects.update(decided_at=make.at(2), decision="cleared")
    shop.sweep(make.at(3))
    assert shop.tiers()["j"] == "power"


def test_refunded_sales_do_not_count_and_foreign_goals_neither(shop: Field) -> None:
    sold = shop.sell("i", 70_000, make.at(-3))
    books.refund(sold, 70_000, at=make.at(-2), name="R-1")
    shop.sell("j", 900, make.at(-3), goal="lead")
    shop.sweep(NOW)
    assert (shop.tiers()["i"], shop.tiers()["j"]) == ("inactive", "inactive")


def test_the_window_is_open_at_its_start_and_closed_at_its_end() -> None:
    shop = Field(make.program("edges"))
    for name in ("out", "in", "now", "later"):
        shop.join(name)
    for name, at in (
        ("out", NOW - timedelta(days=180)), ("in", NOW - timedelta(days=180) + timedelta(seconds=1)), ("now", NOW),
        ("later", NOW + timedelta(seconds=1)),
    ):  # fmt: skip
        shop.sell(name, 1_000, at)
    rebuild_rollups(NOW)
    sold = {one.standing.conversions for one in look(shop.program, NOW, NOW).found if one.id in (
        shop.people["in"].pk, shop.people["now"].pk)}  # fmt: skip
    none = {one.standing.conversions for one in look(shop.program, NOW, NOW).found if one.id in (
        shop.people["out"].pk, shop.people["later"].pk)}  # fmt: skip
    assert (sold, none) == ({1}, {0})


def test_own_rules_ask_for_metrics_and_steadiness(shop: Field) -> None:
    for days in (-50, -80, -110):
        shop.sell("h", 100, make.at(days))
    body = {"tiers": [
        {"tier": "steady", "when": {"steady": {"at_least": 4, "months": 5}}},
        {"tier": "rich", "when": {"all": [{"field": "metrics.average_order_minor", "op": "gte", "value": 9_000},
                                          {"field": "metrics.sales_total", "op": "gte", "value": 1}]}},
        {"tier": "new", "when": {"field": "enrolled_days", "op": "lt", "value": 60}}, {"tier": "rest"},
    ]}  # fmt: skip
    publish(shop, body)
    shop.sweep(NOW)
    tiers = shop.tiers()
    assert (tiers["h"], tiers["a"], tiers["b"], tiers["c"]) == ("steady", "rich", "rich", "rest")
    assert list(Tier.objects.filter(program=shop.program).order_by("position").values_list("key", flat=True)[:4]) == [
        "steady", "rich", "new", "rest",
    ]  # fmt: skip


def test_the_partner_reads_a_sentence_in_their_language_and_what_is_needed(shop: Field) -> None:
    shop.join("Pole", language="pl")
    shop.sell("Pole", 5_500, make.at(-20))
    shop.sweep(NOW)
    told = TierDecision.objects.get(enrolment=shop.people["Pole"])
    assert told.language == "pl"
    assert "55,00" in told.sentence
    with translation.override("en"):
        needed = TierStanding.objects.get(pk=shop.people["Pole"].pk).needed
    assert needed["tier"] == "growth"
    assert needed["lacks"][0]["kind"] == "pass"


def test_thresholds_say_how_much_is_missing_by_when(shop: Field) -> None:
    top = {"tier": "top", "when": {"field": "conversions", "op": "gte", "value": 4}}
    publish(shop, {"tiers": [top, {"tier": "rest"}]})
    shop.sweep(NOW)
    told = TierDecision.objects.get(enrolment=shop.people["a"])
    by = make.at(-20) + timedelta(days=180)
    assert f"For Top you need 3 more sales by {by:%B} {by.day}, {by.year}." in told.sentence


def test_orders_after_a_move_are_priced_by_the_new_tier(shop: Field) -> None:
    power = Tier.objects.get(program=shop.program, key="power")
    make.terms(shop.program, {"kind": "percent", "rate": "30%", "goal": "sale"}, tier=power)
    before = shop.sell("a", 1_000, make.at(-1))
    shop.sweep(NOW)
    after = shop.sell("a", 1_000, make.at(0, minutes=5))
    assert [Commission.objects.get(conversion=one).owed_minor for one in (before, after)] == [100, 300]


@pytest.mark.parametrize("body", [
    {"goals": ["luck"], "tiers": [{"tier": "rest"}]},
    {"tiers": [{"tier": "a", "when": {"field": "metrics.luck", "op": "gte", "value": 1}}, {"tier": "rest"}]},
    {"tiers": [{"tier": "Über alles"}]},
    {"band": "200%", "tiers": [{"tier": "rest"}]},
    {"review": ["sideways"], "tiers": [{"tier": "rest"}]},
    {"window_days": 0, "tiers": [{"tier": "rest"}]},
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(shop: Field, body: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_rules(shop.program, body)


def test_queries_do_not_grow_with_the_field(shop: Field, django_assert_max_num_queries: Any) -> None:
    rebuild_rollups(NOW)
    with django_assert_max_num_queries(16):
        look(shop.program, NOW, NOW)


def test_a_lock_that_was_set_while_the_field_was_looked_at_is_kept(shop: Field) -> None:
    shop.sweep(NOW)
    shop.sell("e", 90_000, make.at(0, minutes=1))
    rebuild_rollups(make.at(1))
    swept = look(shop.program, make.at(1), make.at(1))
    lock_tier(shop.fresh("e"), reason="Promised.", now=make.at(1, seconds=2), by="ruth")
    move_by_hand(shop.fresh("h"), Tier.objects.get(program=shop.program, key="power"), reason="A new contract.",
                 now=make.at(1, seconds=2), by="ruth")  # fmt: skip
    keep(swept, swept.found, make.at(1, seconds=4))
    assert (shop.tiers()["e"], shop.tiers()["h"]) == ("casual", "power")
    standings = {row.pk: row for row in TierStanding.objects.all()}
    assert standings[shop.people["e"].pk].is_locked
    assert standings[shop.people["h"].pk].tier == "power"


def test_a_question_about_a_move_is_over_when_the_partner_is_in_the_field_no_more(shop: Field) -> None:
    shop.sweep(NOW)
    publish(shop, REVIEWED, make.at(1))
    overtake(shop, make.at(1))
    for day in (2, 3):
        shop.sweep(make.at(day))
    waiting = {row.enrolment_id for row in reviews_waiting(shop.program.pk)}
    assert shop.people["a"].pk in waiting
    make.change_status(shop.people["a"], "paused", make.at(3, hours=1))
    shop.sweep(make.at(4))
    assert {row.enrolment_id for row in reviews_waiting(shop.program.pk)} == waiting - {shop.people["a"].pk}
    assert shop.tiers()["a"] == "power"


def test_the_team_reads_the_same_last_day_as_the_partner_wherever_the_program_is() -> None:
    shop = Field(make.program("kauri", time_zone="Pacific/Auckland"))
    shop.join("a")
    for minutes in (0, 5):
        shop.sell("a", 1_000, make.at(-20, minutes=minutes))
    publish(shop, {"tiers": [{"tier": "gold", "when": {"field": "conversions", "op": "gte", "value": 3}},
                             {"tier": "rest"}]}, make.at(-1))  # fmt: skip
    swept = shop.sweep(NOW)
    (near,) = about_to_move(shop.program, swept.rules, NOW)
    assert near.by == local_day(make.at(160), "Pacific/Auckland")
    assert f"by {near.by:%B} {near.by.day}" in TierDecision.objects.get().sentence  # type: ignore[union-attr]
