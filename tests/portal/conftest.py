"""A portal with money in it: Ana and Ben each sold something, Ana's is partly paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from hanse.growth.claims.actions import claim_sale
from hanse.growth.claims.models import Claim
from hanse.insight.rollups.rebuilding import rebuild_rollups
from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.payouts.actions import approve_run, draft_run, open_run, settle_payout
from hanse.money.payouts.models import Payout
from hanse.money.statements.issuing import issue_statement
from hanse.people.partners.actions import set_payout_details
from hanse.programs.enrolments.actions import accept_terms
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion
from tests import cast
from tests.cast import Cast
from tests.conftest import Clock
from tests.money import books


@dataclass(frozen=True, slots=True)
class Portal:
    """The cast with Ana's two sales (one paid, one held), Ben's one, and a claim of each."""

    cast: Cast
    paid: Conversion
    held: Conversion
    bens: Conversion
    anas_claim: Claim
    bens_claim: Claim

    def commission(self, sold: Conversion) -> str:
        """The text id of a conversion's commission."""
        return text_id("com", Commission.objects.get(conversion=sold).pk)


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def portal(db: None, clock: Clock) -> Portal:
    """A program two months old, seen on 17 November 2026."""
    actors = cast.build()
    for enrolment, partner in ((actors.anas, actors.ana), (actors.bens, actors.ben)):
        accept_terms(enrolment, actors.terms, by=partner.email, at=clock.now)
        set_payout_details(
            partner, rail="paypal", account_name=partner.name, account=partner.email, now=clock.now, by="t"
        )
    early, late = clock.now - timedelta(days=40), clock.now - timedelta(days=2)
    paid = books.sell(actors.anas, 7800, at=early, name="HP-1", lines=[("T1", "kitchen", 1, 7800)])
    held = books.sell(actors.anas, 5000, at=late, name="HP-2", lines=[("C1", "candles", 2, 5000)])
    bens = books.sell(actors.bens, 99900, at=late, name="HP-SECRET", lines=[("X9", "secretware", 1, 99900)])
    books.price(paid, held, bens, now=late)
    release_holds(clock.now, 100)
    _pay(actors, clock)
    Click.objects.create(
        id="a" * 24, link_number=1, program_id=actors.program.pk, enrolment_id=actors.anas.pk, occurred_at=late
    )
    rebuild_rollups(clock.now)
    for enrolment in (actors.anas, actors.bens):
        issue_statement(enrolment, "2026-11", now=clock.now + timedelta(days=20), by="ruth")
    claims = [
        claim_sale(enrolment, external_id=f"LOST-{name}", note=f"note of {name}", now=clock.now, by=name)
        for enrolment, name in ((actors.anas, "ana"), (actors.bens, "ben"))
    ]
    return Portal(actors, paid, held, bens, *claims)


def _pay(actors: Cast, clock: Clock) -> None:
    run = draft_run(actors.program, "manual", as_of=clock.now, now=clock.now, by="ruth")
    approve_run(run, now=clock.now, by="finance")
    open_run(run, now=clock.now, by="finance")
    for payout in Payout.objects.filter(run=run, state=Payout.State.IN_TRANSIT):
        settle_payout(payout, "REF-1", now=clock.now, by="finance")


@pytest.fixture
def ana(portal: Portal) -> Client:
    """Ana's browser."""
    browser = Client()
    browser.force_login(portal.cast.anas_login)
    return browser


@pytest.fixture
def ruth(portal: Portal) -> Client:
    """Ruth's browser; she is a manager."""
    browser = Client()
    browser.force_login(portal.cast.ruth)
    return browser
