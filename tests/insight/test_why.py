"""The tracer: every reason why an order earned, or did not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from hanse.insight import why as room
from hanse.insight.why import sentences
from hanse.insight.why.queries import kind_of, why
from hanse.insight.why.types import Check, Tracer
from hanse.kernel.errors import Invalid
from tests import make
from tests.sending import World

ROOM = Path(str(room.__file__)).parent
EXCLUSIONS = (
    "bot_declared", "bot_suspected", "datacentre", "prefetch", "head", "duplicate", "flood", "link_disabled",
    "link_expired", "partner_suspended", "geo_blocked", "bad_signature", "outside_window", "after_conversion",
    "unknown_link", "partner_not_active", "self_referral", "other_program", "later_touch_won", "stronger_evidence",
)  # fmt: skip


def order(world: World, number: str, **options: object) -> Tracer:
    return why("order", number, world.cast.program, **options)  # type: ignore[arg-type]


def statuses(tracer: Tracer) -> dict[str, str]:
    return {check.code: check.status for check in tracer.checks}


def failed(tracer: Tracer) -> list[tuple[str, str]]:
    return [(check.code, check.reason) for check in tracer.checks if check.has_failed]


def test_an_order_that_earned_passes_every_check_but_the_hold(world: World) -> None:
    token = world.click(1, make.at(-2))
    world.sell("A-1", 7_800, click=token.text)
    world.run()
    tracer = order(world, "A-1")
    assert tracer.outcome == "earned"
    assert failed(tracer) == [("payable", "on_hold")]
    assert [(one.partner, one.owed_minor) for one in tracer.earned] == [("Ana", 1_560)]
    assert statuses(tracer)["coupon"] == "not_needed"


def test_an_order_that_never_came_suggests_one_that_did(world: World) -> None:
    world.sell("ORDER-1001")
    world.run()
    tracer = order(world, "ORDER-1010")
    assert (tracer.outcome, failed(tracer)) == ("unknown", [("arrived", "never_arrived")])
    assert [one.text for one in tracer.suggestions] == ["ORDER-1001"]
    assert set(statuses(tracer).values()) == {"failed", "not_reached"}


def test_an_order_without_evidence_stops_there(world: World) -> None:
    world.sell("A-1")
    world.run()
    tracer = order(world, "A-1")
    assert failed(tracer) == [("evidence", "came_without_evidence")]
    assert statuses(tracer)["terms"] == "not_reached"


def test_a_click_before_the_window_says_how_old_it_was(world: World) -> None:
    world.sell("A-1", click=world.click(1, make.at(-31)).text)
    world.run()
    tracer = order(world, "A-1")
    assert ("click", "outside_window") in failed(tracer)
    click = next(check for check in tracer.checks if check.code == "click")
    assert (click.numbers["age_days"], click.numbers["window_days"]) == (31, 30)
    assert sentences.finding(click).endswith("The click was 31 days old; the window is 30 days.")


def test_an_unknown_coupon_suggests_the_one_meant(world: World) -> None:
    world.sell("A-1", coupon="ANNA10")
    world.run()
    tracer = order(world, "A-1")
    coupon = next(check for check in tracer.checks if check.code == "coupon")
    assert (coupon.reason, coupon.numbers["alike"]) == ("unknown_coupon", ["ANA10"])


def test_a_paused_partner_is_named_as_the_reason(world: World) -> None:
    make.change_status(world.cast.anas, "paused", make.at(-5))
    world.sell("A-1", coupon="ANA10")
    world.run()
    tracer = order(world, "A-1")
    assert ("partner_active", "partner_not_active") in failed(tracer)
    active = next(check for check in tracer.checks if check.code == "partner_active")
    assert (active.numbers["partners"], active.numbers["status"]) == (["Ana"], "paused")


def test_an_own_purchase_is_named_as_the_reason(world: World) -> None:
    world.sell("A-1", coupon="ANA10", customer={"external_id": "c", "email": "ana@partners.example"})
    world.run()
    assert ("self_referral", "self_referral") in failed(order(world, "A-1"))


def test_a_goal_without_a_clause_is_named_as_the_reason(world: World) -> None:
    world.send("conversion", {"goal": "lead", "external_id": "L-1", "amount": 0, "coupon": "ANA10"})
    world.run()
    assert failed(order(world, "L-1"))[0] == ("goal_paid", "goal_not_paid")


def test_a_refunded_order_says_so(world: World) -> None:
    world.sell("A-1", coupon="ANA10")
    world.refund("R-1", "A-1", 10_000)
    world.run()
    assert failed(order(world, "A-1"))[0] == ("value", "fully_refunded")


def test_a_conflict_is_shown_and_stops_nothing(world: World) -> None:
    world.sell("A-1", 10_000, coupon="ANA10")
    world.sell("A-1", 9_000, coupon="ANA10", source="snippet")
    world.run()
    tracer = order(world, "A-1")
    assert ("agrees", "amount_differs") in failed(tracer)
    assert tracer.outcome == "earned"
    assert len(tracer.parked_ids) == 1


def test_a_parked_order_says_what_it_waits_for(world: World) -> None:
    world.sell("A-1", currency="EUR")
    world.run()
    tracer = order(world, "A-1")
    assert (tracer.outcome, failed(tracer)) == ("waiting", [("arrived", "no_rate")])


def test_a_partner_sees_neither_names_nor_money_of_others(world: World) -> None:
    world.click(1, make.at(-3), "v9")
    world.click(2, make.at(-1), "v9")
    world.sell("A-1", 7_800, visitor="v9")
    world.run()
    tracer = order(world, "A-1", for_enrolment=world.cast.anas.id)
    assert failed(tracer) == [("credited", "later_touch_won")]
    assert tracer.earned == ()
    assert "Ben" not in repr(tracer)


def test_a_partner_cannot_tell_a_foreign_order_from_an_unknown_one(world: World) -> None:
    world.sell("A-1", coupon="BEN10")
    world.run()
    foreign = order(world, "A-1", for_enrolment=world.cast.anas.id)
    unknown = order(world, "A-1x", for_enrolment=world.cast.anas.id)
    assert foreign.checks == unknown.checks
    assert (foreign.subject, foreign.suggestions, foreign.outcome) == (
        unknown.subject,
        unknown.suggestions,
        unknown.outcome,
    )


def test_a_click_leads_to_its_order(world: World) -> None:
    token = world.click(1, make.at(-2))
    world.sell("A-1", click=token.text)
    world.run()
    for text in (token.text, token.core_hex, f"clk_{token.core_hex}"):
        tracer = why("click", text, world.cast.program)
        assert (tracer.outcome, [one.text for one in tracer.related]) == ("earned", ["A-1"])


def test_an_invalid_click_names_its_reason(world: World) -> None:
    token = world.click(1, make.at(-2), reason="bot_declared")
    world.run()
    assert failed(why("click", token.text, world.cast.program)) == [("valid", "bot_declared")]


def test_a_forged_token_is_unknown(world: World) -> None:
    token = world.click(1, make.at(-2))
    world.run()
    forged = ("B" if token.text[0] == "A" else "A") + token.text[1:]
    assert failed(why("click", forged, world.cast.program)) == [("recorded", "unknown_click")]


def test_a_coupon_tells_its_uses(world: World) -> None:
    world.sell("A-1", coupon="ana10")
    world.run()
    tracer = why("coupon", "ana10", world.cast.program)
    assert tracer.outcome == "earned"
    unknown = why("coupon", "ANNA10", world.cast.program)
    assert [one.text for one in unknown.suggestions] == ["ANA10"]
    foreign = why("coupon", "ANA10", world.cast.program, for_enrolment=world.cast.bens.id)
    assert (foreign.outcome, foreign.related) == ("unknown", ())


def test_a_customer_belongs_to_the_first_credited_partner(world: World) -> None:
    world.sell("A-1", coupon="ANA10", customer={"external_id": "c-1"})
    world.run()
    tracer = why("customer", "c-1", world.cast.program)
    owned = next(check for check in tracer.checks if check.code == "owned")
    assert (owned.status, owned.numbers["partners"]) == ("passed", ["Ana"])
    foreign = why("customer", "c-1", world.cast.program, for_enrolment=world.cast.bens.id)
    assert foreign.outcome == "unknown"


def test_a_question_without_a_kind_or_text_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        why("banana", "x", world.cast.program)
    with pytest.raises(Invalid):
        why("order", "  ", world.cast.program)


def test_what_was_typed_is_recognised(world: World) -> None:
    token = world.click(1, make.at(-2))
    world.sell("A-1", customer={"external_id": "c-1"})
    world.run()
    program = world.cast.program
    assert [kind_of(text, program) for text in (token.text, "A-1", "ana10", "c-1", "nothing")] == [
        "click", "order", "coupon", "customer", "order",
    ]  # fmt: skip


def test_every_check_reason_and_fix_that_the_tracer_names_has_words() -> None:
    source = "\n".join(path.read_text() for path in ROOM.glob("*.py") if path.name != "sentences.py")
    named = re.findall(r'Check\(\s*"(\w+)",\s*"(?:failed|passed|not_\w+)"(?:,\s*"(\w*)")?(?:,\s*"(\w*)")?', source)
    assert len(named) > 30
    for code, reason, fix in named:
        assert sentences.title(Check(code, "passed")) != code
        assert not reason or sentences.finding(Check(code, "failed", reason)) != reason
        assert not fix or sentences.fix(Check(code, "failed", "", fix)), fix
    for reason in EXCLUSIONS:
        assert sentences.finding(Check("click", "failed", reason)) != reason


def test_numbers_are_told_in_the_readers_language() -> None:
    check = Check("value", "passed", numbers={"amount_minor": 7_800, "refunded_minor": 1_950, "currency": "GBP"})
    assert sentences.finding(check) == "£78.00, of which £19.50 was refunded."
    with translation.override("pl"):
        assert "78,00" in sentences.finding(check)


def test_a_refunds_number_leads_to_its_order_and_an_order_that_a_refund_waits_for_says_so(world: World) -> None:
    world.sell("A-1", coupon="ANA10")
    world.refund("R-1", "A-1", 100)
    world.refund("R-2", "B-1", 100)
    world.run()
    assert order(world, "R-1").text == "A-1"
    assert (order(world, "B-1").outcome, failed(order(world, "B-1"))) == (
        "waiting",
        [("arrived", "waits_for_conversion")],
    )
