"""Programs, goals, policies, offers."""

from __future__ import annotations

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.programs.offers import actions as offers
from hanse.programs.programs import actions, queries, rules
from hanse.programs.programs.models import AttributionPolicy, Goal, Program
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.audit.models import AuditEntry
from hanse.spine.doors.models import DoorLink, DoorProgram, DoorState
from hanse.spine.web_addresses import allowed_host, host_of
from hanse.traffic.attribution.rules import LEVELS
from hanse.traffic.attribution.sharing import MODELS
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db


def harbour(**fields: object) -> Program:
    values = {"name": "Harbour", "slug": "harbour", "currency": "GBP"} | fields
    return actions.create_program(now=NOON, by="ruth", **values)  # type: ignore[arg-type]


def test_a_program_starts_complete() -> None:
    program = harbour(time_zone="Europe/London")
    assert [goal.key for goal in queries.goals_of(program.pk)] == ["lead", "signup", "sale", "renewal"]
    assert [goal.key for goal in queries.goals_of(program.pk) if goal.is_recurring] == ["renewal"]
    assert [tier.key for tier in tiers_of(program.pk)] == ["power", "growth", "casual", "new", "inactive"]
    assert queries.policy_of(program.pk).number == 1


def test_every_change_of_a_program_reaches_the_edge_with_a_newer_version() -> None:
    program = harbour()
    versions = [DoorProgram.objects.get().version]
    actions.change_program(program, fallback_url="https://shop.example/", now=NOON, by="ruth")
    versions.append(DoorProgram.objects.get().version)
    actions.add_goal(program, key="trial", name="Trial", now=NOON, by="ruth")
    versions.append(DoorProgram.objects.get().version)
    offer = offers.create_offer(program, name="Shop", destination_url="https://Shop.example/x", now=NOON, by="ruth")
    versions.append(DoorProgram.objects.get().version)
    assert versions == sorted(set(versions))
    door = DoorProgram.objects.get()
    assert (door.fallback_url, door.allowed_hosts) == ("https://shop.example/", ["shop.example"])
    assert "trial" in door.goals
    assert offer.allowed_hosts == ["shop.example"]
    actions.archive_program(program, now=NOON, by="ruth")
    assert DoorProgram.objects.get().archived
    assert DoorState.objects.get().version == DoorProgram.objects.get().version


def test_nothing_changed_publishes_and_records_nothing() -> None:
    program = harbour()
    version, entries = DoorState.objects.get().version, AuditEntry.objects.count()
    actions.change_program(program, name="Harbour", now=NOON, by="ruth")
    assert (DoorState.objects.get().version, AuditEntry.objects.count()) == (version, entries)


def test_another_currency_is_refused_once_amounts_are_recorded() -> None:
    program = harbour()
    with pytest.raises(Refused):
        actions.change_program(program, currency="EUR", now=NOON, by="ruth")
    actions.change_program(program, currency="EUR", conversions_exist=False, now=NOON, by="ruth")
    make.terms(program)
    with pytest.raises(Refused) as refusal:
        actions.change_program(program, currency="USD", conversions_exist=False, now=NOON, by="ruth")
    assert refusal.value.code == "currency_fixed"


def test_a_policy_is_versioned_and_an_equal_one_makes_no_version() -> None:
    program = harbour(window_days=45)
    second = actions.change_policy(program, window_days=60, now=NOON, by="ruth")
    again = actions.change_policy(program, window_days=60, now=NOON, by="ruth")
    assert (second.number, again.number) == (2, 2)
    assert list(AttributionPolicy.objects.order_by("number").values_list("window_days", flat=True)) == [45, 60]
    with pytest.raises(Invalid) as refusal:
        actions.change_policy(program, window_days=0, model="magic", order=["click", "click"], now=NOON, by="ruth")
    assert {problem.pointer for problem in refusal.value.problems} == {"/window_days", "/model", "/order"}


def test_the_levels_of_evidence_are_those_that_attribution_knows() -> None:
    assert rules.EVIDENCE_KINDS == LEVELS
    assert rules.MODELS == MODELS
    program = harbour()
    assert tuple(queries.policy_of(program.pk).order) == LEVELS
    coupon_first = actions.change_policy(program, order=["deal", "coupon"], now=NOON, by="ruth").order
    assert coupon_first == ["deal", "coupon", "owner", "click", "lifetime", "open_deal", "email", "survey"]


def test_the_last_goal_stays_and_a_key_is_never_used_twice() -> None:
    program = harbour()
    for goal in Goal.objects.filter(program=program).exclude(key="sale"):
        actions.archive_goal(goal, now=NOON, by="ruth")
    with pytest.raises(Refused) as refusal:
        actions.archive_goal(Goal.objects.get(program=program, key="sale"), now=NOON, by="ruth")
    assert refusal.value.code == "last_goal"
    assert DoorProgram.objects.get().goals == ["sale"]
    with pytest.raises(Refused):
        actions.add_goal(program, key="lead", name="Lead again", now=NOON, by="ruth")


def test_changed_hosts_of_an_offer_reach_its_links_at_the_edge() -> None:
    program = harbour()
    offer = offers.create_offer(program, name="Shop", destination_url="https://shop.example", now=NOON, by="ruth")
    DoorLink.objects.create(
        number=1, slug="a", program_id=program.pk, destination="https://shop.example", offer_id=offer.pk, version=0
    )
    hosts = ["Shop.example", "blog.shop.example:8443"]
    offers.change_offer(offer, allowed_hosts=hosts, now=NOON, by="ruth")
    door = DoorLink.objects.get()
    assert door.allowed_hosts == ["shop.example", "blog.shop.example:8443"]
    assert door.version > 0


@pytest.mark.parametrize(("address", "host"), [
    ("https://Shop.Example/x", "shop.example"), ("https://shop.example:443/", "shop.example"),
    ("http://127.0.0.1:8000/shop", "127.0.0.1:8000"), ("https://büch.example/", "xn--bch-hoa.example"),
    ("https://shop.example./", "shop.example"), ("https:///x", ""), ("https://a_b.example", ""),
    ("https://x:99999/", ""),
])  # fmt: skip
def test_the_host_of_an_address_is_compared_in_one_form(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(("typed", "host"), [
    ("Shop.example", "shop.example"), ("shop.example:443", "shop.example"), ("localhost:8000", "localhost:8000"),
    ("https://shop.example", ""), ("shop.example/x", ""), ("*.shop.example", ""), ("shop.example:x", ""), ("", ""),
    ("shop.example@evil", ""),
])  # fmt: skip
def test_a_typed_host_is_a_host_and_nothing_more(typed: str, host: str) -> None:
    assert allowed_host(typed) == host
