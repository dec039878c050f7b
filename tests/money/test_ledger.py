"""The books: one door, balanced for ever, chained, and deaf to raw SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from hanse.kernel.errors import Conflict
from hanse.money.ledger.actions import post, post_many
from hanse.money.ledger.models import Account, Entry, Transaction
from hanse.money.ledger.protection import lift, missing_protection, protect
from hanse.money.ledger.queries import balances
from hanse.money.ledger.rules import Unbalanced
from hanse.money.ledger.types import Line, Posting
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.models import Enrolment
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment() -> Enrolment:
    return make.enrolment(make.partner("Ana"), make.program())


def accrual(enrolment: Enrolment, key: str = "accrue:1", amount_minor: int = 843) -> Posting:
    program: UUID = enrolment.program_id
    return Posting(
        key,
        "accrual",
        make.at(),
        (
            Line("program_cost", program, None, -amount_minor, "GBP"),
            Line("held", program, enrolment.id, amount_minor, "GBP"),
        ),
    )


def test_a_posting_moves_money_from_pot_to_pot(enrolment: Enrolment) -> None:
    assert post(accrual(enrolment), make.at()) == 1
    assert balances([enrolment.id])[enrolment.id].held_minor == 843
    assert verify_books() == []


def test_the_same_key_with_the_same_content_is_booked_once(enrolment: Enrolment) -> None:
    assert post(accrual(enrolment), make.at()) == post(accrual(enrolment), make.at(days=3)) == 1
    assert post_many([accrual(enrolment), accrual(enrolment)], make.at()) == [1, 1]
    assert Entry.objects.count() == 2


def test_the_same_key_with_other_content_is_a_conflict(enrolment: Enrolment) -> None:
    post(accrual(enrolment), make.at())
    with pytest.raises(Conflict):
        post(accrual(enrolment, amount_minor=844), make.at())
    with pytest.raises(Conflict):
        post_many([accrual(enrolment, "a", 1), accrual(enrolment, "a", 2)], make.at())
    assert Transaction.objects.count() == 1


def test_postings_that_do_not_add_up_are_refused(enrolment: Enrolment) -> None:
    good = accrual(enrolment)
    first, second = good.entries
    for lines in [
        (first, replace(second, amount_minor=842)),
        (first, replace(second, currency="EUR")),
        (replace(first, amount_minor=0), replace(second, amount_minor=0)),
        (first, replace(second, enrolment_id=None)),
        (first,),
    ]:
        with pytest.raises(Unbalanced):
            post(replace(good, entries=lines), make.at())
    assert not Entry.objects.exists()


def test_numbers_are_dense_and_chained(enrolment: Enrolment) -> None:
    assert post_many([accrual(enrolment, f"k{n}", n + 1) for n in range(5)], make.at()) == [1, 2, 3, 4, 5]
    rows = list(Transaction.objects.order_by("number"))
    assert [row.previous_hash for row in rows] == ["", *[row.hash for row in rows[:-1]]]
    assert verify_books() == []


def test_posting_many_costs_a_fixed_number_of_queries(
    enrolment: Enrolment, django_assert_max_num_queries: Callable[..., object]
) -> None:
    post(accrual(enrolment, "first"), make.at())
    for size in (1, 200):
        with django_assert_max_num_queries(7):
            post_many([accrual(enrolment, f"{size}-{n}") for n in range(size)], make.at())


CHEATS = {
    "update an amount": "UPDATE money_entry SET amount_minor = 1",
    "update a hash": "UPDATE money_transaction SET hash = 'x'",
    "move a pot": "UPDATE money_account SET kind = 'payable' WHERE kind = 'held'",
    "delete entries": "DELETE FROM money_entry",
    "delete a transaction": "DELETE FROM money_transaction",
    "delete a pot": "DELETE FROM money_account",
    "add to a sealed transaction": (
        "INSERT INTO money_entry (id, transaction_id, position, account_id, amount_minor, currency)"
        " SELECT '{fresh}', 1, 7, account_id, 5, currency FROM money_entry WHERE position = 0 LIMIT 1"
    ),
    "seal without entries": (
        "INSERT INTO money_transaction (number, key, cause, note, actor, occurred_at, posted_at, entry_count,"
        " input_hash, previous_hash, hash) SELECT number + 1, 'forged', cause, note, actor, occurred_at, posted_at, 2,"
        " input_hash, hash, 'x' FROM money_transaction WHERE number = 1"
    ),
    "skip a number": (
        "INSERT INTO money_transaction (number, key, cause, note, actor, occurred_at, posted_at, entry_count,"
        " input_hash, previous_hash, hash) SELECT number + 5, 'forged', cause, note, actor, occurred_at, posted_at, 2,"
        " input_hash, hash, 'x' FROM money_transaction WHERE number = 1"
    ),
}
SQLITE_CHEATS = {
    "replace an entry": (
        "INSERT OR REPLACE INTO money_entry (id, transaction_id, position, account_id, amount_minor, currency)"
        " SELECT id, 99, position, account_id, 5, currency FROM money_entry WHERE position = 0"
    ),
    "replace a transaction": (
        "INSERT OR REPLACE INTO money_transaction (number, key, cause, note, actor, occurred_at, posted_at,"
        " entry_count, input_hash, previous_hash, hash) SELECT number, key, 'forged', note, actor, occurred_at,"
        " posted_at, entry_count, input_hash, previous_hash, hash FROM money_transaction"
    ),
    "replace a pot": (
        "INSERT OR REPLACE INTO money_account (id, kind, program_id, enrolment_id, currency)"
        " SELECT id, 'payable', program_id, enrolment_id, currency FROM money_account WHERE kind = 'held'"
    ),
    "update or replace": "UPDATE OR REPLACE money_entry SET position = 0",
    "upsert": (
        "INSERT INTO money_entry (id, transaction_id, position, account_id, amount_minor, currency)"
        " SELECT id, transaction_id, position, account_id, 5, currency FROM money_entry WHERE true"
        " ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor"
    ),
}
POSTGRES_CHEATS = {"truncate": "TRUNCATE money_entry, money_transaction, money_account CASCADE"}


def run_raw(sql: str) -> None:
    """Run a statement as a cheat would, up to the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        connection.check_constraints()


