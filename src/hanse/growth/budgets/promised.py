"""What is promised in a quarter and not booked yet: floors and fees, offers out, deliverables, prizes, joint projects,
benefits. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from hanse.growth.budgets.types import Member, Promised, Source
from hanse.growth.budgets.waiting import place_of, waiting_offers
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.queries import open_budgets
from hanse.growth.comarketing.rules import planned as planned_costs
from hanse.growth.deliverables.fees import days_of_work, promised_fees
from hanse.growth.deliverables.models import Deliverable
from hanse.growth.deliverables.rules import OPEN
from hanse.kernel.clock import Period, local_day
from hanse.money.benefits.models import Benefit
from hanse.money.benefits.rules import benefit_lines, has_benefits
from hanse.money.commissions.earners import earner_records
from hanse.money.commissions.types import EarnerRecord
from hanse.money.promises.models import Promise
from hanse.money.promises.reading import promised_to, promising, times_of
from hanse.money.promises.rules import has_promises
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.rules import deliverables_in

_SOURCES: Mapping[str, Source] = {"floor": "floor", "top_up": "top_up", "fee": "fee", "forgiven": "advance"}
_AT_THE_CLOSE = ("floor", "top_up", "forgiven")
_COVERED = ("top_up", "forgiven")
_LIVE = (ChallengeEntry.State.REACHED, ChallengeEntry.State.WAITING)


@dataclass(slots=True)
class Reading:
    """One quarter of one program, with everybody in it."""

    program: Program
    period: Period
    members: Mapping[UUID, Member]
    now: datetime
    records: Mapping[UUID, EarnerRecord]

    def counts(self, enrolment_id: UUID) -> bool:
        """Say whether somebody may be promised something."""
        return enrolment_id in self.members and self.members[enrolment_id].counts

    def falls_in(self, day: date) -> bool:
        """Say whether what is open on a day falls into the quarter; what is overdue falls on today."""
        zone = self.program.time_zone
        due = max(day, local_day(self.now, zone))
        return local_day(self.period.starts_at, zone) <= due < local_day(self.period.ends_at, zone)


def promised_in(program: Program, period: Period, members: Mapping[UUID, Member], now: datetime) -> list[Promised]:
    """Return everything that is promised in a quarter and not booked, delivered or paid yet."""
    (versions,) = dated_terms([program.pk]).values()
    keeps = any(has_promises(one.body) or has_benefits(one.body) for one in versions)
    ids = [one.enrolment_id for one in members.values() if one.counts] if keeps else []
    reading = Reading(program, period, members, now, earner_records(ids))
    return [
        *_by_terms(reading), *_proposals(reading), *_deliverables(reading), *_prizes(reading), *_joint(reading),
        *_benefits(reading),
    ]  # fmt: skip


def _by_terms(reading: Reading) -> Iterator[Promised]:
    """What terms will owe by the quarter's end if nothing more is sold and all is signed, less what is booked of it."""
    records, zone = promising(reading.records), reading.program.time_zone
    if not records:
        return
    columns = ("enrolment_id", "terms_id", "clause", "kind", "starts_at")
    booked: dict[tuple[object, ...], int] = {
        tuple(place): minor
        for *place, minor in Promise.objects.filter(enrolment_id__in=records).values_list(*columns, "owed_minor")
    }
    until = reading.period.ends_at
    for one in promised_to(records, dict.fromkeys(records, until), sign_at=reading.now):
        for line in one.lines:
            at = line.ends_at - timedelta(seconds=1) if line.kind in _AT_THE_CLOSE else line.starts_at
            if line.kind not in _SOURCES or at not in reading.period:
                continue
            place = (one.record.id, line.terms_id, line.clause, line.kind, line.starts_at)
            ahead = line.amount_minor - booked.get(place, 0)
            if ahead:
                yield Promised(
                    _SOURCES[line.kind], one.record.id, ahead, "", local_day(at, zone), line.kind in _COVERED
                )


def _proposals(reading: Reading) -> Iterator[Promised]:
    """What our own offers would owe beyond what is in force, were they accepted today."""
    offers = [one for one in waiting_offers(reading.program, reading.now) if reading.counts(one.enrolment_id)]
    named = {id for one in offers for id in deliverables_in(one.body)}
    work = days_of_work(reading.program, named, reading.now) if named else {}
    for one in offers:
        record = reading.records.get(one.enrolment_id)
        before = record.version_at(one.within.starts_at) if record else None
        body, days = before.body if before else None, work.get(one.enrolment_id, {})
        more = one.beyond(body, place_of(before), reading.period, reading.program.time_zone, days)
        for amount, covered in zip(more, (False, True), strict=True):
            if amount:
                yield Promised("proposal", one.enrolment_id, amount, "", None, covered)


