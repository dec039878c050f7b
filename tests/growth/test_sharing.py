"""Customers who become partners: one click, the same thing twice, nobody in somebody else's name, no own orders."""

from __future__ import annotations

import hmac
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client

from hanse.bridges.files.sharing import read_buyers
from hanse.growth.demarcation.models import TypeRule
from hanse.growth.sharing.actions import bring_customers, join_by_sharing, offer_sharing, renew_sharing_key
from hanse.growth.sharing.addresses import is_signed_for, sharing_key, signed_address
from hanse.growth.sharing.models import SharingCustomer, SharingOffer
from hanse.growth.sharing.products import owe_products
from hanse.growth.sharing.queries import brought_by
from hanse.growth.sharing.rules import products_owed
from hanse.growth.sharing.types import Buyer, Wanted
from hanse.kernel.errors import Invalid, Refused
from hanse.money.benefits.models import Benefit
from hanse.people.partners.models import Partner, PayoutDetails
from hanse.programs.enrolments.models import Agreement, Enrolment
from hanse.programs.terms.models import Terms
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link
from tests import make
from tests.api.caller import Caller
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money import books
from tests.sending import World

pytestmark = pytest.mark.django_db
NOW, BY = make.NOON, "ruth"
JO = Buyer("jo@home.example", "Jo", "C-17")


@pytest.fixture
def cast(clock: Clock) -> Cast:
    cache.clear()
    clock.set(NOW)
    return build()


def open_it(cast: Cast, **wanted: object) -> SharingOffer:
    return offer_sharing(cast.program, Wanted(**{"is_open": True, **wanted}), now=NOW, by=BY)  # type: ignore[arg-type]


def join(offer: SharingOffer, buyer: Buyer = JO, **changes: object) -> object:
    return join_by_sharing(
        offer,
        buyer,
        **{"source": "order", "is_accepted": True, "now": NOW, "by": buyer.email, **changes},  # type: ignore[arg-type]
    )


def test_one_click_gives_a_link_a_code_and_an_agreement_and_a_second_one_the_same(cast: Cast) -> None:
    offer = open_it(cast, code_prefix="friend", friend_gets="10% off")
    first = join(offer)
    again = join(offer, Buyer("JO@home.example"))
    link, coupon = Link.objects.get(label="For friends"), Coupon.objects.get(code__startswith="FRIEND-")
    assert first == again or (first.link, first.code) == (again.link, again.code)  # type: ignore[attr-defined]
    assert coupon.description == "10% off"
    assert link.enrolment == coupon.enrolment == SharingCustomer.objects.get().enrolment
    assert Agreement.objects.get(enrolment=link.enrolment).evidence == "One click (order)"
    letters = OutboxItem.objects.filter(key__startswith="sharing:")
    assert letters.count() == 1
    assert coupon.code in str(letters.get().payload)


def test_a_mail_scanner_that_opens_the_letters_link_leaves_it_to_the_customer(cast: Cast, client: Client) -> None:
    join(open_it(cast))
    letter = str(OutboxItem.objects.get(key__startswith="sharing:").payload)
    path = re.search(r"/sign-in/[\w-]+(/confirm)?", letter)
    assert path is not None
    Client().get(path.group())  # the scanner
    client.post(path.group()) if path.group(1) else client.get(path.group())
    assert client.session.get("_auth_user_id")


def test_what_a_customer_buys_themselves_earns_them_nothing(cast: Cast, tmp_path: object) -> None:
    from hanse.journal.sqlite import SqliteJournal

    offer = open_it(cast)
    code = join(offer).code  # type: ignore[attr-defined]
    world = World(cast, SqliteJournal(tmp_path / "j.sqlite3"), NOW)  # type: ignore[operator]
    world.sell("own", coupon=code, customer={"external_id": "C-17"})
    world.sell("friends", coupon=code, customer={"external_id": "C-18"})
    world.run()
    told = dict(Evidence.objects.filter(kind="coupon").values_list("conversion__external_id", "reason"))
    assert told["own"] == "self_referral"
    assert told["friends"] != "self_referral"


def test_who_was_a_partner_before_keeps_link_and_code(cast: Cast) -> None:
    sharing = join(open_it(cast), Buyer(cast.ana.email))
    assert sharing.link.endswith("/ana")  # type: ignore[attr-defined]
    assert sharing.code == "ANA10"  # type: ignore[attr-defined]
    assert not sharing.is_new  # type: ignore[attr-defined]


def test_an_ended_enrolment_is_not_taken_up_again_by_a_click(cast: Cast) -> None:
    offer = open_it(cast)
    Enrolment.objects.filter(pk=cast.anas.pk).update(status="ended")
    with pytest.raises(Refused) as refusal:
        join(offer, Buyer(cast.ana.email))
    assert refusal.value.code == "enrolment_ended"


