"""The month-end file: it equals the ledger to the cent, whatever was booked, in the program's own months."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import new_id, text_id
from hanse.kernel.money import digits
from hanse.money.accruals.queries import accruals_of, months_with_bookings
from hanse.money.accruals.rules import month_of, parts_of
from hanse.money.accruals.sheets import accruals_csv, checksum
from hanse.money.accruals.types import COLUMNS, Place
from hanse.money.bounties.actions import pay_bounty
from hanse.money.commissions.actions import release_holds
from hanse.money.ledger.actions import post
from hanse.money.ledger.models import Entry, Transaction
from hanse.money.ledger.types import Line, Posting
from hanse.money.payouts.actions import approve_run, draft_run, open_run
from hanse.money.payouts.closing import settle_payout
from hanse.money.payouts.models import Payout
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from tests import make
from tests.cast import build
from tests.console.conftest import pay_to
from tests.money import books

POTS = ("held", "payable", "advance", "in_transit")
OUTSIDE = ("program_cost", "program_bank", "program_credit", "program_loss")
LATER = datetime(2027, 1, 1, tzinfo=UTC)
amounts = st.integers(-10_000, 10_000).filter(bool)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(POTS), st.integers(0, 1), amounts), min_size=1, max_size=5),
       st.sampled_from(OUTSIDE))  # fmt: skip
def test_every_line_is_explained_and_double_entry_makes_each_column_zero(
    drawn: Sequence[tuple[str, int, int]], against: str
) -> None:
    people = (uuid4(), uuid4())
    lines: list[tuple[Place, int]] = [((pot, people[who], "GBP"), minor) for pot, who, minor in drawn]
    rest = -sum(minor for _place, minor in lines)
    if rest:
        lines.append(((against, None, "GBP"), rest))
    found = list(parts_of(lines))
    changes = [(place, part.change_minor) for place, part in found]
    assert sorted(changes, key=str) == sorted(lines, key=str)
    for column in ("accrued_minor", "reversed_minor", "moved_minor", "paid_minor"):
        assert sum(getattr(part, column) for _place, part in found) == 0, column
    for (_kind, who, _currency), part in found:
        if who is not None:
            assert part.accrued_minor >= 0 <= part.reversed_minor
            assert not (part.accrued_minor and part.reversed_minor)


def test_a_refund_takes_back_a_release_moves_and_a_payment_pays() -> None:
    who = uuid4()
    held, payable, advance = (("held", who, "GBP"), ("payable", who, "GBP"), ("advance", who, "GBP"))
    cost, bank = (("program_cost", None, "GBP"), ("program_bank", None, "GBP"))
    moved = dict(parts_of([(held, -50), (payable, 30), (advance, 20)]))
    assert [part.moved_minor for part in moved.values()] == [-50, 30, 20]
    taken = dict(parts_of([(payable, -7), (advance, -3), (cost, 10)]))
    assert (taken[payable].reversed_minor, taken[advance].reversed_minor, taken[cost].reversed_minor) == (7, 3, -10)
    mixed = dict(parts_of([(payable, -14), (advance, 4), (cost, 10)]))
    assert (mixed[payable].reversed_minor, mixed[payable].moved_minor, mixed[advance].moved_minor) == (10, -4, 4)
    paid = dict(parts_of([(("in_transit", who, "GBP"), -30), (bank, 30)]))
    assert [part.paid_minor for part in paid.values()] == [30, -30]
    fee = dict(parts_of([(cost, -2), (bank, 2)]))
    assert (fee[cost].accrued_minor, fee[bank].accrued_minor) == (-2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "currency"), [("Pacific/Auckland", "NZD"), ("America/Los_Angeles", "KWD"), ("Asia/Tokyo", "JPY")]
)
def test_any_year_of_bookings_gives_files_that_equal_the_ledger(zone: str, currency: str) -> None:
    chance = Random(zone)
    program = make.program(time_zone=zone, currency=currency)
    people = [make.enrolment(make.partner(name), program) for name in ("Ana", "Ben", "=Cem")]
    other = make.enrolment(make.partner("Dov"), make.program("other", currency="EUR"))
    at = datetime(2026, 1, 30, tzinfo=UTC)
    for number in range(90):
        at += timedelta(hours=chance.randint(1, 60))
        _book_something(chance, number, people[chance.randrange(3)] if number % 9 else other, at)
    closing: dict[tuple[str, UUID | None], int] = {}
    for month in reversed(months_with_bookings(program, at)):
        found = accruals_of(program, month, LATER)
        assert found.is_closed
        assert not found.wrong
        assert all(sums == dict.fromkeys(COLUMNS, 0) for sums in found.differences().values())
        rows = {(row.account, row.enrolment_id): row for row in found.rows}
        assert {place: row.opening_minor for place, row in rows.items() if row.opening_minor} == closing
        closing = {place: row.closing_minor for place, row in rows.items() if row.closing_minor}
        assert closing == _ledger(program, found.period.ends_at)
        _read_again(accruals_csv(found), currency)
    assert closing == _ledger(program, LATER)


def _book_something(chance: Random, number: int, of: Enrolment, at: datetime) -> None:
    """Any of the ledger's sets of lines, as the table of postings has them."""
    program, currency, minor = of.program, of.program.currency, chance.randint(1, 99_999)
    sets: list[dict[str, int]] = [
        {"program_cost": -minor, "held": minor}, {"held": -minor, "payable": minor},
        {"program_cost": minor, "held": -minor}, {"program_cost": -minor, "payable": minor},
        {"advance": -minor, "payable": minor},
        {"held": -minor, "payable": minor - minor // 3, "advance": minor // 3},
        {"program_cost": minor, "payable": -minor + minor // 4, "advance": -(minor // 4)},
        {"payable": -minor, "in_transit": minor}, {"in_transit": -minor, "program_bank": minor},
        {"program_bank": -minor, "payable": minor}, {"in_transit": -minor, "program_credit": minor},
        {"program_cost": -minor, "program_bank": minor}, {"program_loss": -minor, "payable": minor},
        {"program_cost": -minor, "payable": minor + 5, "advance": -5},
    ]  # fmt: skip
    chosen = sets[chance.randrange(len(sets))]
    lines = tuple(
        Line(pot, program.pk, None if pot.startswith("program_") else of.pk, amount, currency)  # type: ignore[arg-type]  # names of pots
        for pot, amount in chosen.items()
        if amount
    )
    post(Posting(f"any:{program.slug}:{number}", "accrual", at - timedelta(days=3), lines), at)


def _ledger(program: Program, until: datetime) -> dict[tuple[str, UUID | None], int]:
    rows = Entry.objects.filter(account__program=program, transaction__posted_at__lt=until)
    sums = rows.values_list("account__kind", "account__enrolment_id").annotate(sum=Sum("amount_minor")).order_by()
    return {(kind, who): minor for kind, who, minor in sums if minor}


def _read_again(text: str, currency: str) -> None:
    """Read the file as a stranger would: each line adds up, totals are sums, the checksum is right."""
    rows = list(csv.DictReader(io.StringIO(text)))
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows[:-1]:
        number = {name.removesuffix("_minor"): Decimal(row[name.removesuffix("_minor")]) for name in COLUMNS}
        gained = number["accrued"] - number["reversed"] + number["moved"] - number["paid"]
        assert number["opening"] + gained == number["closing"]
        assert row["currency"] == currency
        assert not row["partner"].startswith("=")
        for name, value in number.items():
            sums[row["row"]][name] += value
            assert -value.as_tuple().exponent == digits(currency)  # type: ignore[operator]  # finite numbers
    assert sums["partner"] == sums["total"]
    assert sums["total"]["moved"] == 0
    assert set(sums["difference"].values()) == {Decimal(0)}
    body, _end, last = text.rstrip("\r\n").rpartition("\r\n")
    kind, seal, place, chain = next(csv.reader([last]))
    booked = Transaction.objects.get(number=int(place.removeprefix("ledger ")))
    assert (kind, chain) == ("checksum", booked.hash)
    assert seal == checksum(body + "\r\n", booked.number, booked.hash)


@pytest.mark.django_db
def test_a_month_is_the_programs_own_and_goes_by_the_day_of_booking() -> None:
    program = make.program(time_zone="Pacific/Auckland", currency="NZD")
    who = make.enrolment(make.partner(), program)
    midnight = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)  # 1 June, 00:00 in Auckland
    pay_bounty(who, 100, entry_id=new_id(), name="May", now=midnight - timedelta(seconds=1), by="olga")
    pay_bounty(who, 1, entry_id=new_id(), name="June", now=midnight, by="olga")
    totals = [accruals_of(program, date(2026, month, 1), LATER).totals().get("NZD", {}) for month in (4, 5, 6, 7)]
    assert [one.get("accrued_minor") for one in totals] == [None, 100, 1, 0]
    assert [one.get("closing_minor") for one in totals] == [None, 100, 101, 101]
    assert not accruals_of(program, date(2026, 6, 1), midnight).is_closed
    with pytest.raises(Invalid):
        accruals_of(program, date(2026, 7, 1), midnight)


@pytest.mark.django_db
def test_a_life_of_sales_refunds_and_a_payout_stands_in_the_file_with_type_and_tier() -> None:
    cast = build()
    pay_to(cast.anas, cast)
    first, second = books.sell(cast.anas, 50_000, at=make.at(0)), books.sell(cast.anas, 10_000, at=make.at(1))
    books.price(first, second, now=make.at(2))
    books.refund(second, 2_500, at=make.at(20))
    books.price(second, now=make.at(20))
    release_holds(make.at(33), 100)
    run = draft_run(cast.program, "csv", as_of=make.at(33), now=make.at(33), by="fin@harbour.example")
    approve_run(run, now=make.at(33), by="owner@harbour.example")
    open_run(run, now=make.at(33), by="owner@harbour.example")
    settle_payout(Payout.objects.get(run=run), reference="B-1", now=make.at(34), by="fin@harbour.example")
    casual = Tier.objects.get(program=cast.program, key="casual")
    TierChange.objects.create(enrolment=cast.anas, tier=cast.anas.tier, at=make.at(-200))
    TierChange.objects.create(enrolment=cast.anas, tier=casual, at=make.at(10))
    months = [accruals_of(cast.program, date(2026, month, 1), LATER) for month in (5, 6)]
    may, june = ({row.account: row for row in one.of_partners} for one in months)
    assert (may["held"].accrued_minor, may["held"].closing_minor, may["held"].tier) == (12_000, 12_000, "casual")
    assert june["held"].reversed_minor == 500
    assert june["held"].moved_minor == -11_500
    assert (june["in_transit"].paid_minor, june["in_transit"].closing_minor) == (11_500, 0)
    assert months[1].totals()["GBP"]["closing_minor"] == 0
    assert june["held"].type == "affiliate"
    assert text_id("enr", cast.anas.pk) in accruals_csv(months[1])


@pytest.mark.django_db
def test_the_file_costs_the_same_queries_for_two_partners_and_for_twenty() -> None:
    program = make.program()
    counts = []
    for batch in (2, 18):
        for number in range(batch):
            who = make.enrolment(make.partner(f"P{batch}-{number}"), program)
            pay_bounty(who, 100, entry_id=new_id(), name="x", now=make.at(), by="olga")
        with CaptureQueriesContext(connection) as seen:
            found = accruals_of(program, date(2026, 5, 1), LATER)
        counts.append(len(seen))
    assert len(found.of_partners) == 20
    assert counts[0] == counts[1] <= 8


def test_months_are_written_in_one_way() -> None:
    assert month_of("2026-05") == date(2026, 5, 1)
    for text in ("", "2026", "2026-13", "2026-5", "2026-05-01", "26-05", "２０２６-05", "0001-01", "9999-12"):
        with pytest.raises(Invalid):
            month_of(text)


@pytest.mark.django_db
def test_the_file_of_a_closed_month_never_changes_whoever_waited_to_book() -> None:
    program = make.program(time_zone="Europe/London")
    who = make.enrolment(make.partner(), program)
    end = datetime(2026, 4, 30, 23, 0, tzinfo=UTC)  # 1 May, 00:00 in London

    def book(at: datetime) -> None:
        pay_bounty(who, 100, entry_id=new_id(), name="x", now=at, by="olga")

    def file(at: datetime) -> tuple[bool, str]:
        found = accruals_of(program, date(2026, 4, 1), at)
        assert not found.wrong
        return found.is_closed, accruals_csv(found)

    book(end - timedelta(hours=1))
    assert not file(end + timedelta(minutes=59))[0]  # somebody may have read the clock before midnight
    book(end + timedelta(minutes=50))
    is_closed, first = file(end + timedelta(minutes=60))
    assert is_closed
    book(end - timedelta(seconds=1))
    assert file(end + timedelta(minutes=61)) == (True, first)
    assert accruals_of(program, date(2026, 5, 1), LATER).totals()[program.currency]["accrued_minor"] == 200
