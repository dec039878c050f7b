"""Earlier-dated facts change what was derived, until it is frozen."""

from __future__ import annotations

from hanse.insight.rollups.models import EnrolmentDay
from hanse.insight.rollups.rebuilding import compare_rollups, rebuild_rollups
from hanse.kernel import clock
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.programs.enrolments.actions import change_status
from hanse.runtime.pipeline import Pipeline
from hanse.traffic.attribution.actions import freeze_attributions
from hanse.traffic.attribution.checking import compare_attributions
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.coupons.actions import change_coupon
from tests import make
from tests.sending import World


def owed(world: World, number: str) -> dict[str, int]:
    rows = Commission.objects.filter(conversion=world.conversion(number))
    return dict(rows.values_list("enrolment__partner__name", "owed_minor"))


def test_a_late_click_of_the_visitor_takes_the_credit_over(world: World) -> None:
    world.click(2, make.at(-5), "v7")
    world.sell("A-1", visitor="v7")
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}
    world.click(1, make.at(-2), "v7")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert owed(world, "A-1") == {"Ben": 0, "Ana": 2_000}
    assert compare_rollups() == []


def test_a_hold_that_ends_is_no_longer_held_in_the_rollups_though_no_fact_comes(world: World) -> None:
    world.sell("A-1", click=world.click(1, make.at(-1)).text)
    world.run()
    assert EnrolmentDay.objects.get(held_minor__gt=0).held_minor == 2_000
    assert release_holds(make.at(31), 10) == 1
    world.run(make.at(31))
    assert not EnrolmentDay.objects.filter(held_minor__gt=0).exists()
    assert compare_rollups() == []


def test_a_late_click_finds_orders_through_another_click_of_its_visitor(world: World) -> None:
    token = world.click(2, make.at(-5), "v7")
    world.sell("A-1", click=token.text)
    world.run()
    world.click(1, make.at(-2), "v7")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}


def test_a_token_attributes_when_its_click_is_lost_and_obeys_the_row_when_it_comes(world: World) -> None:
    token = world.click(1, make.at(-2), record=False)
    world.sell("A-1", click=token.text)
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    world.record_click(token, 1, make.at(-2), reason="bot_declared")
    world.run()
    assert world.shares("A-1") == {}
    assert Evidence.objects.get().reason == "bot_declared"
    assert compare_rollups() == []


def test_an_altered_token_is_evidence_that_is_excluded(world: World) -> None:
    world.sell("A-1", click="x" * 27)
    world.run()
    evidence = Evidence.objects.get()
    assert (evidence.verdict, evidence.reason, evidence.detail["token"]) == ("excluded", "bad_signature", "x" * 27)


def test_a_coupon_made_after_the_order_credits_it(world: World) -> None:
    world.sell("A-1", coupon="LATER")
    world.run()
    assert world.shares("A-1") == {}
    make.coupon(world.cast.bens, "LATER", created_at=make.at(minutes=1))
    world.run(make.at(minutes=2))
    assert world.shares("A-1") == {"Ben": 1_000_000}


def test_a_status_that_holds_from_before_an_order_takes_its_credit_back(world: World) -> None:
    world.sell("A-1", coupon="ANA10", at=make.at(-5))
    world.sell("A-2", coupon="ANA10", at=make.at(-1))
    world.run()
    assert owed(world, "A-2") == {"Ana": 2_000}
    change_status(world.cast.anas, "ended", at=make.at(-3), reason="left", by="ruth", now=clock.now())
    world.run(clock.now())
    assert (world.shares("A-1"), world.shares("A-2")) == ({"Ana": 1_000_000}, {})
    assert owed(world, "A-2") == {"Ana": 0}
    assert compare_rollups() == []


def test_an_earlier_order_that_comes_late_makes_the_other_one_an_existing_customers(world: World) -> None:
    customer = {"external_id": "c-1"}
    world.sell("A-2", at=make.at(-1), customer=customer, coupon="ANA10")
    world.run()
    assert world.conversion("A-2").is_new is True
    world.sell("A-1", at=make.at(-5), customer=customer)
    world.run()
    assert (world.conversion("A-1").is_new, world.conversion("A-2").is_new) == (True, False)
    assert compare_rollups() == []