def test_it_opens_only_where_something_can_be_earned(cast: Cast) -> None:
    Terms.objects.update(starts_at=NOW + timedelta(days=1))
    with pytest.raises(Refused) as refusal:
        open_it(cast)
    assert refusal.value.code == "no_terms"
    offer = open_it(cast, is_open=False)
    with pytest.raises(Refused):
        join(offer)


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"paid_in": "gold"}, "/paid_in"), ({"paid_in": "product"}, "/product"), ({"orders_each": 0}, "/orders_each"),
        ({"code_prefix": "A B"}, "/code_prefix"), ({"tier": "nobody"}, "/tier"), ({"headline": "x" * 161}, "/headline"),
    ],
)  # fmt: skip
def test_what_cannot_be_offered_is_refused_at_its_place(cast: Cast, wanted: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_it(cast, **wanted)
    assert [problem.pointer for problem in refusal.value.problems] == [pointer]


def test_store_credit_goes_to_the_shops_own_customer(cast: Cast) -> None:
    join(open_it(cast, paid_in="credit"))
    assert PayoutDetails.objects.get(partner__email=JO.email).account == "C-17"


def test_the_best_are_suggested_as_ambassadors_by_a_rule_made_once(cast: Cast) -> None:
    open_it(cast)
    open_it(cast, headline="Again")
    assert TypeRule.objects.get().adds == "ambassador"


@pytest.mark.parametrize(("orders", "each", "owed"), [(0, 1, 0), (2, 3, 0), (3, 3, 1), (7, 3, 2), (-1, 2, 0)])
def test_a_product_is_owed_for_every_so_many_orders(orders: int, each: int, owed: int) -> None:
    assert products_owed(orders, each) == owed


def test_products_are_owed_once_and_no_more_when_orders_come_back(cast: Cast) -> None:
    offer = open_it(cast, paid_in="product", product="Sample box", product_worth_minor=900, orders_each=2)
    join(offer)
    mine = SharingCustomer.objects.get().enrolment
    sold = [books.sell(mine, 5_000, name=f"o{number}") for number in range(4)]
    for one in sold:
        books.price(one)
    assert (owe_products(NOW), owe_products(NOW)) == (2, 0)
    books.refund(sold[0], 5_000)
    books.price(sold[0])
    assert owe_products(NOW) == 1
    assert Benefit.objects.filter(dropped_at=None).count() == 1
    books.price(books.sell(mine, 5_000, name="one more"))
    assert owe_products(NOW) == 1, "earned anew after one had dropped out"
    assert Benefit.objects.filter(dropped_at=None).count() == 2


def test_a_list_is_taken_whole_or_not_at_all_and_twice_changes_nothing(cast: Cast) -> None:
    offer = open_it(cast)
    rows = read_buyers(b"email,name,customer_id\njo@home.example,Jo,C-17\nnobody,,\n,,\nann@home.example,Ann,C-18\n")
    with pytest.raises(Invalid) as refusal:
        bring_customers(offer, rows, source="csv", now=NOW, by=BY)
    assert [problem.pointer for problem in refusal.value.problems] == ["/rows/1/email"]
    good = [row for row in rows if "@" in row.email]
    assert bring_customers(offer, good, source="csv", now=NOW, by=BY).new == 2
    done = bring_customers(offer, good, source="csv", now=NOW, by=BY)
    assert (done.new, done.known) == (0, 2)
    assert Partner.objects.filter(source="customer").count() == 2


def test_an_address_is_signed_for_one_customer_for_a_while_and_with_one_key(cast: Cast) -> None:
    offer = open_it(cast)
    at = str(int(NOW.timestamp()))
    lines = "\n".join(["harbour", JO.email, JO.name, JO.customer, at])  # as the shop's own server makes it
    mine = hmac.new(sharing_key(offer).encode(), lines.encode(), sha256).hexdigest()
    assert mine in signed_address(offer, JO, NOW)
    assert is_signed_for(offer, JO, at, mine, NOW)
    assert not is_signed_for(offer, Buyer("ann@home.example", "Jo", "C-17"), at, mine, NOW)
    assert not is_signed_for(offer, JO, at, mine, NOW + timedelta(days=91))
    for bad in ("", "x", "²", "9" * 40, f"{at}0"):
        assert not is_signed_for(offer, JO, bad, mine, NOW)
    assert not is_signed_for(renew_sharing_key(cast.program, now=NOW, by=BY), JO, at, mine, NOW)


def test_the_page_takes_one_click_and_without_a_signature_sends_mail_to_known_and_unknown_alike(
    cast: Cast, client: Client
) -> None:
    assert client.get("/friends/harbour").status_code == 404
    offer = open_it(cast, friend_gets="10% <b>off</b>")
    path = signed_address(offer, JO, NOW).split("8000", 1)[1]
    page = client.get(path).content.decode()
    assert "10% &lt;b&gt;off&lt;/b&gt;" in page
    assert not SharingCustomer.objects.exists(), "looking takes nothing up"
    taken = client.post(path).content.decode()
    assert SharingCustomer.objects.get().coupon.code in taken  # type: ignore[union-attr]
    assert client.get(path.replace("jo%40", "ann%40")).content.decode().count("no longer valid") == 1
    for email in (JO.email, "nobody@home.example"):
        assert client.post("/friends/harbour", {"email": email})["Location"] == "/friends/harbour/sent"
    assert OutboxItem.objects.filter(key__startswith="sharing-address:").count() == 2
    client.post("/friends/harbour", {"email": "bot@home.example", "homepage": "x"})
    assert OutboxItem.objects.filter(key__startswith="sharing-address:").count() == 2
    assert client.post("/friends/harbour", {"email": "none"}).status_code == 422


def test_the_shop_asks_over_the_api_and_gets_link_code_and_address(cast: Cast) -> None:
    caller = Caller("all", program=cast.program)
    caller.get("/sharing", 404)
    caller.send("PUT", "/sharing", {"is_open": True, "paid_in": "money"})
    assert caller.get("/sharing")["is_open"] is True
    made = caller.post("/sharing/customers", {"customers": [{"email": "jo@home.example", "customer": "C-17"}]}, 200)
    assert (made["new"], made["known"]) == (1, 0)
    assert made["data"][0]["address"].startswith("http://127.0.0.1:8000/friends/harbour?email=jo%40home.example")
    listed = caller.get("/sharing/customers?customer=C-17")["data"]
    assert [(one["source"], one["orders"], one["owed"]) for one in listed] == [("api", 0, 0)]
    refused = caller.post("/sharing/customers", {"customers": [{"email": "x"}]}, 422)
    assert refused["errors"][0]["pointer"] == "/customers/0/email"


def test_a_product_that_was_earned_stays_owed_when_the_next_ones_cost_more_orders(cast: Cast) -> None:
    wanted = {"paid_in": "product", "product": "Sample box", "product_worth_minor": 900}
    join(open_it(cast, orders_each=2, **wanted))
    mine = SharingCustomer.objects.get().enrolment
    sold = [books.sell(mine, 5_000, name=f"o{number}") for number in range(3)]
    for one in sold:
        books.price(one)
    assert owe_products(NOW) == 1
    open_it(cast, orders_each=5, **wanted)
    assert owe_products(NOW) == 0, "nothing was given back"
    open_it(cast, orders_each=1, **wanted)
    assert owe_products(NOW) == 1, "the third order counts by what is offered now, the first two are spent"
    books.refund(sold[0], 5_000)
    books.price(sold[0])
    assert owe_products(NOW) == 1
    assert Benefit.objects.filter(dropped_at=None).count() == 1


def test_of_two_products_the_one_that_was_not_delivered_drops_out(cast: Cast) -> None:
    join(open_it(cast, paid_in="product", product="Sample box", product_worth_minor=900, orders_each=1))
    mine = SharingCustomer.objects.get().enrolment
    sold = [books.sell(mine, 5_000, name=f"o{number}") for number in range(2)]
    for one in sold:
        books.price(one)
    assert owe_products(NOW) == 2
    first, second = Benefit.objects.order_by("id")
    Benefit.objects.filter(pk=second.pk).update(delivered_on=NOW.date())
    books.refund(sold[0], 5_000)
    books.price(sold[0])
    assert owe_products(NOW) == 1
    first.refresh_from_db()
    assert first.dropped_at is not None


def test_a_customer_who_was_put_away_as_a_partner_elsewhere_can_share(cast: Cast) -> None:
    """As when an application of theirs is approved; and one of them keeps no list out."""
    offer = open_it(cast)
    put_away = make.partner("Old friend", archived_at=NOW - timedelta(days=90))
    done = bring_customers(offer, [Buyer(put_away.email), JO], source="csv", now=NOW, by=BY)
    assert done.new == 2
    put_away.refresh_from_db()
    assert put_away.archived_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_make_one_partner_and_break_for_nobody() -> None:
    cache.clear()
    with transaction.atomic():
        offer = open_it(build())

    def click(_place: int) -> str:
        try:
            with transaction.atomic():
                return str(join(SharingOffer.objects.select_related("program", "tier").get(pk=offer.pk)).code)  # type: ignore[attr-defined]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(click, range(4)))
    assert len(codes) == 1
    assert Partner.objects.filter(email=JO.email).count() == SharingCustomer.objects.count() == 1


def test_orders_from_before_somebody_took_the_offer_up_earn_no_product(cast: Cast) -> None:
    """A partner of years who clicks once would else be owed a shelf of them."""
    for number in range(4):
        books.price(books.sell(cast.anas, 5_000, name=f"before{number}", at=NOW - timedelta(days=9)))
    offer = open_it(cast, paid_in="product", product="Sample box", product_worth_minor=900, orders_each=2)
    join(offer, Buyer(cast.ana.email))
    assert owe_products(NOW) == 0
    assert brought_by([cast.anas.pk]) == {}
    for number in range(2):
        books.price(books.sell(cast.anas, 5_000, name=f"after{number}", at=NOW + timedelta(hours=1)))
    assert owe_products(NOW + timedelta(days=1)) == 1
    assert brought_by([cast.anas.pk])[cast.anas.pk][0] == 2
