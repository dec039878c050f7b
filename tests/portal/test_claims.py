"""A partner claims a sale, a manager answers, both see it."""

from __future__ import annotations

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
