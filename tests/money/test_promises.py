"""Floors, advances and fees through the ledger: the worked examples 2 to 4, and every change of mind of the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from hanse.kernel.errors import Refused
from hanse.money.commissions.actions import price_conversions, release_holds, void_commission
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.lines import open_lines
from hanse.money.payouts.statements import statement
from hanse.money.payouts.words import cause_words
from hanse.money.promises.models import Promise
from hanse.money.promises.verify import verify_promises
from hanse.money.publishing.actions import publish_terms
from hanse.programs.enrolments.actions import accept_terms, change_status
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime import schedule
from tests import make
from tests.money.books import close_periods, commission_of, pots, refund, sell

pytestmark = pytest.mark.django_db
TWENTY = {"kind": "percent", "rate": "20%"}
QUARTERLY = 20_000


def day(month: int, number: int = 1, *, year: int = 2026) -> datetime:
    return datetime(year, month, number, 12, tzinfo=UTC)


def floor(mode: str, **more: Any) -> dict[str, Any]:
    return {"kind": "floor", "amount": QUARTERLY, "period": "quarter", "mode": mode, **more}


def partner(*clauses: dict[str, Any], **columns: Any) -> Enrolment:
    program = make.program(time_zone="UTC", hold_days=30)
    make.terms(program, TWENTY, *clauses)
    return make.enrolment(make.partner(), program, **columns)


def sale(to: Enrolment, amount_minor: int, at: datetime, **more: Any) -> Any:
    made = sell(to, amount_minor, at=at, **more)
    price_conversions({made.id}, at)
    return made


def release(at: datetime) -> None:
    release_holds(at, 1000)


def sums(of: Enrolment) -> tuple[int, int, int]:
    """Return held, payable and advance."""
    found = pots(of)
    return found.held_minor, found.payable_minor, found.advance_minor


def proven() -> bool:
    assert verify_books() == []
    assert verify_commissions() == []
    assert verify_promises() == []
    return True


def causes() -> dict[str, int]:
    found: dict[str, int] = {}
    rows = Entry.objects.filter(account__kind="program_cost").values_list("transaction__cause", "amount_minor")
    for cause, minor in rows:
        found[cause] = found.get(cause, 0) - minor
    return found


def test_example_2_an_added_floor_is_paid_at_the_close() -> None:
    ana = partner(floor("added"))
    sale(ana, 150_000, day(2))
    close_periods(day(3, 31))
    assert sums(ana) == (30_000, 0, 0)
    close_periods(day(4))
    close_periods(day(4))
    release(day(4))
    assert sums(ana) == (0, 50_000, 0)
    assert causes() == {"accrual": 30_000, "floor": 20_000}
    assert Transaction.objects.get(cause="floor").note == "2026-Q1"
    assert proven()


@pytest.mark.parametrize(("sold", "owed"), [(150_000, 30_000), (60_000, 20_000)])
def test_example_3_the_greater_of_both_counts_what_is_held(sold: int, owed: int) -> None:
    ana = partner(floor("greater_of"))
    sale(ana, sold, day(3, 30))
    close_periods(day(4))
    assert sum(sums(ana)) == owed
    assert pots(ana).held_minor == sold // 5
    assert proven()


def test_a_top_up_is_priced_again_for_ever() -> None:
    ana = partner(floor("greater_of"))
    made = sale(ana, 60_000, day(2))
    close_periods(day(4))
    release(day(4))
    refund(made, 30_000)
    price_conversions({made.id}, day(4, 9))
    assert sums(ana) == (0, QUARTERLY, 0)
    late = sell(ana, 200_000, at=day(3))
    price_conversions({late.id}, day(4, 10))
    assert (Promise.objects.get(starts_at__month=1).owed_minor, pots(ana).held_minor) == (0, 40_000)
    close_periods(day(4, 10))
    assert proven()


def test_a_commission_that_a_case_voided_counts_as_earned() -> None:
    ana = partner(floor("greater_of"))
    made = sale(ana, 60_000, day(2))
    void_commission(commission_of(made, ana), "faked", day(2, 3), "ruth")
    close_periods(day(4))
    assert sums(ana) == (0, 8_000, 0)
    assert proven()


def test_example_4_an_advance_is_paid_back_when_holds_end_and_the_rest_is_carried() -> None:
    ana = partner(floor("recoupable", carry=True))
    close_periods(day(1))
    assert sums(ana) == (0, 20_000, -20_000)
    sale(ana, 60_000, day(2))
    close_periods(day(2))
    assert sums(ana) == (12_000, 20_000, -20_000)
    release(day(3, 20))
    assert sums(ana) == (0, 20_000, -8_000)
    entries = Entry.objects.filter(transaction__cause="release").values_list("account__kind", "amount_minor")
    assert set(entries) == {("held", -12_000), ("advance", 12_000)}
    assert Commission.objects.get().paid_at is not None
    close_periods(day(4))
    sale(ana, 60_000, day(5))
    release(day(6, 30))
    assert sums(ana) == (0, 40_000, -16_000)
    assert proven()


def test_example_4_without_carry_the_rest_is_forgiven_at_the_close() -> None:
    ana = partner(floor("recoupable"))
    close_periods(day(1))
    sale(ana, 60_000, day(2))
    release(day(3, 20))
    close_periods(day(4))
    assert sums(ana) == (0, 40_000, -20_000)
    assert causes() == {"accrual": 12_000, "forgiven": 8_000}
    sale(ana, 60_000, day(5))
    release(day(6, 30))
    assert sums(ana) == (0, 40_000, -8_000)
    assert proven()


def test_a_refund_of_what_paid_back_an_advance_opens_it_again() -> None:
    ana = partner(floor("recoupable", carry=True))
    made = sale(ana, 60_000, day(2))
    release(day(3, 20))
    assert sums(ana) == (0, 20_000, -8_000)
    refund(made, 30_000)
    price_conversions({made.id}, day(3, 22))
    assert sums(ana) == (0, 20_000, -14_000)
    entries = Entry.objects.filter(transaction__cause="refund").values_list("account__kind", "amount_minor")
    assert set(entries) == {("program_cost", 6_000), ("advance", -6_000)}
    void_commission(Commission.objects.get(), "faked", day(3, 23), "ruth")
    assert sums(ana) == (0, 20_000, -20_000)
    assert proven()


def test_an_earlier_sale_takes_the_place_of_a_later_one() -> None:
    ana = partner(floor("recoupable", carry=True))
    sale(ana, 150_000, day(2))
    release(day(3, 20))
    assert sums(ana) == (0, 30_000, 0)
    early = sell(ana, 50_000, at=day(1, 5))
    price_conversions({early.id}, day(3, 21))
    release(day(3, 21))
    assert sums(ana) == (0, 40_000, 0)
    assert {row.cause for row in Transaction.objects.filter(key__startswith="recoup:")} == {"recoup"}
    assert proven()


def test_coming_and_leaving_inside_a_period_count_local_days() -> None:
    month = {"kind": "floor", "amount": 3100, "period": "month", "mode": "added"}
    ana = partner(month, enrolled_at=day(1, 17))
    close_periods(day(2))
    assert pots(ana).payable_minor == 1500
    change_status(ana, "ended", at=day(2, 7), reason="moved", by="ruth", now=day(3, 5))
    close_periods(day(5))
    assert pots(ana).payable_minor == 1500 + 775
    assert proven()


def test_leaving_takes_back_what_an_advance_paid_too_much_and_being_paused_takes_nothing() -> None:
    ana = partner({**floor("recoupable", carry=True), "period": "month", "amount": 3100})
    close_periods(day(1))
    change_status(ana, "paused", at=day(1, 8), by="ruth")
    close_periods(day(1, 12))
    assert sums(ana) == (0, 3100, -3100)
    change_status(ana, "ended", at=day(1, 10), reason="moved", by="ruth", now=day(1, 12))
    close_periods(day(1, 12))
    assert sums(ana) == (0, 1000, -1000)
    assert proven()


def test_after_a_long_pause_every_missed_period_is_closed_once() -> None:
    ana = partner({**floor("added"), "period": "month", "amount": 100})
    close_periods(day(8, 3))
    assert pots(ana).payable_minor == 700
    before = Transaction.objects.count()
    close_periods(day(8, 3))
    assert Transaction.objects.count() == before


def test_a_clock_that_lags_behind_opens_no_period_again() -> None:
    ana = partner(floor("added"))
    close_periods(day(4))
    sale(ana, 1_000, day(3, 31))
    assert (sums(ana), Transaction.objects.filter(cause="floor").count()) == ((200, QUARTERLY, 0), 1)
    assert proven()


def test_a_fee_is_paid_once_at_signing_or_on_its_day() -> None:
    signing = {"kind": "fee", "amount": 700, "due": "signing"}
    ana = partner(signing, {"kind": "fee", "amount": 50, "due": "2026-02-10"})
    first = ana.program.terms.get()
    close_periods(day(1, 20))
    assert pots(ana).payable_minor == 0
    accept_terms(ana, first, by="ana", at=day(1, 21))
    close_periods(day(1, 22))
    assert pots(ana).payable_minor == 700
    close_periods(day(2, 10))
    assert pots(ana).payable_minor == 750
    second = make.terms(ana.program, TWENTY, signing, starts_at=day(3))
    accept_terms(ana, second, by="ana", at=day(3, 2))
    negotiated = make.terms(ana.program, TWENTY, signing, starts_at=day(4), enrolment=ana)
    accept_terms(ana, negotiated, by="ana", at=day(3, 20))
    close_periods(day(3, 31))
    assert pots(ana).payable_minor == 750
    close_periods(day(4, 2))
    assert pots(ana).payable_minor == 1450
    assert proven()


def test_terms_of_a_period_are_those_of_its_first_moment() -> None:
    ana = partner(floor("added"))
    make.terms(ana.program, TWENTY, {**floor("added"), "amount": 50_000}, starts_at=day(2))
    close_periods(day(4))
    assert pots(ana).payable_minor == QUARTERLY
    close_periods(day(7, 2))
    assert pots(ana).payable_minor == QUARTERLY + 50_000


def test_test_enrolments_are_promised_nothing() -> None:
    ana = partner(floor("added"), is_test=True)
    close_periods(day(8))
    assert (sums(ana), Promise.objects.count()) == ((0, 0, 0), 0)


def test_terms_of_the_past_may_not_promise_less() -> None:
    ana = partner(floor("added"))
    close_periods(day(4, 2))
    body = {"clauses": [TWENTY, {**floor("added"), "amount": 19_999}]}
    with pytest.raises(Refused, match="Ana"), transaction.atomic():
        publish_terms(program=ana.program, body=body, starts_at=make.BEGINNING, now=day(4, 3), by="ruth")
    body["clauses"][1] = {**floor("added"), "amount": 21_000}
    publish_terms(program=ana.program, body=body, starts_at=make.BEGINNING, now=day(4, 3), by="ruth")
    assert pots(ana).payable_minor == 21_000
    assert proven()


def test_a_proof_sees_what_was_not_booked() -> None:
    ana = partner(floor("added"))
    close_periods(day(4, 2))
    Promise.objects.update(owed_minor=5)
    assert {finding.check for finding in verify_promises()} == {"promise", "promise books"}
    assert ana.id is not None


def test_what_pays_back_an_advance_leaves_nothing_to_pay_twice() -> None:
    ana = partner(floor("recoupable", carry=True))
    sale(ana, 150_000, day(1, 5))
    release(day(2, 20))
    open_payable = Entry.objects.filter(account__kind="payable", account__enrolment=ana)
    assert sorted(open_payable.values_list("amount_minor", flat=True)) == [10_000, 20_000]


def test_statements_show_advances_with_words_and_add_up() -> None:
    ana = partner(floor("recoupable", carry=True))
    sale(ana, 60_000, day(1, 5))
    release(day(2, 20))
    found = statement(ana, day(1), day(3))
    assert (found.closing.payable_minor, found.closing.advance_minor) == (20_000, -8_000)
    assert [cause_words(row.cause) for row in found.rows] == ["Earned", "Paid in advance", "Hold ended"]
    later = statement(ana, day(2, 1), day(3))
    assert (later.opening.advance_minor, later.closing) == (-20_000, found.closing)


def test_the_schedule_closes_periods_some_partners_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = partner(floor("added"))
    everybody = [ana, *(make.enrolment(make.partner(name), ana.program) for name in ("Ben", "Cleo"))]
    monkeypatch.setattr(schedule, "PROMISES_AT_ONCE", 2)
    schedule.close_due_periods(day(4))
    schedule.close_due_periods(day(4))
    assert [pots(one).payable_minor for one in everybody] == [QUARTERLY] * 3
    assert proven()


def test_a_run_pays_floors_and_a_negative_top_up_waits_for_the_next_one() -> None:
    ana = partner(floor("greater_of"))
    close_periods(day(4))
    assert pots(ana).payable_minor == QUARTERLY
    late = sell(ana, 60_000, at=day(3))
    price_conversions({late.id}, day(4, 2))
    assert sums(ana) == (12_000, 8_000, 0)
    lines = open_lines(ana.program_id, "GBP", day(5))[ana.pk]
    assert [line.amount_minor for line in lines] == [QUARTERLY, -12_000]
