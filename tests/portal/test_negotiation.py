"""A partner and a manager agree on terms in their browsers: proposed, countered, accepted, all of it kept."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from hanse.growth.negotiations.actions import Offered, propose
from hanse.growth.negotiations.models import Proposal
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Agreement
from hanse.programs.terms.models import Terms
from tests import make
from tests.conftest import Clock
from tests.portal.conftest import Portal

LOWER: dict[str, Any] = {"clauses": [{"kind": "percent", "rate": "15%", "goal": "sale"}]}


def page(client: Client, name: str, *arguments: str) -> str:
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    return answer.content.decode()


def proposed(portal: Portal, clock: Clock, body: dict[str, Any] | None = None) -> Proposal:
    offered = Offered(body or LOWER, reason="Margins fell.", message="Let us talk.")
    return propose(portal.cast.anas, offered, now=clock.now, by=portal.cast.ruth.email)


def test_a_manager_proposes_a_partner_counters_and_the_manager_accepts(
    ruth: Client, ana: Client, portal: Portal, clock: Clock
) -> None:
    scope = text_id("enr", portal.cast.anas.pk)
    edit = reverse("console:terms_edit", args=[portal.cast.program.slug])
    form = {
        "scope": scope, "clauses": "1", "c0-kind": "percent", "c0-rate": "15%", "c0-goal": "sale", "do": "propose",
        "reason": "Margins fell.", "message": "Let us talk.",
    }  # fmt: skip
    assert ruth.post(edit, form)["Location"] == reverse("console:agreement", args=[scope])

    seen = page(ana, "portal:terms")
    assert "New terms are proposed to you" in seen
    assert "Margins fell." in seen
    assert "percent on sale" in seen
    assert "On your last twelve months" in seen
    counter = page(ana, "portal:terms_propose")
    assert 'name="c0-rate" value="15%"' in counter
    mine = {"clauses": "1", "c0-kind": "percent", "c0-rate": "18%", "c0-goal": "sale", "message": "18 works."}
    assert ana.post(reverse("portal:terms_propose"), mine | {"do": "propose"}).status_code == 303
    assert not Terms.objects.filter(enrolment=portal.cast.anas).exists()

    second = Proposal.objects.get(side="partner")
    assert second.expires_at is not None
    assert "18 works." in page(ruth, "console:agreement", scope)
    answer = reverse("console:proposal", args=[scope, text_id("prp", second.pk)])
    assert ruth.post(answer, {"do": "accept"}).status_code == 303
    terms = Terms.objects.get(enrolment=portal.cast.anas)
    assert terms.body["clauses"][0]["rate"] == "18%"
    signed = Agreement.objects.get(terms=terms)
    assert (signed.accepted_by, signed.offered_by) == (portal.cast.anas_login.email, portal.cast.ruth.email)
    after = page(ana, "portal:terms")
    assert "Answered with other terms" in after
    assert "18%" in after


def test_a_partner_declines_with_a_reason_and_keeps_the_terms(
    ana: Client, ruth: Client, portal: Portal, clock: Clock
) -> None:
    row = proposed(portal, clock)
    path = reverse("portal:proposal", args=[text_id("prp", row.pk)])
    ana.post(path, {"do": "decline", "reason": ""})
    row.refresh_from_db()
    assert row.answer == ""
    ana.post(path, {"do": "decline", "reason": "Too low for me."})
    row.refresh_from_db()
    assert (row.answer, row.answer_reason, row.answered_by) == (
        "declined", "Too low for me.", portal.cast.anas_login.email,
    )  # fmt: skip
    assert "Too low for me." in page(ruth, "console:agreement", text_id("enr", portal.cast.anas.pk))
    assert not Terms.objects.filter(enrolment=portal.cast.anas).exists()


def test_a_proposal_with_a_fee_shows_the_chart_of_both_sides(ana: Client, portal: Portal, clock: Clock) -> None:
    fee: dict[str, Any] = {"kind": "fee", "amount": 200_000, "due": "signing"}
    proposed(portal, clock, {"clauses": [*LOWER["clauses"], fee]})
    seen = page(ana, "portal:terms")
    assert 'data-chart="risk"' in seen
    assert "Equal at sales of £40,000 a year" in seen


def test_a_wrong_number_in_a_counter_proposal_is_told_and_not_sent(ana: Client, portal: Portal, clock: Clock) -> None:
    proposed(portal, clock)
    mine = {"clauses": "1", "c0-kind": "percent", "c0-rate": "lots", "c0-goal": "sale", "do": "propose"}
    answer = ana.post(reverse("portal:terms_propose"), mine)
    assert answer.status_code == 422
    assert 'class="err"' in answer.content.decode()
    assert Proposal.objects.count() == 1


def test_terms_that_are_coming_show_what_changes_and_can_be_accepted_early(
    ana: Client, portal: Portal, clock: Clock
) -> None:
    from datetime import timedelta

    make.terms(
        portal.cast.program, *LOWER["clauses"], starts_at=clock.now + timedelta(days=30), reason="Post is dearer."
    )
    seen = page(ana, "portal:terms")
    assert "New terms begin on" in seen
    assert "Post is dearer." in seen
    coming = Terms.objects.get(reason="Post is dearer.")
    ana.post(reverse("portal:terms"), {"terms": text_id("trm", coming.pk)})
    assert Agreement.objects.filter(terms=coming, enrolment=portal.cast.anas).exists()
