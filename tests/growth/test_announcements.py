"""Good news goes out once, and old events are no news."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from hanse.growth.announcements.actions import announce_first_sales, announce_payouts
from hanse.growth.claims.actions import answer_claim, claim_sale
from hanse.growth.claims.rules import promised_on
from hanse.growth.nextstep.rules import Standing, Step, next_step
from hanse.growth.reach.actions import note_bounce
from hanse.kernel.errors import Invalid, Refused
from hanse.spine.outbox.models import OutboxItem
from tests import cast, make
from tests.cast import Cast
from tests.conftest import Clock
from tests.money import books


@pytest.fixture
def actors(db: None, clock: Clock) -> Cast:
    return cast.build()


def test_a_partner_hears_of_the_first_sale_once_and_not_of_the_second(actors: Cast, clock: Clock) -> None:
    first = books.sell(actors.anas, 7800, at=clock.now)
    books.price(first, now=clock.now)
    assert announce_first_sales(clock.now) == 1
    books.price(books.sell(actors.anas, 5000, at=clock.now + timedelta(hours=1)), now=clock.now)
    assert announce_first_sales(clock.move(hours=2)) == 0
    mail = OutboxItem.objects.get().payload
    assert mail["to"] == actors.ana.email
    assert "£15.60" in mail["subject"]
    assert "/p/earnings/com_" in mail["text"]


def test_imported_and_test_sales_wake_nobody(actors: Cast, clock: Clock) -> None:
    old = books.sell(actors.anas, 7800, at=clock.now - timedelta(days=30))
    test = books.sell(actors.bens, 7800, at=clock.now, is_test=True)
    books.price(old, test, now=clock.now)
    assert announce_first_sales(clock.now) == 0
    assert announce_payouts(clock.now) == 0


def test_the_mail_is_in_the_partners_own_language(actors: Cast, clock: Clock) -> None:
    actors.ana.language = "pl"
    actors.ana.save()
    books.price(books.sell(actors.anas, 7800, at=clock.now), now=clock.now)
    announce_first_sales(clock.now)
    mail = OutboxItem.objects.get().payload
    assert mail["language"] == "pl"
    assert '<html lang="pl">' in mail["html"]


def test_a_claim_is_made_once_promised_and_answered_once(actors: Cast, clock: Clock) -> None:
    claim = claim_sale(actors.anas, external_id="HP-9", note="mine", now=clock.now, by="ana")
    assert claim_sale(actors.anas, external_id="HP-9", now=clock.now, by="ana") == claim
    assert claim.promised_on == promised_on(clock.now.date())
    with pytest.raises(Invalid):
        answer_claim(claim, accepted=True, answer=" ", now=clock.now, by="ruth")
    answer_claim(claim, accepted=True, answer="You are right.", now=clock.now, by="ruth")
    with pytest.raises(Refused):
        answer_claim(claim, accepted=False, answer="No.", now=clock.now, by="ruth")
    assert "You are right." in OutboxItem.objects.get().payload["text"]


def test_five_working_days_leave_out_the_weekend() -> None:
    assert promised_on(make.at().date().replace(month=11, day=19)).isoformat() == "2026-11-26"


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing(True, 0, False, 0, 0, False), Step.ACCEPT_TERMS),
        (Standing(False, 0, False, 0, 0, False), Step.MAKE_LINK),
        (Standing(False, 1, False, 0, 0, False), Step.COPY_LINK),
        (Standing(False, 1, True, 0, 0, False), Step.FIRST_CLICK),
        (Standing(False, 1, True, 3, 0, False), Step.FIRST_SALE),
        (Standing(False, 1, True, 3, 1, False), Step.PAYOUT_DETAILS),
        (Standing(False, 1, False, 3, 1, True), Step.SHARE_AGAIN),
    ],
)
def test_the_next_step_is_the_first_thing_that_is_missing(standing: Standing, step: Step) -> None:
    assert next_step(standing) is step


def test_no_good_news_goes_to_an_address_that_bounced_for_good(actors: Cast, clock: Clock) -> None:
    books.price(books.sell(actors.anas, 7800, at=clock.now), now=clock.now)
    note_bounce(actors.ana.email, True, clock.now)
    announce_first_sales(clock.now)
    assert not OutboxItem.objects.exists()


def test_the_news_of_a_sale_opens_in_the_program_of_the_sale(actors: Cast, clock: Clock) -> None:
    second = make.enrolment(actors.ana, make.program("orchard"))
    make.terms(second.program)
    books.price(books.sell(second, 7800, at=clock.now), now=clock.now)
    assert announce_first_sales(clock.now) == 1
    found = re.search(r"/p/earnings/com_\S+", OutboxItem.objects.get().payload["text"])
    assert found is not None
    portal = Client()
    portal.force_login(actors.anas_login)
    assert portal.get("/p/earnings").status_code == 200
    assert portal.get(found[0]).status_code == 200