def test_a_sent_is_new_wins_over_history_and_a_lead_makes_nobody_a_customer(world: World) -> None:
    world.send("conversion", {"goal": "lead", "external_id": "L-1", "amount": 0, "customer": {"external_id": "c-1"}})
    world.sell("A-1", customer={"external_id": "c-1"}, at=make.at(hours=1))
    world.sell("A-2", customer={"external_id": "c-1", "is_new": True}, at=make.at(hours=2))
    world.run()
    assert [world.conversion(number).is_new for number in ("A-1", "A-2")] == [True, True]


def test_what_is_frozen_stays(world: World) -> None:
    world.click(2, make.at(-5), "v7")
    world.sell("A-1", visitor="v7", customer={"external_id": "c-1"})
    world.run()
    freeze_attributions([world.conversion("A-1").id], make.NOON)
    world.click(1, make.at(-2), "v7")
    world.sell("A-0", at=make.at(-30), customer={"external_id": "c-1"})
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}
    assert world.conversion("A-1").is_new is True


def test_the_partner_must_have_been_active_at_the_click_not_today(world: World) -> None:
    world.sell("A-1", click=world.click(1, make.at(-10), "v1").text)
    world.sell("A-2", click=world.click(1, make.at(-2), "v2").text)
    make.change_status(world.cast.anas, "paused", make.at(-5))
    world.run()
    assert (world.shares("A-1"), world.shares("A-2")) == ({"Ana": 1_000_000}, {})


def test_own_purchases_follow_the_policy(world: World) -> None:
    buyer = {"external_id": "c-1", "email": "Ana@Partners.example "}
    for number, rule, days in (("A-1", "block", -9), ("A-2", "zero", -6), ("A-3", "allow", -3)):
        make.policy(world.cast.program, self_referral=rule, created_at=make.at(days - 1))
        world.sell(number, at=make.at(days), coupon="ANA10", customer=buyer)
    world.run()
    assert [world.shares(number) for number in ("A-1", "A-2", "A-3")] == [{}, {"Ana": 1_000_000}, {"Ana": 1_000_000}]
    assert (owed(world, "A-2"), owed(world, "A-3")) == ({"Ana": 0}, {"Ana": 2_000})


def test_a_new_policy_does_not_change_the_past(world: World) -> None:
    world.click(2, make.at(-8), "v7")
    world.sell("A-1", at=make.at(-5), visitor="v7", coupon="ANA10")
    world.run()
    make.policy(world.cast.program, order=["coupon"], created_at=make.at(-2))
    world.sell("A-2", at=make.at(-1), visitor="v7", coupon="ANA10")
    world.click(2, make.at(-7), "v7")
    world.run()
    assert (world.shares("A-1"), world.shares("A-2")) == ({"Ben": 1_000_000}, {"Ana": 1_000_000})


def test_an_owner_who_has_left_keeps_the_credit_but_is_not_paid(world: World) -> None:
    customer = {"external_id": "c-1"}
    world.sell("A-1", at=make.at(-20), coupon="ANA10", customer=customer)
    make.change_status(world.cast.anas, "ended", make.at(-10))
    world.send("conversion", {"goal": "renewal", "external_id": "N-1", "amount": 5_000, "customer": customer})
    world.run()
    assert world.shares("N-1", "renewal") == {"Ana": 1_000_000}
    renewal = world.conversion("N-1", "renewal")
    assert sum(Commission.objects.filter(conversion=renewal).values_list("owed_minor", flat=True)) == 0


def test_a_partner_that_the_order_names_is_the_last_resort(world: World) -> None:
    from hanse.kernel.ids import text_id

    world.sell("A-1", partner=text_id("prt", world.cast.ben.id))
    world.sell("A-2", partner=text_id("enr", world.cast.bens.id), coupon="ANA10")
    world.sell("A-3", partner="somebody")
    world.run()
    assert [world.shares(number) for number in ("A-1", "A-2", "A-3")] == [{"Ben": 1_000_000}, {"Ana": 1_000_000}, {}]


