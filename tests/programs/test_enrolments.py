"""Enrolments: what was true when; links and coupons that follow them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments import actions, queries
from hanse.programs.enrolments.models import Enrolment, StatusChange, TierChange
from hanse.programs.tiers.queries import tier_by_key
from hanse.spine.doors.models import DoorLink
from hanse.traffic.coupons import actions as coupons
from hanse.traffic.links import actions as links
from tests import make
from tests.make import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def enrolled(name: str = "Ana") -> Enrolment:
    program = make.program() if not make.Program.objects.exists() else make.Program.objects.get()
    if not make.Offer.objects.exists():
        make.offer(program)
    return actions.enrol(make.partner(name), program, enrolled_at=NOON - 10 * DAY, now=NOON, by="ruth")


def test_the_status_can_be_told_for_every_moment() -> None:
    enrolment = enrolled()
    actions.change_status(enrolment, "paused", at=NOON - 5 * DAY, reason="holiday", by="ruth")
    actions.change_status(enrolment, "active", at=NOON - 2 * DAY, by="ruth")
    moments = {(enrolment.pk, NOON - days * DAY) for days in (11, 10, 6, 5, 3, 2, 0)}
    statuses = {(NOON - at).days: status for (_id, at), status in queries.statuses_at(moments).items()}
    assert statuses == {10: "active", 6: "active", 5: "paused", 3: "paused", 2: "active", 0: "active"}


def test_what_was_true_costs_the_same_for_many(django_assert_num_queries: object) -> None:
    pairs = [(enrolled(f"P{index}").pk, NOON) for index in range(10)]
    with django_assert_num_queries(1):  # type: ignore[operator]  # the fixture's own type is not exported
        assert set(queries.statuses_at(pairs).values()) == {"active"}


def test_a_partner_is_enrolled_once() -> None:
    enrolment = enrolled()
    with pytest.raises(Refused) as refusal:
        actions.enrol(enrolment.partner, enrolment.program, enrolled_at=NOON, now=NOON, by="ruth")
    assert refusal.value.code == "already_enrolled"
    with pytest.raises(Invalid):
        actions.enrol(make.partner("Ben"), enrolment.program, enrolled_at=NOON + DAY, now=NOON, by="ruth")


def test_a_change_that_cannot_be_is_refused_and_leaves_no_trace() -> None:
    enrolment = enrolled()
    with pytest.raises(Invalid) as refusal:
        actions.change_status(enrolment, "ended", at=NOON, reason=" ", by="ruth")
    assert refusal.value.problems[0].pointer == "/reason"
    with pytest.raises(Invalid):
        actions.change_status(enrolment, "paused", at=NOON - 20 * DAY, by="ruth")
    with pytest.raises(Invalid):
        actions.change_status(enrolment, "paused", at=NOON + DAY, now=NOON, by="ruth")
    with pytest.raises(Refused):
        actions.change_status(enrolment, "pending", at=NOON, by="ruth")
    actions.change_status(enrolment, "active", at=NOON, by="ruth")
    assert StatusChange.objects.count() == 1
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_a_tier_of_another_program_is_refused() -> None:
    enrolment = enrolled()
    other = make.program("orchard")
    with pytest.raises(Invalid):
        actions.move_to_tier(enrolment, tier_by_key(other.pk, "power"), now=NOON, by="ruth")
    assert TierChange.objects.count() == 1


def test_accepting_terms_twice_keeps_the_first_acceptance() -> None:
    enrolment = enrolled()
    terms = make.terms(enrolment.program)
    first = actions.accept_terms(enrolment, terms, by="ana", at=NOON)
    assert actions.accept_terms(enrolment, terms, by="ben", at=NOON + DAY) == first
    assert first.body_hash == terms.body_hash
    foreign = make.terms(make.program("orchard"))
    with pytest.raises(Refused):
        actions.accept_terms(enrolment, foreign, by="ana", at=NOON)


def test_links_are_numbered_without_gaps_and_named_after_the_partner() -> None:
    enrolment = enrolled("Ana Łoś & Søn")
    offer = make.Offer.objects.get()
    made = [links.create_link(enrolment, offer, now=NOON, by="ana") for _index in range(3)]
    assert [link.number for link in made] == [1, 2, 3]
    assert [link.slug for link in made] == ["ana-os-sn", "ana-os-sn-2", "ana-os-sn-3"]
    assert set(DoorLink.objects.values_list("slug", flat=True)) == {link.slug for link in made}
    with pytest.raises(Invalid):
        links.create_link(enrolment, offer, slug="ANA-OS-SN", now=NOON, by="ana")


def test_an_archived_link_stays_off_through_a_suspension() -> None:
    enrolment, offer = enrolled(), make.Offer.objects.get()
    on, off = (links.create_link(enrolment, offer, now=NOON, by="ana") for _index in range(2))
    links.archive_link(off, now=NOON, by="ana")

    def doors() -> dict[int, str]:
        return dict(DoorLink.objects.values_list("number", "status"))

    actions.change_status(enrolment, "suspended", at=NOON, reason="why", by="ruth")
    assert doors() == {on.number: "partner_suspended", off.number: "link_disabled"}
    with pytest.raises(Refused):
        links.create_link(enrolment, offer, now=NOON, by="ana")
    actions.change_status(enrolment, "active", at=NOON, by="ruth")
    assert doors() == {on.number: "", off.number: "link_disabled"}
    off.enrolment.refresh_from_db()
    links.restore_link(off, now=NOON, by="ana")
    assert doors() == {on.number: "", off.number: ""}


def test_a_changed_link_reaches_the_edge() -> None:
    enrolment, offer = enrolled(), make.Offer.objects.get()
    link = links.create_link(enrolment, offer, now=NOON, by="ana")
    until = NOON + DAY
    links.change_link(link, destination_url="https://shop.example/new", expires_at=until, now=NOON, by="ana")
    door = DoorLink.objects.get()
    assert (door.destination, door.expires_at) == ("https://shop.example/new", until)
    with pytest.raises(Invalid):
        links.change_link(link, destination_url="https://evil.example/", now=NOON, by="ana")


def test_a_code_is_stored_in_capitals_and_never_given_twice() -> None:
    enrolment = enrolled()
    coupon = coupons.create_coupon(enrolment, code=" ana10 ", starts_at=None, ends_at=NOON, now=NOON, by="ana")
    assert coupon.code == "ANA10"
    coupons.archive_coupon(coupon, now=NOON, by="ruth")
    with pytest.raises(Invalid) as refusal:
        coupons.create_coupon(enrolled("Ben"), code="Ana10", now=NOON, by="ben")
    assert "“ANA10-2” is free" in refusal.value.problems[0].message
    with pytest.raises(Invalid):
        coupons.change_coupon(coupon, starts_at=NOON + DAY, now=NOON, by="ana")
