"""Deals, customers, credits by hand and claims on the pages of both sides."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hanse.growth.claims.models import Claim
from hanse.kernel.ids import text_id
from hanse.traffic.attribution.models import HandDecision, OwnDevice
from hanse.traffic.customers.models import KnownCustomer
from hanse.traffic.deals.models import Deal
from tests import make
from tests.sending import World


@pytest.fixture
def clients(world: World) -> dict[str, Client]:
    signed: dict[str, Client] = {}
    for name in ("ruth", "anas_login", "bens_login"):
        signed[name] = Client()
        signed[name].force_login(getattr(world.cast, name))
    return signed


def page(client: Client, path: str, status: int = 200, data: dict[str, Any] | None = None) -> str:
    answer = client.get(path) if data is None else client.post(path, data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_deal_goes_from_the_portal_to_the_console_and_back(world: World, clients: dict[str, Client]) -> None:
    ana, ben, ruth = clients["anas_login"], clients["bens_login"], clients["ruth"]
    said = {"customer_email": "kim@orchard.example", "amount": "1,200.00", "note": "Met at the fair"}
    page(ana, "/p/deals", 303, said)
    page(ben, "/p/deals", 303, {"customer_email": "Kim@orchard.example"})
    first, second = Deal.objects.order_by("registered_at", "id")
    assert (first.amount_minor, first.is_clash, second.is_clash) == (120_000, True, True)
    shown = page(ben, "/p/deals")
    assert "k…@orchard.example" in shown
    assert "Another partner" in shown
    assert "Ana" not in shown
    assert "fair" not in shown
    assert "Met at the fair" in page(ruth, "/console/traffic/deals")
    page(ruth, f"/console/traffic/deals/{text_id('dea', first.pk)}/approve", 303, {"reason": ""})
    page(ruth, f"/console/traffic/deals/{text_id('dea', second.pk)}/approve", 303, {"reason": ""})
    assert list(Deal.objects.order_by("registered_at", "id").values_list("status", flat=True)) == ["approved", "open"]
    page(ruth, f"/console/traffic/deals/{text_id('dea', second.pk)}/decline", 303, {"reason": "Somebody was first."})
    assert "Somebody was first." in page(ben, "/p/deals")
    assert "protected until" in page(ana, "/p/deals")


def test_a_deal_without_a_customer_is_not_taken(world: World, clients: dict[str, Client]) -> None:
    assert "Say who it is" in page(clients["anas_login"], "/p/deals", 422, {"note": "somebody"})
    page(clients["anas_login"], "/p/deals", 422, {"company_domain": "gmail.com"})
    page(clients["ruth"], "/console/traffic/deals", 422, {"enrolment": "", "customer_email": "kim@orchard.example"})
    assert not Deal.objects.exists()


def test_a_list_of_customers_is_taken_as_a_file(world: World, clients: dict[str, Client]) -> None:
    sent = SimpleUploadedFile("k.csv", b"email,since\nkim@orchard.example,2026-01-01\n", content_type="text/csv")
    page(clients["ruth"], "/console/traffic/customers", 303, {"file": sent})
    assert KnownCustomer.objects.get().source == "file"
    bad = SimpleUploadedFile("k.csv", b"name,town\nKim,Leith\n", content_type="text/csv")
    assert "must be called email" in page(clients["ruth"], "/console/traffic/customers", 422, {"file": bad})


def test_a_sale_is_split_by_hand_on_its_page_and_taken_back(world: World, clients: dict[str, Client]) -> None:
    world.sell("A-1", coupon="ana10")
    world.run()
    path = f"/console/traffic/conversions/{text_id('cnv', world.conversion('A-1').pk)}"
    ana, ben = text_id("enr", world.cast.anas.pk), text_id("enr", world.cast.bens.pk)
    said = {"partner_0": ana, "part_0": "40%", "partner_1": ben, "part_1": "60", "reason": "Both worked on it."}
    page(clients["ruth"], f"{path}/credits", 303, said)
    world.run()
    assert world.shares("A-1") == {"Ana": 400_000, "Ben": 600_000}
    assert "Both worked on it." in page(clients["ruth"], path)
    page(clients["ruth"], f"{path}/credits/withdraw", 303, {"reason": "No."})
    world.run()
    assert world.shares("A-1") == {"Ana": 1_000_000}


def test_a_claim_is_agreed_and_credited_in_one_breath(world: World, clients: dict[str, Client]) -> None:
    world.sell("A-1", coupon="ana10")
    world.run()
    page(clients["bens_login"], "/p/why/claim", 302, {"order": "A-1", "note": "I called them."})
    claim = Claim.objects.get()
    shown = page(clients["ruth"], "/console/claims")
    assert "Agree and credit" in shown
    page(clients["ruth"], f"/console/claims/{claim.pk}/answer", 302, {"verdict": "credit", "answer": "You are right."})
    world.run()
    assert world.shares("A-1") == {"Ben": 1_000_000}
    assert HandDecision.objects.get().reason == "You are right."


def test_the_tracer_says_for_every_loser_what_it_needed(world: World, clients: dict[str, Client]) -> None:
    world.click(1, make.at(-40), "v-1")
    world.click(1, make.at(-2), "v-1")
    world.click(2, make.at(-1), "v-1")
    world.sell("A-1", visitor="v-1", coupon="ana10")
    world.run()
    shown = page(clients["ruth"], "/console/why?kind=order&q=A-1")
    for words in ("at most 30 days old", "the last click before the order", "No stronger kind of evidence"):
        assert words in shown
    own = page(clients["anas_login"], "/p/why?q=A-1")
    assert "the last click before the order" in own
    assert "Ben" not in own


def test_the_browser_of_a_partners_portal_is_their_own(world: World, clients: dict[str, Client]) -> None:
    for name in ("anas_login", "ruth"):
        clients[name].cookies["hz_visitor"] = "v" * 20
        clients[name].get("/p/deals")
    assert list(OwnDevice.objects.values_list("partner__name", "visitor")) == [("Ana", "v" * 20)]
    world.click(1, make.at(-1), "v" * 20)
    world.sell("A-1", visitor="v" * 20)
    world.run()
    assert world.shares("A-1") == {}
