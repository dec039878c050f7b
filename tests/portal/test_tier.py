"""The portal tells partners their tier, what it gives, and what the next one needs."""

from __future__ import annotations

import pytest
from django.test import Client

from hanse.growth.care.actions import promise, set_treatment
from hanse.growth.care.falling_due import find_dues
from hanse.growth.tiers.actions import lock_tier
from hanse.growth.tiers.sweeping import sweep
from hanse.growth.tiers.versions import publish_rules, read_rules
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from tests.conftest import Clock
from tests.portal.conftest import Portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(portal: Portal) -> Client:
    """Ana's browser."""
    client = Client()
    client.force_login(portal.cast.anas_login)
    return client


def page(client: Client, path: str = "/p/tier") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_any_evaluation_the_tier_is_named_without_numbers(ana: Client) -> None:
    assert "You are in <b>New</b>" in page(ana)
    assert "Place" not in page(ana, "/p/")


def test_the_way_to_the_next_tier_is_said_as_moving(portal: Portal, ana: Client, clock: Clock) -> None:
    sweep(portal.cast.program, clock.now, now=clock.now)
    text = page(ana)
    assert "You are in <b>Growth</b>" in text or "You are in <b>Casual</b>" in text
    assert "that mark moves as others sell" in text
    assert "that mark moves as others sell" in page(ana, "/p/")
    assert "SECRET" not in text


def test_thresholds_are_told_with_their_day(portal: Portal, ana: Client, clock: Clock) -> None:
    rules = {"tiers": [{"tier": "gold", "when": {"field": "conversions", "op": "gte", "value": 5}}, {"tier": "rest"}]}
    publish_rules(
        portal.cast.program, read_rules(portal.cast.program, rules), names={"gold": "Gold"}, now=clock.now, by="ruth"
    )
    sweep(portal.cast.program, clock.now, now=clock.now)
    assert "For Gold you need 3 more sales by " in page(ana)


def test_a_lock_what_the_tier_gives_and_what_we_promise(portal: Portal, ana: Client, clock: Clock) -> None:
    program = portal.cast.program
    sweep(program, clock.now, now=clock.now)
    enrolment = Enrolment.objects.select_related("program", "tier").get(pk=portal.cast.anas.pk)
    tier = Tier.objects.get(program=program, key=enrolment.tier.key if enrolment.tier else "")
    lock_tier(enrolment, reason="An inside word", now=clock.now, by="ruth")
    set_treatment(tier, contact=portal.cast.ruth, benefits="A box\nA seat", now=clock.now, by="ruth")
    promise(tier, "answer", 24, now=clock.now, by="ruth")
    find_dues(program, clock.now)
    text = page(ana)
    assert "we have promised you that" in text
    assert "An inside word" not in text
    assert "<li>A seat</li>" in text
    assert "An answer within 24 hours" in text
    assert portal.cast.ruth.email in text


def test_nobody_else_reads_it(portal: Portal) -> None:
    assert Client().get("/p/tier").status_code in (302, 403)


def test_a_lock_whose_last_day_is_over_promises_nothing_any_more(portal: Portal, ana: Client, clock: Clock) -> None:
    program = portal.cast.program
    sweep(program, clock.now, now=clock.now)
    enrolment = Enrolment.objects.select_related("program", "tier").get(pk=portal.cast.anas.pk)
    on = local_day(clock.now, program.time_zone)
    lock_tier(enrolment, reason="A year together", until=on, now=clock.now, by="ruth")
    assert "we have promised you that" in page(ana)
    clock.move(days=1)
    assert "we have promised you that" not in page(ana)
