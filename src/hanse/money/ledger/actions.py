"""The one door to the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connections, router
from django.utils.translation import gettext as _

from hanse.kernel.errors import Conflict
from hanse.kernel.ids import new_id
from hanse.money.ledger.models import Account, Entry, Transaction
from hanse.money.ledger.rules import GENESIS, booked_at, chain_hash, check_posting, hashed_line, input_hash
from hanse.money.ledger.types import Line, Posting
from hanse.spine.bulk import insert_many

_CHAIN_LOCK = 0x48414E5345  # "HANSE": one number for the one chain
_CHUNK = 5_000
AccountKey = tuple[str, UUID, UUID | None, str]


def post(posting: Posting, now: datetime) -> int:
    """Book one balanced set of lines and return its transaction number. See `post_many`."""
    return post_many([posting], now)[0]


def post_many(postings: Sequence[Posting], now: datetime) -> list[int]:
    """Book postings, dated now (`rules.booked_at`), and return their transaction numbers in the order given.

    A key that is booked with the same content is left as it is (its number is returned); with other content the
    whole call raises Conflict. Unbalanced postings raise Unbalanced. The caller holds the database transaction.
    """
    if not postings:
        return []
    for posting in postings:
        check_posting(posting)
    lock_chain()
    hashes = [_input_hash(posting) for posting in postings]
    numbers = _booked_numbers(postings, hashes)
    fresh: dict[str, tuple[Posting, str]] = {}
    for posting, hashed in zip(postings, hashes, strict=True):
        if posting.key not in numbers:
            _refuse_other_content(posting.key, fresh.setdefault(posting.key, (posting, hashed))[1], hashed)
    numbers |= _book(list(fresh.values()), now)
    return [numbers[posting.key] for posting in postings]


def lock_chain() -> None:
    """Make every other writer of the books wait for our transaction; on SQLite BEGIN IMMEDIATE has done so.

    Verbs of money call it before they lock or change any row of theirs, so that no two ever wait for each other.
    """
    connection = connections[router.db_for_write(Transaction)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def _input_hash(posting: Posting) -> str:
    lines = (hashed_line(line) for line in posting.entries)
    return input_hash(posting.key, posting.cause, posting.occurred_at, posting.note, posting.actor, lines)


def _booked_numbers(postings: Sequence[Posting], hashes: Sequence[str]) -> dict[str, int]:
    wanted = {posting.key: hashed for posting, hashed in zip(postings, hashes, strict=True)}
    keys, numbers = list(wanted), {}
    for start in range(0, len(keys), _CHUNK):
        rows = Transaction.objects.filter(key__in=keys[start : start + _CHUNK])
        for key, number, booked_hash in rows.values_list("key", "number", "input_hash"):
            _refuse_other_content(key, booked_hash, wanted[key])
            numbers[key] = number
    return numbers


def _refuse_other_content(key: str, booked: str, asked: str) -> None:
    if booked != asked:
        message = _("“%(key)s” is booked with other content.") % {"key": key}
        raise Conflict(message, first_hash=booked, second_hash=asked)


def _book(fresh: Sequence[tuple[Posting, str]], now: datetime) -> dict[str, int]:
    if not fresh:
        return {}
    accounts = _accounts(line for posting, _hash in fresh for line in posting.entries)
    head = Transaction.objects.order_by("-number").values_list("number", "hash", "posted_at").first()
    number, previous, latest = head or (0, GENESIS, now)
    now = booked_at(now, latest)
    entries: list[dict[str, object]] = []
    transactions: list[dict[str, object]] = []
    numbers: dict[str, int] = {}
    for posting, hashed in fresh:
        number += 1
        numbers[posting.key] = number
        entries += _entry_rows(posting.entries, number, accounts)
        transactions.append(_transaction_row(posting, number, previous, hashed, now))
        previous = str(transactions[-1]["hash"])
    insert_many(Entry, entries)  # entries first: the row that seals them is checked against them when it arrives
    insert_many(Transaction, transactions)
    return numbers


def _transaction_row(posting: Posting, number: int, previous: str, hashed: str, now: datetime) -> dict[str, object]:
    return {
        "number": number, "key": posting.key, "cause": posting.cause, "note": posting.note, "actor": posting.actor,
        "occurred_at": posting.occurred_at, "posted_at": now, "entry_count": len(posting.entries),
        "input_hash": hashed, "previous_hash": previous, "hash": chain_hash(previous, number, now, hashed),
    }  # fmt: skip


def _entry_rows(lines: Sequence[Line], number: int, accounts: dict[AccountKey, UUID]) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(), "transaction_id": number, "position": position, "account_id": accounts[_account_key(line)],
            "amount_minor": line.amount_minor, "currency": line.currency, "commission_id": line.commission_id,
        }
        for position, line in enumerate(lines)
    ]  # fmt: skip


def _account_key(line: Line) -> AccountKey:
    return (line.kind, line.program_id, line.enrolment_id, line.currency)


def _accounts(lines: Iterable[Line]) -> dict[AccountKey, UUID]:
    """Return the account of every pot, opening those that are touched for the first time."""
    wanted = {_account_key(line) for line in lines}
    known = _known_accounts(wanted)
    missing = sorted(wanted - known.keys(), key=str)
    insert_many(
        Account,
        [
            {"id": new_id(), "kind": kind, "program_id": program, "enrolment_id": enrolment, "currency": currency}
            for kind, program, enrolment, currency in missing
        ],
    )
    return known if not missing else _known_accounts(wanted)


def _known_accounts(wanted: set[AccountKey]) -> dict[AccountKey, UUID]:
    enrolments = list({enrolment for _kind, _program, enrolment, _currency in wanted if enrolment})
    programs = list({program for _kind, program, _enrolment, _currency in wanted})
    columns = ("kind", "program_id", "enrolment_id", "currency", "id")
    rows = list(Account.objects.filter(enrolment=None, program_id__in=programs).values_list(*columns))
    for start in range(0, len(enrolments), _CHUNK):
        chunk = enrolments[start : start + _CHUNK]
        rows += Account.objects.filter(enrolment_id__in=chunk).values_list(*columns)
    found = {(kind, program, enrolment, currency): id for kind, program, enrolment, currency, id in rows}
    return {key: id for key, id in found.items() if key in wanted}
