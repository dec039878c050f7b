"""A partner claims a sale, a manager answers, both see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from hanse.growth.claims.models import Claim
from hanse.spine.outbox.models import OutboxItem
from tests.portal.conftest import Portal


def test_a_claim_goes_to_the_manager_and_the_answer_comes_back(ana: Client, ruth: Client, portal: Portal) -> None:
    page = ana.get(reverse("portal:why"), {"q": "HP-77"}).content.decode()
    assert "Claim this sale" in page
    ana.post(reverse("portal:claim"), {"order": "HP-77", "note": "My reader wrote to me."})
    assert "Claim this sale" not in ana.get(reverse("portal:why"), {"q": "HP-77"}).content.decode()
    assert "claimed" in ruth.get("/console/").content.decode()
    listed = ruth.get(reverse("console:claims")).content.decode()
    assert "HP-77" in listed
    assert "My reader wrote to me." in listed
    claim = Claim.objects.get(external_id="HP-77")
    ruth.post(reverse("console:claim_answer", args=[claim.pk]), {"verdict": "accept", "answer": "Yes, it was yours."})
    assert "Yes, it was yours." in ana.get(reverse("portal:why"), {"q": "HP-77"}).content.decode()
    assert "Yes, it was yours." in OutboxItem.objects.get(key=f"claim:{claim.pk}").payload["text"]


def test_an_answer_without_words_is_not_sent(ruth: Client, portal: Portal) -> None:
    ruth.post(reverse("console:claim_answer", args=[portal.anas_claim.pk]), {"verdict": "accept", "answer": ""})
    assert Claim.objects.get(pk=portal.anas_claim.pk).status == "open"


@pytest.mark.parametrize("number", ["20261115", "2026W461", "9999-12-31", "0001-01-01"])
def test_an_order_number_that_looks_like_a_day_can_be_claimed(ana: Client, portal: Portal, number: str) -> None:
    answer = ana.get(reverse("portal:why"), {"q": number})
    assert answer.status_code == 200
    assert "Claim this sale" in answer.content.decode()
