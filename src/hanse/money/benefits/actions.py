"""Verbs of benefits: owe what periods bring, note what was delivered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.rules import BenefitLine, benefit_lines, has_benefits
from hanse.money.commissions.earners import earner_records
from hanse.money.promises.reading import times_of
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks

Place = tuple[UUID, int, datetime]  # terms, clause, start


def owe_benefits(now: datetime, *, after: UUID | None = None, limit: int = 200) -> UUID | None:
    """Write down what is owed in kind for periods that have begun; a second run writes nothing.

    What is not owed any more (other terms, somebody left) and was not delivered drops out. Returns the id to go on
    `after`; None: done.
    """
    rows = Enrolment.objects.filter(program_id__in=_promising(), is_test=False).order_by("id")
    ids = list((rows.filter(id__gt=after) if after else rows).values_list("id", flat=True)[:limit])
    records = earner_records(ids)
    known: dict[UUID, dict[Place, Benefit]] = {one: {} for one in ids}
    for row in Benefit.objects.filter(enrolment_id__in=ids):
        if row.terms_id is not None:
            known[row.enrolment_id][(row.terms_id, row.clause, row.starts_at)] = row
    times, fresh = times_of(records), list[Benefit]()
    for id, record in records.items():
        wanted = {_place(line): line for line in benefit_lines(record.earner, times[id], now)}
        for place, line in wanted.items():
            if place not in known[id]:
                fresh.append(_row(line, id, record.program.id, record.program.currency))
        _drop_and_wake(known[id], wanted, now)
    Benefit.objects.bulk_create(fresh, ignore_conflicts=True)
    return ids[-1] if len(ids) == limit else None


def owe_once(
    enrolment: Enrolment, *, name: str, worth_minor: int, origin: str, within_days: int = 30, now: datetime, by: str
) -> Benefit:
    """Owe somebody one thing in kind that no terms promise: won, or given as thanks. Late after `within_days`.

    `origin` names what it is owed for; the same origin again is the same thing. Raises Invalid.
    """
    checks = Checks()
    name = checks.text("name", name, 200, required=True)
    worth_minor = checks.whole_number("worth", worth_minor, 0, MAX_AMOUNT_MINOR)
    within_days = checks.whole_number("within_days", within_days, 1, 3650)
    origin = checks.text("origin", origin, 120, required=True)
    checks.done()
    known = Benefit.objects.filter(origin=origin).first()
    if known is not None:
        return known
    row = Benefit.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, terms=None, clause=0, origin=origin,
        name=name, starts_at=now, ends_at=now + timedelta(days=within_days), worth_minor=worth_minor,
        currency=enrolment.program.currency,
    )  # fmt: skip
    _record(row, "owe_benefit", now, by, origin)
    return row


def withdraw_once(origin: str, *, reason: str, now: datetime, by: str) -> None:
    """Owe a thing that no terms promise no longer. Refuses what was delivered; what is not owed stays so."""
    row = Benefit.objects.select_for_update().filter(origin=origin, dropped_at=None).first()
    if row is None:
        return
    if row.delivered_on is not None:
        raise Refused("delivered", _("This was delivered already."))
    Benefit.objects.filter(pk=row.pk).update(dropped_at=now)
    _record(row, "withdraw_benefit", now, by, reason)


def deliver_benefit(
    benefit: Benefit, *, on: date, worth_minor: int | None = None, note: str = "", now: datetime, by: str
) -> None:
    """Note that a benefit was delivered, with what it was worth as far as one can tell (else the terms' estimate).

    Refuses a day to come, and one that dropped out. Raises Invalid. Noted again, the newer note holds.
    """
    checks = Checks()
    note = checks.text("note", note, 2000, lines=True)
    worth = (
        benefit.worth_minor if worth_minor is None else checks.whole_number("worth", worth_minor, 0, MAX_AMOUNT_MINOR)
    )
    if on > local_day(now, benefit.program.time_zone):
        checks.refuse("on", _("This day is still to come."), "out_of_range")
    checks.done()
    if benefit.dropped_at is not None:
        raise Refused("not_owed", _("This is not owed any more."))
    benefit.delivered_on, benefit.delivered_worth_minor, benefit.note = on, worth, note
    benefit.noted_by, benefit.noted_at = by[:200], now
    benefit.save(update_fields=["delivered_on", "delivered_worth_minor", "note", "noted_by", "noted_at"])
    _record(benefit, "deliver_benefit", now, by, note)


def take_delivery_back(benefit: Benefit, *, now: datetime, by: str) -> None:
    """Take a note of delivery back: it is owed again."""
    Benefit.objects.filter(pk=benefit.pk).update(delivered_on=None, delivered_worth_minor=None)
    benefit.refresh_from_db()
    _record(benefit, "take_delivery_back", now, by, "")


def _place(line: BenefitLine) -> Place:
    return (line.terms_id, line.clause, line.starts_at)


def _row(line: BenefitLine, enrolment_id: UUID, program_id: UUID, currency: str) -> Benefit:
    return Benefit(
        id=new_id(), program_id=program_id, enrolment_id=enrolment_id, terms_id=line.terms_id, clause=line.clause,
        name=line.name[:200], starts_at=line.starts_at, ends_at=line.ends_at, worth_minor=line.worth_minor,
        currency=currency,
    )  # fmt: skip


def _drop_and_wake(
    known: dict[tuple[UUID, int, datetime], Benefit],
    wanted: dict[tuple[UUID, int, datetime], BenefitLine],
    now: datetime,
) -> None:
    gone = [row.pk for place, row in known.items() if place not in wanted and row.dropped_at is None]
    back = [row.pk for place, row in known.items() if place in wanted and row.dropped_at is not None]
    if gone:
        Benefit.objects.filter(pk__in=gone, delivered_on=None).update(dropped_at=now)
    if back:
        Benefit.objects.filter(pk__in=back).update(dropped_at=None)


def _promising() -> list[UUID]:
    programs = list(Program.objects.order_by("id").values_list("id", flat=True))
    return [id for id, rows in dated_terms(programs).items() if any(has_benefits(row.body) for row in rows)]


def _record(benefit: Benefit, verb: str, now: datetime, by: str, note: str) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="enrolment", subject_id=benefit.enrolment_id, before={},
        after={"name": benefit.name, "on": benefit.delivered_on, "worth": benefit.delivered_worth_minor}, reason=note,
        now=now,
    )  # fmt: skip
