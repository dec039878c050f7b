"""Price lists, resale orders, agencies, routes of deals, clashes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hanse.kernel.errors import Conflict, Invalid, Refused
from hanse.money.commissions.actions import price_conversions
from hanse.money.commissions.models import Commission
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.actions import attribute_conversions, freeze_attributions
from hanse.traffic.attribution.hand import credit_by_hand
from hanse.traffic.attribution.models import Credit, Evidence
from hanse.traffic.attribution.subjects import touched_by_people
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.deals.actions import approve_deal, register_deal, settle_clash
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import clashes_in, deals_of_program, orders_by_deal, protection_ends
from hanse.traffic.deals.routing import assign_deal, keep_route, move_route_up, remove_route, routes_of
from hanse.traffic.pricelists.actions import archive_price_list, create_price_list, publish_prices
from hanse.traffic.pricelists.models import PriceLine, PriceList
from hanse.traffic.pricelists.queries import prices_for
from hanse.traffic.pricelists.rules import lines_from_text, partner_price, read_prices
from hanse.traffic.resale.actions import cancel_resale, confirm_resale, decline_resale, record_resale
from hanse.traffic.resale.contacts import end_contact, make_contact
from hanse.traffic.resale.models import ResaleOrder
from hanse.traffic.resale.queries import contact_of, resale_sums
from tests import make
from tests.cast import Cast, build
from tests.make import at
from tests.money.books import sell

pytestmark = pytest.mark.django_db
BY = "ruth@harbour.example"
LINES = [{"sku": "LAMP", "name": "Lamp", "list": 10_000, "margin": "30%"}, {"sku": "CUP", "list": 999, "partner": 700}]


@pytest.fixture
def cast() -> Cast:
    return build()


def _prices(cast: Cast, lines: Any = LINES, *, since: date = date(2026, 1, 1), **to: Any) -> Any:
    row = create_price_list(cast.program, name="Prices", **to, now=at(), by=BY)
    return publish_prices(row, lines, valid_from=since, now=at(), by=BY)


def _order(cast: Cast, number: str = "R-1", **changes: Any) -> ResaleOrder:
    said: dict[str, Any] = {
        "external_id": number, "ordered_on": date(2026, 5, 10), "lines": [("LAMP", 3), ("CUP", 2)],
        "company_domain": "orchard.example", "is_confirmed": True,
    } | changes  # fmt: skip
    return record_resale(said.pop("to", cast.anas), **said, now=at(), by=BY)


def _sold(to: Enrolment, coupon: str) -> Conversion:
    """Store order R-1 that came with a code and that nobody is credited with yet."""
    sold = sell(to, 31_998, name="R-1", coupon_code=coupon)
    Credit.objects.all().delete()
    return sold


def _decided(sold: Conversion) -> None:
    attribute_conversions({sold.pk}, at())


def test_a_margin_gives_the_partners_price_rounded_half_away() -> None:
    assert partner_price(10_000, 300_000) == 7_000
    assert partner_price(999, 500_000) == 499
    assert partner_price(0, 300_000) == 0
    assert partner_price(10_000, 1_000_000) == 0


def test_a_pasted_table_is_read_with_semicolons_tabs_and_margins() -> None:
    read = [
        lines_from_text("sku,name,list price,partner\nLAMP,Lamp,100.00,30%\nCUP,,9.99,7", "GBP"),
        lines_from_text('LAMP;Lamp;100,00;30%\n"CUP";"";"9,99";"7,00"', "GBP"),
        lines_from_text("LAMP\tLamp\t100\t30 %".replace("30 %", "30%") + "\nCUP\t\t9.99\t7.00\n\n", "GBP"),
    ]
    assert all([(one.list_minor, one.partner_minor) for one in read_prices(lines)] == [(10_000, 7_000), (999, 700)]
               for lines in read)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("LAMP,Lamp,100", "/lines/0"),
        ("LAMP,Lamp,abc,30%", "/lines/0/list"),
        ("LAMP,Lamp,10,1\nCUP,,1,=1+1", "/lines/1/partner"),
    ],
)
def test_rows_that_cannot_be_read_are_named(text: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        lines_from_text(text, "GBP")
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


@pytest.mark.parametrize(
    ("lines", "pointer"),
    [
        ([], "/lines"),
        (["x"], "/lines/0"),
        ([{"sku": "A", "list": 5, "partner": 6}], "/lines/0/partner"),
        ([{"sku": "A", "list": 5, "margin": "101%"}], "/lines/0/margin"),
        ([{"sku": "A", "list": 5}], "/lines/0/partner"),
        ([{"sku": "A", "list": -5, "partner": 0}], "/lines/0/list"),
        ([{"sku": "A", "list": 5, "partner": 1}, {"sku": "A", "list": 5, "partner": 1}], "/lines/1/sku"),
    ],
)
def test_lines_that_cannot_be_prices_are_refused_with_their_place(lines: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_prices(lines)
    assert pointer in [problem.pointer for problem in refused.value.problems]


def test_the_nearest_list_holds_and_the_newest_version_of_a_day(cast: Cast) -> None:
    everybody = _prices(cast)
    of_type = _prices(cast, partner_type="affiliate")
    own = _prices(cast, enrolment=cast.anas, since=date(2026, 6, 1))
    assert prices_for(cast.anas, date(2026, 5, 1)) == of_type
    assert prices_for(cast.anas, date(2026, 6, 1)) == own
    assert prices_for(cast.anas, date(2025, 12, 31)) is None
    again = publish_prices(
        of_type.price_list, LINES, valid_from=date(2026, 5, 1), valid_until=date(2026, 5, 3), now=at(), by=BY
    )
    assert [prices_for(cast.bens, date(2026, 5, day)) for day in (1, 3, 4)] == [again, again, of_type]
    archive_price_list(of_type.price_list, now=at(), by=BY)
    assert prices_for(cast.bens, date(2026, 5, 1)) == everybody
    with pytest.raises(Refused, match="new version"):
        create_price_list(cast.program, name="Second", now=at(), by=BY)


def test_a_resale_order_freezes_the_prices_of_its_day(cast: Cast) -> None:
    version = _prices(cast)
    order = _order(cast)
    assert (order.list_minor, order.partner_minor, order.margin_minor) == (31_998, 22_400, 9_598)
    PriceLine.objects.filter(version=version).update(partner_minor=1)
    order.refresh_from_db()
    assert order.partner_minor == 22_400
    sums = resale_sums(ResaleOrder.objects.all())
    assert sums == {"orders": 1, "list_minor": 31_998, "partner_minor": 22_400, "margin_minor": 9_598}


def test_the_same_order_again_is_the_same_and_other_content_a_conflict(cast: Cast) -> None:
    _prices(cast)
    first = _order(cast, is_confirmed=False)
    assert _order(cast).pk == first.pk
    first.refresh_from_db()
    assert first.status == "confirmed"
    with pytest.raises(Conflict):
        _order(cast, lines=[("LAMP", 4)])
    with pytest.raises(Conflict):
        _order(cast, to=cast.bens)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lines": [("SOFA", 1)]}, "/lines/0/sku"),
        ({"lines": [("LAMP", 0)]}, "/lines/0/quantity"),
        ({"lines": []}, "/lines"),
        ({"ordered_on": date(2026, 5, 16)}, "/ordered_on"),
        ({"ordered_on": date(2025, 5, 16)}, "/ordered_on"),
        ({"company_domain": "gmail.com"}, "/company_domain"),
        ({"company_domain": ""}, "/customer_email"),
        ({"external_id": " "}, "/external_id"),
    ],
)
def test_an_order_that_cannot_be_is_refused_with_its_place(cast: Cast, changes: dict[str, Any], pointer: str) -> None:
    _prices(cast)
    with pytest.raises(Invalid) as refused:
        _order(cast, **changes)
    assert pointer in [problem.pointer for problem in refused.value.problems]
    assert not ResaleOrder.objects.exists()


def test_an_order_that_was_resold_earns_nobody_a_commission(cast: Cast) -> None:
    _prices(cast)
    sold = _sold(cast.bens, "BEN10")
    _decided(sold)
    price_conversions({sold.pk}, at())
    assert Commission.objects.get().owed_minor > 0
    order = _order(cast)
    assert touched_by_people(at(-1)) == {sold.pk}
    _decided(sold)
    price_conversions({sold.pk}, at())
    assert Evidence.objects.get().reason == "resold"
    assert not Credit.objects.exists()
    assert Commission.objects.get().owed_minor == 0
    cancel_resale(order, reason="The customer sent it back.", now=at(1), by=BY)
    _decided(sold)
    price_conversions({sold.pk}, at(1))
    assert Commission.objects.get().owed_minor > 0


def test_who_resold_is_credited_without_pay_also_by_hand(cast: Cast) -> None:
    _prices(cast)
    sold = _sold(cast.anas, "ANA10")
    _order(cast)
    _decided(sold)
    price_conversions({sold.pk}, at())
    assert [(row.enrolment, row.unpaid_reason) for row in Credit.objects.all()] == [(cast.anas, "resold")]
    assert Commission.objects.get().owed_minor == 0
    credit_by_hand(sold, [(cast.bens.pk, 1_000_000)], reason="He says it is his.", now=at(), by=BY)
    _decided(sold)
    price_conversions({sold.pk}, at())
    assert sum(Commission.objects.values_list("owed_minor", flat=True)) == 0


def test_an_order_whose_commission_is_approved_cannot_be_confirmed(cast: Cast) -> None:
    _prices(cast)
    sold = _sold(cast.bens, "BEN10")
    _decided(sold)
    freeze_attributions({sold.pk}, at())
    order = _order(cast, is_confirmed=False)
    with pytest.raises(Refused, match="approved commission"):
        confirm_resale(order, now=at(), by=BY)


def test_a_reported_order_waits_and_is_declined_with_a_reason(cast: Cast) -> None:
    _prices(cast)
    order = _order(cast, is_confirmed=False)
    with pytest.raises(Invalid):
        decline_resale(order, reason="", now=at(), by=BY)
    decline_resale(order, reason="We know no such order.", now=at(), by=BY)
    with pytest.raises(Refused):
        confirm_resale(order, now=at(), by=BY)
    assert _order(cast).status == "confirmed"  # its number is free again


def test_a_deal_is_won_by_the_partners_resale_order(cast: Cast) -> None:
    _prices(cast)
    deal = register_deal(cast.anas, company_domain="orchard.example", now=at(-20), by=BY)
    approve_deal(deal, now=at(-19), by=BY)
    _order(cast)
    (row,) = deals_of_program(cast.program.pk, at())
    assert (row.state, orders_by_deal([deal.pk])) == ("won", {deal.pk: ["R-1"]})


def test_a_customer_has_one_agency_at_a_time(cast: Cast) -> None:
    contact = make_contact(cast.anas, company_domain="orchard.example", since_on=date(2026, 1, 1), now=at(), by=BY)
    with pytest.raises(Refused, match="Ana"):
        make_contact(cast.bens, company_domain="orchard.example", since_on=date(2026, 5, 1), now=at(), by=BY)
    end_contact(contact, until_on=date(2026, 4, 30), now=at(), by=BY)
    second = make_contact(cast.bens, company_domain="orchard.example", since_on=date(2026, 5, 1), now=at(), by=BY)
    found = [
        contact_of(cast.program.pk, day, company_domain="orchard.example")
        for day in (date(2025, 12, 31), date(2026, 4, 30), date(2026, 5, 1))
    ]
    assert found == [None, contact, second]


def test_routes_are_asked_in_order_then_the_partners_own_colleague(cast: Cast) -> None:
    ruth, sam = cast.ruth, make.manager("sam@harbour.example")
    big = {"field": "deal.amount", "op": "gte", "value": 500_000}
    keep_route(cast.program, name="The rest", condition=None, owner=ruth, now=at(), by=BY)
    route = keep_route(cast.program, name="Big ones", condition=big, owner=sam, now=at(), by=BY)

    def registered(number: int, amount: int) -> Deal:
        return register_deal(
            cast.anas, company_domain=f"c{number}.example", amount_minor=amount, now=at(), by=BY
        )  # fmt: skip

    assert registered(1, 600_000).owner == ruth
    move_route_up(route, now=at(), by=BY)
    assert [row.name for row in routes_of(cast.program.pk)] == ["Big ones", "The rest"]
    assert (registered(2, 600_000).owner, registered(3, 100).owner) == (sam, ruth)
    for row in routes_of(cast.program.pk):
        remove_route(row, now=at(), by=BY)
    cast.ana.owner = sam
    cast.ana.save()
    cast.anas.refresh_from_db()
    deal = registered(4, 1)
    assert (deal.owner, deal.routed_by) == (sam, "partner")
    assert assign_deal(deal, None, now=at(), by=BY).owner is None
    with pytest.raises(Invalid):
        assign_deal(deal, cast.anas_login, now=at(), by=BY)


def test_a_clash_shows_both_and_is_settled_with_one_word_to_all(cast: Cast) -> None:
    first = register_deal(cast.anas, company_domain="orchard.example", customer_external_id="C-1", now=at(-3), by=BY)
    second = register_deal(cast.bens, customer_external_id="C-1", now=at(-2), by=BY)
    register_deal(cast.bens, company_domain="quince.example", now=at(-2), by=BY)
    assert [[deal.pk for deal in deals] for deals in clashes_in(cast.program.pk, at())] == [[first.pk, second.pk]]
    settle_clash(second, days=60, reason="Ben brought their buyer to us.", now=at(), by=BY)
    first.refresh_from_db()
    assert (first.status, first.decision_reason) == ("declined", "Ben brought their buyer to us.")
    assert (second.status, second.is_clash, second.protected_until) == ("approved", False, at(60))
    assert clashes_in(cast.program.pk, at()) == []
    assert list(protection_ends(cast.program.pk, at(55), 7)) == [second]
    with pytest.raises(Refused, match="Nobody else"):
        settle_clash(second, reason="Again", now=at(), by=BY)


def test_settling_a_clash_leaves_a_deal_alone_whose_protection_is_long_over(cast: Cast) -> None:
    third = make.enrolment(make.partner("Cleo"), cast.program)
    old = register_deal(cast.anas, company_domain="orchard.example", now=at(-400), by="ana")
    approve_deal(old, days=30, now=at(-400), by=BY)
    first = register_deal(cast.bens, company_domain="orchard.example", now=at(-2), by="ben")
    register_deal(third, company_domain="orchard.example", now=at(-1), by="cleo")
    settle_clash(first, reason="Ben was first.", now=at(), by=BY)
    old.refresh_from_db()
    assert (old.status, old.decision_reason) == ("approved", "")


def test_a_resale_order_wins_the_deal_that_stands_and_not_one_that_expired(cast: Cast) -> None:
    _prices(cast)
    old = register_deal(cast.anas, company_domain="orchard.example", now=at(-400), by="ana")
    approve_deal(old, days=30, now=at(-400), by=BY)
    fresh = register_deal(cast.anas, company_domain="orchard.example", now=at(-20), by="ana")
    approve_deal(fresh, now=at(-19), by=BY)
    assert _order(cast).deal_id == fresh.pk


def test_the_same_order_again_is_the_same_also_after_prices_changed(cast: Cast) -> None:
    _prices(cast)
    first = _order(cast, is_confirmed=False)
    row = PriceList.objects.get()
    publish_prices(
        row, [{"sku": "LAMP", "list": 12_000, "partner": 9_000}], valid_from=date(2026, 5, 1), now=at(), by=BY
    )
    again = _order(cast)
    assert (again.pk, again.status, again.partner_minor) == (first.pk, "confirmed", first.partner_minor)


@pytest.mark.parametrize("text", ["LAMP,Lamp,10,1\rCUP,Cup,1,1", 'LAMP,"' + "x" * 140_000 + '",10,1'])
def test_a_table_that_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        lines_from_text(text, "GBP")


def test_ending_an_agencys_contact_again_does_not_prolong_it(cast: Cast) -> None:
    row = make_contact(cast.anas, company_domain="orchard.example", since_on=date(2026, 1, 1), now=at(), by=BY)
    end_contact(row, until_on=date(2026, 5, 15), now=at(), by=BY)
    make_contact(cast.bens, company_domain="orchard.example", since_on=date(2026, 5, 16), now=at(), by=BY)
    with pytest.raises(Refused):
        end_contact(row, until_on=date(2026, 5, 20), now=at(5), by=BY)
