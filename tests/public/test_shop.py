"""Trying a link: from the console's button to a commission that explains itself and is never paid."""

from __future__ import annotations

import pytest
from django.test import Client

from hanse.faces.public import shop
from hanse.faces.public.shop_server import DoorAnswer
from hanse.growth.tryout.actions import TEST_ADDRESS, shop_key, try_link
from hanse.kernel import clock as kernel_clock
from hanse.kernel.signing import key_hash
from hanse.money.commissions.models import Commission
from hanse.people.access.models import ApiKey
from hanse.programs.offers.models import Offer
from hanse.spine.doors.models import DoorLink
from hanse.traffic.links.models import Link
from tests.cast import Cast
from tests.money import books


@pytest.fixture
def ruth(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ruth)
    return client


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, object], str]]:
    """What the shop's server sent to the door, which says yes to everything."""
    calls: list[tuple[dict[str, object], str]] = []

    def report(order: dict[str, object], secret: str) -> DoorAnswer:
        calls.append((order, secret))
        return DoorAnswer(202, {"status": "accepted"})

    monkeypatch.setattr(shop, "report_order", report)
    return calls


def test_trying_a_link_leads_through_a_real_link_of_a_test_partner(ruth: Client, cast: Cast) -> None:
    assert ruth.get("/shop/harbour/try").status_code == 200
    first = ruth.post("/shop/harbour/try")["Location"]
    assert first == ruth.post("/shop/harbour/try")["Location"] == "/try-harbour"
    link = Link.objects.get(slug="try-harbour")
    assert link.enrolment.is_test
    assert link.destination_url == "http://127.0.0.1:8000/shop/harbour"
    assert DoorLink.objects.get(slug="try-harbour").status == ""
    assert Offer.objects.get(name="Test shop").archived_at is not None  # no real partner can choose it


def test_the_shop_sends_the_order_with_the_token_of_the_address_as_a_test(
    ruth: Client, cast: Cast, said: list[tuple[dict[str, object], str]]
) -> None:
    token = "A" * 27
    assert token in ruth.get(f"/shop/harbour?hz_click={token}").content.decode()
    answer = ruth.post("/shop/harbour/buy", {"sku": "TEST-TEAPOT", "hz_click": token})
    order, secret = said[0]
    assert (order["click"], order["is_test"], order["amount"], order["goal"]) == (token, True, 3800, "sale")
    assert answer["Location"] == f"/shop/harbour/orders/{order['external_id']}"
    key = ApiKey.objects.get(hash=key_hash(secret))
    assert (key.scopes, key.program_id) == (["facts:write"], cast.program.pk)
    page = ruth.get(answer["Location"]).content.decode()
    assert "This page looks again every second" in page
    assert "hx-get" in page


def test_the_order_page_shows_the_commission_when_it_has_come(ruth: Client, cast: Cast) -> None:
    link = try_link(cast.program, now=kernel_clock.now(), by="ruth")
    sold = books.sell(link.enrolment, 3800, at=kernel_clock.now(), name="TEST-1", is_test=True)
    page = ruth.get("/shop/harbour/orders/TEST-1/live").content.decode()
    assert "Test partner is credited" in page
    assert "hx-get" in page
    books.price(sold, now=kernel_clock.now())
    page = ruth.get("/shop/harbour/orders/TEST-1/live").content.decode()
    assert "See why it is £7.60" in page
    assert "hx-get" not in page
    assert Commission.objects.get().owed_minor == 0


def test_only_the_team_can_buy(client: Client, cast: Cast, said: list[tuple[dict[str, object], str]]) -> None:
    assert client.get("/shop/harbour").status_code == 200
    assert client.post("/shop/harbour/buy", {"sku": "TEST-TEAPOT"})["Location"].startswith("/sign-in")
    client.force_login(cast.anas_login)
    assert client.post("/shop/harbour/buy", {"sku": "TEST-TEAPOT"}).status_code == 403
    assert client.post("/shop/harbour/try").status_code == 403
    assert said == []


def test_the_door_that_says_no_is_shown(ruth: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop, "report_order", lambda _order, _secret: DoorAnswer(401, {"detail": "Unknown key."}))
    answer = ruth.post("/shop/harbour/buy", {"sku": "TEST-TEAPOT"}, follow=True)
    page = answer.content.decode()
    assert "The door did not take it" in page
    assert "Unknown key." in page
    assert "hx-get" not in page


def test_the_shops_key_is_the_same_each_time_and_stays_revoked(cast: Cast) -> None:
    now = kernel_clock.now()
    secret = shop_key(cast.program, now=now, by="ruth")
    ApiKey.objects.update(revoked_at=now)
    assert shop_key(cast.program, now=now, by="ruth") == secret
    assert ApiKey.objects.get().revoked_at == now
    assert TEST_ADDRESS.endswith(".invalid")
