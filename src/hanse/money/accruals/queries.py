"""Reads of accruals: a program's month out of the ledger, proved against its balances. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from hanse.kernel.clock import Period, add_months, day_starts_at, local_day
from hanse.kernel.errors import Invalid, Problem
from hanse.money.accruals.rules import Line, parts_of
from hanse.money.accruals.types import AccrualRow, Accruals, Part, Place
from hanse.money.ledger.models import Account, Entry, Transaction
from hanse.money.ledger.rules import LONGEST_WAIT
from hanse.programs.enrolments.models import Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

TEST = "test"
_POTS = [kind.value for kind in Account.Kind]
_COLUMNS = ("transaction_id", "account__kind", "account__enrolment_id", "account__currency", "amount_minor")


def accruals_of(program: Program, month: date, now: datetime) -> Accruals:
    """Return what a program's pots held before and after a month, and why, by the day of booking in its zone.

    The month that runs is answered as far as it goes. Raises Invalid for one that has not begun. Each closing is
    compared with the balance that the ledger itself adds up. Eight queries.
    """
    period = _period(program, month)
    if period.starts_at > now:
        raise Invalid([Problem("/month", _("This month has not begun yet."), "in_the_future")])
    opening, closing = _held(program.pk, period.starts_at), _held(program.pk, period.ends_at)
    moved = _moved(program.pk, period)
    places = opening.keys() | moved.keys() | closing.keys()
    folded = {place: opening.get(place, 0) + moved.get(place, Part()).change_minor for place in places}
    rows = _rows(program, period.ends_at, places, opening, moved, folded)
    last = Transaction.objects.filter(posted_at__lt=period.ends_at).order_by("-number").values_list("number", "hash")
    number, hashed = last.first() or (0, "")
    return Accruals(
        program.name, program.slug, program.currency, month, period, is_closed(program, month, now), rows, number,
        hashed, [place for place in places if folded[place] != closing.get(place, 0)],
    )  # fmt: skip


def is_closed(program: Program, month: date, now: datetime) -> bool:
    """Say whether nothing can be booked in a month any more: an hour after its end, in the program's zone."""
    return _period(program, month).closed(now - LONGEST_WAIT)


def _period(program: Program, month: date) -> Period:
    zone = program.time_zone
    return Period(day_starts_at(month, zone), day_starts_at(add_months(month, 1), zone))


def months_with_bookings(program: Program, now: datetime) -> list[date]:
    """Return the months for which there is a file, the newest first. One query."""
    rows = Entry.objects.filter(account__program=program).order_by("transaction_id")
    first = rows.values_list("transaction__posted_at", flat=True).first()
    if first is None:
        return []
    month, until = local_day(first, program.time_zone).replace(day=1), local_day(now, program.time_zone)
    found = []
    while month <= until:
        found.append(month)
        month = add_months(month, 1)
    return found[::-1]


def _held(program_id: UUID, until: datetime) -> dict[Place, int]:
    rows = Entry.objects.filter(account__program_id=program_id, transaction__posted_at__lt=until)
    columns = ("account__kind", "account__enrolment_id", "account__currency")
    sums = rows.order_by().values(*columns).annotate(sum=Sum("amount_minor"))
    return {(kind, who, currency): sum for kind, who, currency, sum in sums.values_list(*columns, "sum")}


def _moved(program_id: UUID, period: Period) -> dict[Place, Part]:
    found: dict[Place, Part] = {}
    for lines in _transactions(program_id, period):
        for place, part in parts_of(lines):
            found[place] = found.get(place, Part()).plus(part)
    return found


def _transactions(program_id: UUID, period: Period) -> Iterator[list[Line]]:
    rows = Entry.objects.filter(
        account__program_id=program_id, transaction__posted_at__gte=period.starts_at,
        transaction__posted_at__lt=period.ends_at,
    )  # fmt: skip
    listed = rows.order_by("transaction_id", "position").values_list(*_COLUMNS).iterator(chunk_size=5_000)
    for _number, lines in groupby(listed, key=lambda row: row[0]):
        yield [((kind, who, currency), minor) for _number, kind, who, currency, minor in lines]


def _rows(
    program: Program, until: datetime, places: Collection[Place], opening: Mapping[Place, int],
    moved: Mapping[Place, Part], closing: Mapping[Place, int],
) -> list[AccrualRow]:  # fmt: skip
    names, tiers, found = _names(program.pk), tiers_at(program.pk, until), []
    for place in places:
        account, who, currency = place
        part = moved.get(place, Part())
        numbers = (
            opening.get(place, 0), part.accrued_minor, part.reversed_minor, part.moved_minor, part.paid_minor,
            closing[place],
        )  # fmt: skip
        if any(numbers):
            name, kind = names.get(who, ("", "")) if who else ("", "")
            found.append(AccrualRow(who, name, kind, tiers.get(who, "") if who else "", account, currency, *numbers))
    return sorted(
        found,
        key=lambda row: (
            row.enrolment_id is None, row.partner.casefold(), str(row.enrolment_id), _POTS.index(row.account),
            row.currency,
        ),
    )  # fmt: skip


def _names(program_id: UUID) -> dict[UUID, tuple[str, str]]:
    rows = Enrolment.objects.filter(program_id=program_id).order_by()
    columns = ("id", "partner__name", "partner__types", "is_test")
    return {
        id: (name, TEST if is_test else first_type(types)) for id, name, types, is_test in rows.values_list(*columns)
    }


def first_type(types: object) -> str:
    """Return the type under which a partner's money is counted: the first of theirs, so that types add up."""
    return str(types[0]) if isinstance(types, list) and types else ""


def tiers_at(program_id: UUID, at: datetime) -> dict[UUID, str]:
    """Return the key of each enrolment's tier right before a moment; before its first move, the one it was first put
    into. Three queries."""
    keys = dict(Tier.objects.filter(program_id=program_id).values_list("id", "key"))
    found = {
        id: keys.get(tier_id, "") if tier_id else ""
        for id, tier_id in Enrolment.objects.filter(program_id=program_id).order_by().values_list("id", "tier_id")
    }
    moves = TierChange.objects.filter(enrolment__program_id=program_id).order_by("at", "id")
    first: dict[UUID, str] = {}
    before: dict[UUID, str] = {}
    for id, tier_id, moved_at in moves.values_list("enrolment_id", "tier_id", "at"):
        key = keys.get(tier_id, "") if tier_id else ""
        first.setdefault(id, key)
        if moved_at < at:
            before[id] = key
    return found | first | before
