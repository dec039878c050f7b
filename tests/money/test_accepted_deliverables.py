"""Accepted deliverables in the books: whatever is accepted, taken back and promised in which order, once and to the
cent; at once from many sides; and nothing of it when it breaks off half-way."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.growth.deliverables import deciding
from hanse.growth.deliverables.actions import ask_for
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.verify import verify_deliverables
from hanse.growth.deliverables.working import send_draft
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.actions import draft_run
from hanse.money.payouts.models import Payout
from hanse.money.payouts.statements import statement
from hanse.money.payouts.words import cause_words
from hanse.money.promises.accepting import accept_deliverable, withdraw_acceptance
from hanse.money.promises.models import Acceptance
from hanse.money.promises.verify import verify_promises
from hanse.money.promises.verify_accepted import verify_acceptances
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.models import Enrolment
from tests import cast, make
from tests.console.conftest import pay_to
from tests.make import at
from tests.money.books import close_periods

TEN = {"kind": "percent", "rate": "10%"}


def payable(of: Enrolment) -> int:
    rows = Entry.objects.filter(account__enrolment=of, account__kind="payable")
    return sum(rows.values_list("amount_minor", flat=True))


def proven() -> bool:
    assert [*verify_books(), *verify_promises(), *verify_acceptances()] == []
    return True


STEP = st.one_of(
    st.tuples(st.just("accept"), st.integers(0, 2)), st.tuples(st.just("withdraw"), st.integers(0, 2)),
    st.tuples(st.just("close"), st.just(0)), st.tuples(st.just("promise"), st.integers(0, 3)),
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=1, max_size=10), st.tuples(*[st.integers(0, 500)] * 3))
def test_what_is_owed_is_what_stands_accepted_after_every_step(
    steps: list[tuple[str, int]], own: tuple[int, int, int]
) -> None:
    """Work 0 is paid by terms: with its acceptance what they promise then, else what they are the first to promise
    after it. Works 1 and 2 promise sums of their own. The model knows only this."""
    with transaction.atomic():
        program = make.program(time_zone="UTC")
        enrolment = make.enrolment(make.partner(), program, enrolled_at=at(-50))
        make.terms(program, TEN)
        works, stands, latest, fixed = [new_id() for _ in range(3)], set[int](), 0, 0
        for place, (what, number) in enumerate(steps):
            now = at(hours=place)
            if what == "accept":
                fee = own[number] if number else 0
                accept_deliverable(enrolment, works[number], name=f"Work {number}", fee_minor=fee, now=now, by="t")
                fixed = latest if number == 0 and 0 not in stands else fixed
                stands.add(number)
            elif what == "withdraw" and number in stands:
                withdraw_acceptance(works[number], reason="Not yet.", now=now, by="t")
                fixed = fixed if number else 0
                stands.discard(number)
            elif what == "withdraw":
                with pytest.raises(Refused):
                    withdraw_acceptance(works[number], reason="Not yet.", now=now, by="t")
            elif what == "promise":
                promise(enrolment, works[0], 100 * number, now)
                latest = 100 * number
                fixed = fixed or (latest if 0 in stands else 0)
            close_periods(now)
            assert payable(enrolment) == sum(own[one] for one in stands if one) + fixed
        proven()
        transaction.set_rollback(True)


def promise(enrolment: Enrolment, work: UUID, amount_minor: int, now: datetime) -> None:
    """Agree on terms that promise a sum for the work, or none."""
    fee = {"kind": "fee", "amount": amount_minor, "due": {"deliverable": str(work)}}
    clauses = [fee, TEN] if amount_minor else [TEN]
    publish_terms(
        program=enrolment.program, enrolment=enrolment, body={"clauses": clauses}, starts_at=now, now=now, by="t",
        is_agreed=True,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_fee_goes_out_with_the_next_run_and_taken_back_later_is_carried_forward() -> None:
    crew = cast.build()
    pay_to(crew.anas, crew)
    work = new_id()
    accept_deliverable(crew.anas, work, name="A film", fee_minor=20_000, now=at(), by="ruth")
    run = draft_run(crew.program, "csv", as_of=at(1), now=at(1), by="ruth")
    assert Payout.objects.get(run=run).amount_minor == 20_000
    found = statement(crew.anas, at(-10), at(10))
    (row,) = [one for one in found.rows if one.cause == "deliverable"]
    assert (cause_words(row.cause), row.note, row.moved.payable_minor) == ("Fee for agreed work", "A film", 20_000)
    withdraw_acceptance(work, reason="Taken down.", now=at(2), by="ruth")
    assert payable(crew.anas) == 0
    assert proven()


@pytest.mark.django_db
def test_amounts_and_people_that_cannot_be_are_refused() -> None:
    crew = cast.build()
    for amount in (-1, 10**19):
        with pytest.raises(Exception, match="amount"):
            accept_deliverable(crew.anas, new_id(), name="x", fee_minor=amount, now=at(), by="t")
    crew.bens.status = "pending"
    with pytest.raises(Refused):
        accept_deliverable(crew.bens, new_id(), name="x", fee_minor=5, now=at(), by="t")
    with pytest.raises(Exception, match="why"):
        withdraw_acceptance(new_id(), reason=" ", now=at(), by="t")
    assert Acceptance.objects.count() == Transaction.objects.count() == 0


def drafted() -> Deliverable:
    crew = cast.build()
    row = ask_for(
        crew.anas, title="A film", brief="b", due_on=at(5).date(), fee_minor=20_000, now=at(), by="ruth"
    )  # fmt: skip
    send_draft(row, text="One", now=at(), by="ana")
    return row


@pytest.mark.django_db
def test_what_breaks_off_half_way_leaves_nothing_and_can_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    row = drafted()

    def fall(*_args: object) -> None:
        raise OSError("the power went out")

    def accept() -> None:
        with transaction.atomic():
            deciding.accept(row, now=at(1), by="ruth")

    with monkeypatch.context() as patch:
        patch.setattr(deciding, "tell_partner", fall)
        with pytest.raises(OSError, match="power"):
            accept()
    row.refresh_from_db()
    assert (row.state, Acceptance.objects.count(), Transaction.objects.count()) == ("review", 0, 0)
    accept()
    assert payable(row.enrolment) == 20_000
    assert verify_deliverables() == []


@pytest.mark.django_db(transaction=True)
def test_accepted_twenty_times_at_once_and_taken_back_in_between_it_is_paid_for_once() -> None:
    with transaction.atomic():
        row = drafted()

    def once(what: str) -> str:
        try:
            with transaction.atomic():
                mine = Deliverable.objects.get(pk=row.pk)
                if what == "accept":
                    deciding.accept(mine, now=at(1), by="ruth")
                else:
                    deciding.withdraw(mine, reason="No.", now=at(1) + timedelta(seconds=1), by="ruth")
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return what

    with ThreadPoolExecutor(6) as pool:
        ends = Counter(pool.map(once, ["accept"] * 20))
    assert ends == {"accept": 20}
    assert (payable(row.enrolment), Acceptance.objects.count(), Transaction.objects.count()) == (20_000, 1, 1)
    with ThreadPoolExecutor(6) as pool:
        ends = Counter(pool.map(once, ["withdraw", "accept"] * 6))
    assert ends["withdraw"] == 1
    assert (payable(row.enrolment), Transaction.objects.count()) == (0, 2)
    assert verify_deliverables() == []
    assert proven()
