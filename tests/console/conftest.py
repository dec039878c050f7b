"""A stage for the console's pages: the cast with sales, a refund, a payout run, and a browser for each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.payouts.actions import draft_run
from hanse.money.payouts.models import PayoutRun
from hanse.people.partners.actions import set_payout_details
from hanse.programs.enrolments.models import Agreement
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.clicks.models import Click
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.cast import Cast, build
from tests.conftest import Clock
from tests.money import books

NOW = make.at(60)
RATE_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Stage:
    """The cast, what Ana sold, and what became of it."""

    cast: Cast
    sold: Conversion
    commission: Commission
    run: PayoutRun

    @property
    def commission_path(self) -> str:
        """The page of Ana's commission."""
        return f"/console/money/commissions/{text_id('com', self.commission.pk)}"

    @property
    def run_path(self) -> str:
        """The page of the drafted run."""
        return f"/console/money/payouts/{text_id('run', self.run.pk)}"


@pytest.fixture
def stage(db: None, clock: Clock) -> Stage:
    """Ana sold for 500.00 sixty days ago (20 % are payable) and something yesterday (on hold); a run is drafted."""
    clock.set(NOW)
    cast = build()
    for enrolment in (cast.anas, cast.bens):
        pay_to(enrolment, cast)
    sold = books.sell(
        cast.anas, 50_000, at=make.at(0), customer="c-1", name="HP-1", lines=[("tea", "kitchen", 2, 50_000)]
    )
    fresh = books.sell(cast.anas, 10_000, at=make.at(59), name="HP-2")
    books.refund(fresh, 2_500, at=make.at(59.5), name="R-1")
    books.price(sold, fresh, now=make.at(59.6))
    witness(sold, cast)
    release_holds(NOW, 100)
    run = draft_run(cast.program, "csv", as_of=NOW, now=NOW, by="fin@harbour.example")
    return Stage(cast, sold, books.commission_of(sold, cast.anas), run)


def pay_to(enrolment: object, cast: Cast) -> None:
    """Give an enrolment everything that a payout asks for."""
    from hanse.programs.enrolments.models import Enrolment

    assert isinstance(enrolment, Enrolment)
    name = enrolment.partner.name
    set_payout_details(
        enrolment.partner, rail="csv", account_name=name, account="GB33BUKB20201555555555", now=make.at(-90), by="tests"
    )
    Agreement.objects.create(
        enrolment=enrolment,
        terms=cast.terms,
        body_hash=cast.terms.body_hash,
        accepted_by=name,
        accepted_at=make.at(-90),
    )


def witness(sold: Conversion, cast: Cast) -> None:
    """Let Ana's click have won over one of Ben's."""
    for position, (enrolment, link, verdict, reason) in enumerate(
        [(cast.anas, cast.anas_link, "won", "last_touch"), (cast.bens, cast.bens_link, "lost", "later_touch_won")]
    ):
        Evidence.objects.create(
            conversion=sold, position=position, kind="click", enrolment=enrolment, link_number=link.number,
            touched_at=sold.occurred_at - timedelta(days=position + 1), verdict=verdict, reason=reason,
        )  # fmt: skip


def click(cast: Cast, number: int, reason: str = "") -> Click:
    """Store a click on Ana's link."""
    return Click.objects.create(
        id=f"{number:024x}", link_number=cast.anas_link.number, program_id=cast.program.pk,
        enrolment_id=cast.anas.pk, occurred_at=NOW - timedelta(hours=number + 1), reason=reason, country="PL",
    )  # fmt: skip


Browser = Callable[[str], Client]


@pytest.fixture
def browser(stage: Stage) -> Browser:
    """Return a browser in which somebody of a role is signed in (`partner`: Ana; `nobody`: nobody)."""

    def signed_in(role: str) -> Client:
        client = Client()
        if role == "partner":
            client.force_login(stage.cast.anas_login)
        elif role != "nobody":
            client.force_login(make.manager(f"{role}@harbour.example", role))
        return client

    return signed_in