def test_test_orders_are_recorded_but_count_nowhere(world: World) -> None:
    world.sell("A-1", coupon="ANA10", is_test=True)
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert not EnrolmentDay.objects.exclude(value_minor=0, conversions=0, commission_minor=0).exists()
    assert compare_rollups() == []


def test_rollups_go_by_the_programs_local_day_and_survive_a_rebuild(world: World) -> None:
    late = make.NOON.replace(hour=23, minute=30)  # 00:30 on the next day in London's summer
    world.click(1, late)
    world.sell("A-1", 10_000, late, coupon="ANA10")
    world.run(late)
    day = EnrolmentDay.objects.exclude(conversions=0).get()
    assert (day.day.day, day.clicks, day.value_minor, day.commission_minor) == (16, 1, 10_000, 2_000)
    EnrolmentDay.objects.update(value_minor=1)
    assert compare_rollups()[0].check == "rollups"
    rebuild_rollups(make.NOON)
    assert compare_rollups() == []


def test_a_void_by_a_person_reaches_the_rollups_with_the_next_batch(world: World) -> None:
    from hanse.money.commissions.actions import void_commission

    world.sell("A-1", coupon="ANA10")
    world.run()
    void_commission(Commission.objects.get(), "fraud", make.NOON, "ruth@harbour.example")
    world.sell("A-2")
    world.run()
    assert sum(EnrolmentDay.objects.values_list("commission_minor", flat=True)) == 0
    assert compare_rollups() == []


def test_an_amended_customer_and_time_are_followed_through_both_histories(world: World) -> None:
    one, two = {"external_id": "c-1"}, {"external_id": "c-2"}
    renewal = {"goal": "renewal", "amount": 900}
    world.sell("A-1", at=make.at(-9), coupon="ANA10", customer=one)
    world.sell("A-2", at=make.at(-8), coupon="BEN10", customer=one)
    world.sell("B-1", at=make.at(-8), coupon="BEN10", customer=two)
    for number, customer in (("N-1", one), ("N-2", two)):
        occurred = {"occurred_at": make.at(-5).isoformat(), "external_id": number, "customer": customer}
        world.send("conversion", renewal | occurred)
    world.run()
    assert world.shares("N-1", "renewal") == {"Ana": 1_000_000}
    assert world.conversion("A-2").is_new is False
    world.sell("A-1", at=make.at(-9), coupon="ANA10", customer=two, revision=1)
    world.run()
    assert (world.shares("N-1", "renewal"), world.shares("N-2", "renewal")) == ({"Ben": 1_000_000}, {"Ana": 1_000_000})
    assert [world.conversion(number).is_new for number in ("A-1", "A-2", "B-1")] == [True, True, False]
    assert compare_rollups() == []


HALF = {"kind": "percent", "rate": "50%"}


def test_an_order_amended_to_another_month_leaves_the_cap_of_the_old_one(world: World) -> None:
    make.terms(world.cast.program, HALF, {"kind": "cap", "per": "period", "period": "month", "amount": 10_000})
    world.sell("A-1", 15_000, at=make.at(-20), coupon="ANA10")
    world.sell("A-2", 15_000, at=make.at(-19), coupon="ANA10")
    world.run()
    assert owed(world, "A-2") == {"Ana": 2_500}
    world.sell("A-1", 15_000, at=make.at(-1), coupon="ANA10", revision=1)
    world.run()
    assert (owed(world, "A-1"), owed(world, "A-2")) == ({"Ana": 7_500}, {"Ana": 7_500})
    assert verify_commissions() == []
    assert compare_rollups() == []


def test_an_order_amended_to_another_customer_no_longer_counts_among_the_first_ones_payments(world: World) -> None:
    make.terms(world.cast.program, {**HALF, "recurring": {"payments": 1}})
    one, two = ({"external_id": name, "is_new": True} for name in ("c-1", "c-2"))
    world.sell("A-1", at=make.at(-9), coupon="ANA10", customer=one)
    world.sell("A-2", at=make.at(-8), coupon="ANA10", customer=one)
    world.run()
    assert owed(world, "A-2") == {"Ana": 0}
    world.sell("A-1", at=make.at(-9), coupon="ANA10", customer=two, revision=1)
    world.run()
    assert (owed(world, "A-1"), owed(world, "A-2")) == ({"Ana": 5_000}, {"Ana": 5_000})
    assert verify_commissions() == []
    assert compare_rollups() == []