def _cheats() -> dict[str, str]:
    return CHEATS | (POSTGRES_CHEATS if connection.vendor == "postgresql" else SQLITE_CHEATS)


@pytest.mark.parametrize("cheat", [*CHEATS, *SQLITE_CHEATS, *POSTGRES_CHEATS])
@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
def test_the_database_refuses_to_be_cheated(enrolment: Enrolment, cheat: str, recursive_triggers: str) -> None:
    if cheat not in _cheats():
        pytest.skip("a cheat of the other engine")
    post_many([accrual(enrolment), accrual(enrolment, "accrue:2")][:1], make.at())
    before = list(Entry.objects.order_by("id").values()), list(Account.objects.order_by("id").values())
    sql = _cheats()[cheat].replace("{fresh}", "0" * 31 + "7")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA recursive_triggers = {recursive_triggers}")
        with pytest.raises(DatabaseError):
            run_raw(sql)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA recursive_triggers = ON")  # the connection outlives this test
    assert (list(Entry.objects.order_by("id").values()), list(Account.objects.order_by("id").values())) == before
    assert verify_books() == []


def test_unbalanced_entries_cannot_be_sealed(enrolment: Enrolment) -> None:
    post(accrual(enrolment), make.at())
    with pytest.raises(DatabaseError, match="add up"):
        seal_unbalanced(Account.objects.all()[0])
    assert Entry.objects.count() == 2


@transaction.atomic
def seal_unbalanced(account: Account) -> None:
    for position, amount in ((0, 5), (1, -4)):
        Entry.objects.create(transaction_id=2, position=position, account=account, amount_minor=amount, currency="GBP")
    run_raw(CHEATS["seal without entries"])


def test_protection_that_was_lifted_is_noticed_and_put_back(enrolment: Enrolment) -> None:
    assert missing_protection(connection) == []
    lift(connection)
    assert len(missing_protection(connection)) >= 9
    assert any(finding.check == "ledger protection" for finding in verify_books())
    protect(connection)
    protect(connection)
    assert missing_protection(connection) == []


@pytest.mark.parametrize(
    ("forgery", "check"),
    [
        ("UPDATE money_entry SET amount_minor = amount_minor + 1 WHERE position = 0", "ledger balance"),
        ("UPDATE money_entry SET amount_minor = amount_minor * 2", "ledger content"),
        ("UPDATE money_transaction SET note = 'gift'", "ledger content"),
        ("UPDATE money_transaction SET posted_at = occurred_at WHERE number = 2", "ledger chain"),
        ("DELETE FROM money_entry WHERE transaction_id = 2", "ledger balance"),
    ],
)
def test_books_changed_behind_our_back_are_found(enrolment: Enrolment, forgery: str, check: str) -> None:
    post_many([accrual(enrolment, f"k{n}") for n in range(3)], make.at(days=1))
    assert verify_books() == []
    lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(forgery)
    protect(connection)
    assert check in {finding.check for finding in verify_books()}


def test_a_transaction_removed_from_the_chain_is_found(enrolment: Enrolment) -> None:
    post_many([accrual(enrolment, f"k{n}") for n in range(3)], make.at())
    lift(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM money_entry WHERE transaction_id = 2")
        cursor.execute("DELETE FROM money_transaction WHERE number = 2")
    protect(connection)
    assert "ledger chain" in {finding.check for finding in verify_books()}


def test_who_waited_books_at_the_time_of_who_went_before_and_a_history_keeps_its_own(enrolment: Enrolment) -> None:
    noon = make.at()
    for place, at in enumerate((noon, noon - timedelta(hours=1), noon - timedelta(hours=1, seconds=1), noon)):
        post(accrual(enrolment, f"k{place}"), at)
    times = list(Transaction.objects.order_by("number").values_list("posted_at", flat=True))
    assert times == [noon, noon, noon - timedelta(hours=1, seconds=1), noon]
    assert verify_books() == []
