"""A person's word: it stands until it is withdrawn or the commissions are approved, and everything is in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.actions import approve_commission, release_holds
from hanse.money.commissions.models import Commission
from hanse.spine.audit.models import AuditEntry
from hanse.traffic.attribution.checking import compare_attributions
from hanse.traffic.attribution.hand import credit_by_hand, withdraw_hand_decision
from hanse.traffic.attribution.models import Attribution, Evidence
from tests import make
from tests.sending import World


def sold(world: World) -> None:
    world.sell("A-1", click=world.click(1, make.at(-1)).text)
    world.run()


def split(world: World, reason: str = "Ben closed it on the phone.") -> None:
    shares = [(world.cast.anas.pk, 250_000), (world.cast.bens.pk, 750_000)]
    credit_by_hand(world.conversion("A-1"), shares, reason=reason, now=world.now, by="ruth")
    world.run()


def test_a_person_splits_a_sale_and_it_is_priced_anew(world: World) -> None:
    sold(world)
    split(world)
    assert world.shares("A-1") == {"Ana": 250_000, "Ben": 750_000}
    owed = Commission.objects.order_by("owed_minor").values_list("enrolment__partner__name", "owed_minor")
    assert list(owed) == [("Ana", 500), ("Ben", 1_500)]
    verdicts = Evidence.objects.order_by("position").values_list("kind", "verdict", "reason")
    assert list(verdicts) == [
        ("manual", "won", "by_hand"),
        ("manual", "won", "by_hand"),
        ("click", "agrees", "same_partner"),
    ]
    entry = AuditEntry.objects.get(verb="credit_by_hand")
    assert (entry.actor, entry.reason, entry.before) == ("ruth", "Ben closed it on the phone.", {"Ana": 1_000_000})
    assert compare_attributions() == []


def test_a_word_that_is_withdrawn_lets_the_evidence_decide_again(world: World) -> None:
    sold(world)
    split(world)
    withdraw_hand_decision(world.conversion("A-1"), reason="A mix-up.", now=world.now, by="ruth")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}


def test_later_facts_do_not_move_a_persons_word(world: World) -> None:
    sold(world)
    split(world)
    world.sell("A-1", source="other", coupon="ben10")
    world.refund("R-1", "A-1", 5_000)
    world.run()
    assert world.shares("A-1") == {"Ana": 250_000, "Ben": 750_000}


def test_a_reason_and_a_whole_are_needed(world: World) -> None:
    sold(world)
    with pytest.raises(Invalid):
        split(world, reason=" ")
    with pytest.raises(Invalid):
        credit_by_hand(world.conversion("A-1"), [(world.cast.anas.pk, 1)], reason="x", now=world.now, by="ruth")


def test_what_is_approved_is_frozen_with_the_facts_that_were_used(world: World) -> None:
    sold(world)
    release_holds(make.at(60), 100)
    with pytest.raises(Refused):
        split(world)
    world.click(2, make.at(-0.5), "v1")
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}
    (decision,) = Attribution.objects.all()
    assert decision.frozen_at is not None
    assert [fact.split(":")[0] for fact in decision.facts] == ["conversion", "click", "is_new"]
    assert compare_attributions() == []


def test_what_a_person_has_just_credited_is_not_approved_for_who_had_it_before(world: World) -> None:
    sold(world)
    late = make.at(60)
    credit_by_hand(world.conversion("A-1"), [(world.cast.bens.pk, 1_000_000)], reason="By phone.", now=late, by="ruth")
    assert release_holds(late + timedelta(seconds=5), 100) == 0
    with pytest.raises(Refused, match="in a minute"):
        approve_commission(Commission.objects.get(), now=late + timedelta(seconds=5), by="ruth")
    world.run(late + timedelta(seconds=90))
    assert release_holds(late + timedelta(seconds=95), 100) == 2
    assert world.shares("A-1") == {"Ben": 1_000_000}
    owed = Commission.objects.order_by("owed_minor").values_list("enrolment__partner__name", "owed_minor")
    assert list(owed) == [("Ana", 0), ("Ben", 2_000)]