def test_a_test_order_makes_nobody_the_owner_of_real_renewals(world: World) -> None:
    buyer = {"external_id": "c-1"}
    world.sell("T-1", at=make.at(-9), coupon="BEN10", customer=buyer, is_test=True)
    world.sell("A-1", at=make.at(-8), coupon="ANA10", customer=buyer)
    renewal = {"goal": "renewal", "amount": 900, "occurred_at": make.at(-5).isoformat(), "customer": buyer}
    world.send("conversion", renewal | {"external_id": "N-1"}, renewal | {"external_id": "N-2", "is_test": True})
    world.run()
    assert (world.shares("N-1", "renewal"), world.shares("N-2", "renewal")) == ({"Ana": 1_000_000}, {"Ben": 1_000_000})
    world.sell("A-1", at=make.at(-8), coupon="BEN10", customer=buyer, revision=1)
    world.run()
    assert world.shares("N-1", "renewal") == {"Ben": 1_000_000}


def test_a_coupon_whose_dates_are_corrected_credits_the_orders_in_between(world: World) -> None:
    change_coupon(world.cast.anas_coupon, ends_at=make.at(-9), now=make.at(-20), by="ruth")
    world.sell("A-1", coupon="ANA10", at=make.at(-5))
    world.run()
    assert world.shares("A-1") == {}
    now = clock.now()
    change_coupon(world.cast.anas_coupon, ends_at=None, now=now, by="ruth")
    world.run(now)
    assert world.shares("A-1") == {"Ana": 1_000_000}
    assert compare_attributions() == []


def test_the_commission_of_an_amended_order_is_counted_on_its_new_day_and_a_tests_on_none(world: World) -> None:
    world.sell("A-1", at=make.at(-20), coupon="ANA10")
    world.sell("A-2", at=make.at(-20), coupon="ANA10")
    world.run()
    world.sell("A-1", at=make.at(-1), coupon="ANA10", revision=1)
    world.sell("A-2", at=make.at(-20), coupon="ANA10", revision=1, is_test=True)
    world.run()
    assert compare_rollups() == []
    (day,) = EnrolmentDay.objects.exclude(commission_minor=0)
    assert (day.day, day.commission_minor, day.held_minor) == (make.at(-1).date(), 2_000, 2_000)


def test_an_approved_order_amended_to_another_month_fills_the_cap_of_that_month(world: World) -> None:
    make.terms(world.cast.program, HALF, {"kind": "cap", "per": "period", "period": "month", "amount": 10_000})
    world.click(1, make.at(-51), "v-1")
    world.sell("A-1", 15_000, at=make.at(-50), visitor="v-1")
    world.run()
    assert release_holds(make.at(), 10) == 1
    world.sell("A-1", 15_000, at=make.at(-5), visitor="v-1", revision=1)
    world.run()
    world.sell("A-2", 15_000, at=make.at(-4), coupon="ANA10")
    world.run()
    assert (owed(world, "A-1"), owed(world, "A-2")) == ({"Ana": 7_500}, {"Ana": 2_500})
    assert verify_commissions() == []
    assert compare_attributions() == []


def test_a_coupon_made_while_the_worker_was_down_credits_the_order_though_facts_wait_when_it_comes_back(
    world: World,
) -> None:
    world.sell("A-1", coupon="LATER")
    world.run()
    make.coupon(world.cast.bens, "LATER", created_at=make.at(hours=1))
    world.sell("A-2")
    Pipeline(world.journal).run_once(make.at(hours=3))
    assert world.shares("A-1") == {"Ben": 1_000_000}


def test_an_order_that_turns_out_to_be_a_test_leaves_no_commission_in_the_rollups(world: World) -> None:
    world.sell("A-1", coupon="ANA10")
    world.run()
    world.sell("A-1", coupon="ANA10", is_test=True, revision=1)
    world.run()
    assert owed(world, "A-1") == {"Ana": 0}
    assert compare_rollups() == []
