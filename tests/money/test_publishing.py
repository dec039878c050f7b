"""Terms that start in the past: never to anybody's loss."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connections, transaction

from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.publishing.actions import publish_terms
from hanse.programs.terms import actions
from hanse.programs.terms.models import Terms
from hanse.spine.audit.models import AuditEntry
from tests import cast, make
from tests.money.books import pots, price, sell

pytestmark = pytest.mark.django_db


def body(rate: str) -> dict[str, object]:
    return {"clauses": [{"kind": "percent", "rate": rate}]}


def test_better_terms_for_the_past_pay_the_difference_now() -> None:
    crew = cast.build()
    price(sell(crew.anas, 1000, at=make.at(days=-1)), sell(crew.bens, 1000, at=make.at(days=-20)))
    publish_terms(program=crew.program, body=body("30%"), starts_at=make.at(days=-5), now=make.at(), by="ruth")
    assert (pots(crew.anas).held_minor, pots(crew.bens).held_minor) == (300, 200)
    assert verify_commissions() == []


def test_worse_terms_for_the_past_are_refused_with_the_orders_that_would_lose() -> None:
    crew = cast.build()
    price(sell(crew.anas, 1000, at=make.at(days=-1), name="HP-1"))
    with pytest.raises(Refused, match="HP-1"), transaction.atomic():
        publish_terms(program=crew.program, body=body("19%"), starts_at=make.at(days=-5), now=make.at(), by="ruth")
    assert Terms.objects.count() == 1
    publish_terms(program=crew.program, body=body("19%"), starts_at=make.at(), now=make.at(), by="ruth")
    assert pots(crew.anas).held_minor == 200


def test_without_a_check_the_past_is_closed_unless_nothing_was_promised() -> None:
    program = make.program()
    actions.publish_terms(program=program, body=body("5%"), starts_at=make.BEGINNING, now=make.at(), by="ruth")
    with pytest.raises(Refused):
        actions.publish_terms(program=program, body=body("50%"), starts_at=make.BEGINNING, now=make.at(), by="ruth")


def test_versions_count_up_for_each_scope_and_are_audited() -> None:
    crew = cast.build()
    made = [
        actions.publish_terms(
            program=crew.program, body=body("5%"), starts_at=make.at(), now=make.at(), by="ruth", **scope
        )
        for scope in ({}, {"tier": crew.anas.tier}, {"enrolment": crew.anas}, {"enrolment": crew.anas})
    ]
    assert [one.number for one in made] == [2, 1, 1, 2]
    assert AuditEntry.objects.filter(verb="publish_terms", actor="ruth").count() == 4


def test_a_frame_that_makes_no_sense_is_refused() -> None:
    crew, other = cast.build(), make.program("other")
    with pytest.raises(Invalid) as caught:
        actions.publish_terms(
            program=other, tier=crew.anas.tier, enrolment=crew.anas, body=body("5%"), starts_at=make.at(),
            ends_at=make.at(), now=make.at(), by="ruth",
        )  # fmt: skip
    assert [problem.pointer for problem in caught.value.problems] == ["/tier", "/program", "/ends_at"]


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_being_priced_while_better_terms_are_published_gets_them() -> None:
    crew = cast.build()
    is_priced = threading.Event()

    def sale() -> None:
        try:
            with transaction.atomic():
                price(sell(crew.anas, 10_000, at=make.at(-1)))
                is_priced.set()
                time.sleep(0.5)  # the batch goes on: rollups, verdicts
        finally:
            connections.close_all()

    batch = threading.Thread(target=sale)
    batch.start()
    assert is_priced.wait(10)
    with transaction.atomic():
        body = {"clauses": [{"kind": "percent", "rate": "40%"}]}
        publish_terms(program=crew.program, body=body, starts_at=make.at(-2), now=make.at(), by="ruth")
    batch.join()
    assert Commission.objects.get().owed_minor == 4_000
    assert verify_commissions() == []