def _deliverables(reading: Reading) -> Iterator[Promised]:
    """Fees of what is asked, agreed or looked at: its own, and those that terms promise for it; also of who left, for
    what they still hand in is paid."""
    found = Deliverable.objects.filter(program=reading.program, state__in=OPEN).select_related("enrolment")
    rows = [row for row in found.order_by("due_on", "id") if row.enrolment_id in reading.members]
    fees = promised_fees(rows, reading.now)
    for row in rows:
        if fees[row.pk].minor and reading.falls_in(row.due_on):
            yield Promised("deliverable", row.enrolment_id, fees[row.pk].minor, row.title, row.due_on)


def _prizes(reading: Reading) -> Iterator[Promised]:
    """Prizes of open challenges: for those who reached it, and as many more as may win; without a number of winners
    only for those who reached it."""
    entries = ChallengeEntry.objects.filter(challenge__program=reading.program, state__in=_LIVE).order_by("id")
    reached: dict[UUID, list[UUID]] = {}
    for challenge_id, enrolment_id in entries.values_list("challenge_id", "enrolment_id"):
        reached.setdefault(challenge_id, []).append(enrolment_id)
    won = Count("entries", filter=Q(entries__state=ChallengeEntry.State.WON))
    rows = Challenge.objects.filter(program=reading.program).exclude(opened_at=None).annotate(won=won)
    is_open = Q(cancelled_at=None, ends_on__gte=local_day(reading.now, reading.program.time_zone))
    for row in rows.filter(is_open | Q(pk__in=list(reached))).order_by("ends_on", "id"):
        if not row.prize_minor or not reading.falls_in(row.ends_on):
            continue
        winners = reached.get(row.pk, [])
        for enrolment_id in winners:
            yield Promised("prize", enrolment_id, row.prize_minor, row.name, row.ends_on)
        runs = row.cancelled_at is None and row.ends_on >= local_day(reading.now, reading.program.time_zone)
        left = (row.most_winners or 0) - row.won - len(winners) if runs else 0
        if left > 0:
            yield Promised("prize", None, left * row.prize_minor, row.name, row.ends_on)


def _joint(reading: Reading) -> Iterator[Promised]:
    """Our share of the costs of projects that are agreed and have no result yet, or that we have proposed."""
    for one in open_budgets(reading.program.pk):
        if one.amount_minor and reading.counts(one.enrolment_id) and reading.falls_in(one.happens_on):
            yield Promised("joint", one.enrolment_id, one.amount_minor, "", one.happens_on)
    asked = JointProject.objects.filter(program=reading.program, state=JointProject.State.ASKED, last_by="us")
    for row in asked.prefetch_related("costs").order_by("happens_on", "id"):
        minor = planned_costs(row.costs.all(), row.our_cost_ppm).ours_minor
        if minor and reading.counts(row.enrolment_id) and reading.falls_in(row.happens_on):
            yield Promised("joint", row.enrolment_id, minor, row.title, row.happens_on)


def _benefits(reading: Reading) -> Iterator[Promised]:
    """What is owed in kind and was not delivered, and what the quarter's later periods will owe."""
    rows = Benefit.objects.filter(program=reading.program).order_by("starts_at", "id")
    known: set[tuple[UUID, UUID | None, int, datetime]] = set()
    zone = reading.program.time_zone
    columns = ("enrolment_id", "terms_id", "clause", "starts_at")
    for *place, worth, name, is_open in rows.annotate(
        is_open=Q(delivered_on=None, dropped_at=None)
    ).values_list(*columns, "worth_minor", "name", "is_open"):  # fmt: skip
        known.add((place[0], place[1], place[2], place[3]))
        day = local_day(place[3], zone)
        if is_open and worth and reading.counts(place[0]) and reading.falls_in(day):
            yield Promised("benefit", place[0], worth, name, day)
    keeping = {id: one for id, one in reading.records.items() if any(has_benefits(v.body) for v in one.versions)}
    times = times_of(keeping) if keeping else {}
    for id, record in keeping.items():
        for line in benefit_lines(record.earner, times[id], reading.period.ends_at - timedelta(microseconds=1)):
            place_of = (id, line.terms_id, line.clause, line.starts_at)
            day = local_day(line.starts_at, zone)
            if line.worth_minor and place_of not in known and line.starts_at in reading.period:
                yield Promised("benefit", id, line.worth_minor, line.name, day)
