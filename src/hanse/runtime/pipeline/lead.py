"""Leading the pipeline: batch after batch, each in one transaction with the position that says it is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import router, transaction

from hanse.insight.rollups.actions import settle_ledger
from hanse.journal.port import Journal
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.runtime.pipeline.batch import Batch
from hanse.runtime.pipeline.collector import without_collector
from hanse.runtime.pipeline.needs import needs_met
from hanse.runtime.pipeline.reading import ReadAhead, Unit, Unreadable
from hanse.runtime.pipeline.result import BatchResult
from hanse.runtime.pipeline.steps import STEPS, Step, offers_of
from hanse.runtime.pipeline.verdicts import verdict_of_failure
from hanse.runtime.sparing import PASSING, by_halves
from hanse.spine.intake.actions import leave_verdicts, remember_facts
from hanse.spine.intake.queries import known_facts
from hanse.spine.intake.types import Arrival
from hanse.spine.parked.actions import park_facts, put_off, set_record_aside
from hanse.spine.parked.queries import overdue_facts
from hanse.spine.parked.types import Parking
from hanse.spine.positions.actions import begin, give_back_lease, keep_lease, move, note_moment, take_lease
from hanse.spine.positions.queries import database_now, last_moved_at, place_of
from hanse.spine.positions.types import PIPELINE, ROUND, Place
from hanse.traffic.attribution.subjects import touched_by_people
from hanse.traffic.clicks.actions import record_clicks
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.types import ClickArrival, RecordedClick
from hanse.traffic.conversions.customer_history import rederive_newness
from hanse.traffic.customers.queries import lately_listed, lately_unlisted

NAME = PIPELINE
HOLD_SECONDS = 0.18  # how long a batch should keep SQLite's write lock; 0.2 is the bar
SMALLEST, LARGEST = 100, 2_000  # a batch's own price is that of about 60 facts: smaller ones free the lock no sooner
LOOK_ROUND = timedelta(seconds=30)  # how often facts that waited long enough and new coupons are looked for
LEASE_SECONDS = 9
COUPONS_BACK = timedelta(minutes=10)
ROUNDS = 40  # of up to 500 facts that waited, before the journal has its turn again

_log = structlog.get_logger("hanse.pipeline")


class LostLead(HanseError):
    """Another worker has moved the position: this one stops."""


class WrongJournal(HanseError):
    """The position belongs to another journal, or lies beyond this one's end: a store was restored alone."""


_PASSING: tuple[type[Exception], ...] = (*PASSING, LostLead)  # no fact's own fault


class Pipeline:
    """Applies the journal to the stores. One leads at a time; a second one notices and raises LostLead.

    With a `holder` name it works only while it has the lease, so that many workers do not get in each other's way;
    without one the caller sees to it. `steps` can be replaced where a test wants to stop between them.
    """

    def __init__(self, journal: Journal, steps: Sequence[Step] = STEPS, holder: str = "") -> None:
        self._journal, self._steps, self._holder = journal, steps, holder
        self._leads_until = 0.0
        self._ahead = ReadAhead(journal)
        self._limit = 200
        self._looked_at: datetime | None = None
        self._checked = False

    def run_once(self, now: datetime | None = None) -> BatchResult:
        """Apply one batch, sized so that the write lock is held about HOLD_SECONDS. Raises LostLead, WrongJournal."""
        if not self._leads():
            return BatchResult()
        moment = now or clock.now()
        began = time.monotonic()
        result = self._run(moment, self._limit)
        if result.facts:
            self._adapt(result.facts, time.monotonic() - began)
        return result + self._look_round(moment)

    def drain(self, now: datetime | None = None, limit: int = LARGEST) -> BatchResult:
        """Apply everything that is there, without rests: for imports, demos and tests."""
        total = BatchResult()
        while (result := self._run(now or clock.now(), limit)).facts:
            total += result
        return total + self._look_round(now or clock.now(), at_once=True)

    def step_down(self) -> None:
        """Let the next worker lead at once."""
        if self._holder:
            give_back_lease(NAME, self._holder, database_now())

    def _run(self, now: datetime, limit: int) -> BatchResult:
        place = self._place(now)
        with without_collector():
            units = self._ahead.units(place, limit)
        return self._apply(units, place, now) if units else BatchResult()

    def _leads(self) -> bool:
        """Take or renew the lease, where workers share the work; asking again only when a third of it is over."""
        if self._holder and time.monotonic() >= self._leads_until:
            if not take_lease(NAME, self._holder, database_now(), LEASE_SECONDS):
                return False
            self._leads_until = time.monotonic() + LEASE_SECONDS / 3
        return True

    def _place(self, now: datetime) -> Place:
        place, journal_id = place_of(NAME)
        if not journal_id:
            begin(NAME, str(self._journal.journal_id), now)
        elif journal_id != str(self._journal.journal_id):
            raise WrongJournal("The pipeline's position was taken in another journal; restore both from one backup.")
        if not self._checked and place.sequence > self._journal.end():
            raise WrongJournal("The pipeline's position lies beyond the journal's end; restore both from one backup.")
        self._checked = True
        return place

    def _apply(self, units: Sequence[Unit], place: Place, now: datetime) -> BatchResult:
        """Apply units; where that fails, look for the poisonous one by halves and set it aside alone."""
        try:
            with without_collector():
                return self._attempt(units, place, now)
        except _PASSING:
            raise
        except Exception as error:
            if len(units) == 1:
                return self._apply_alone(units[0], place, now, error)
            middle = len(units) // 2
            first = self._apply(units[:middle], place, now)
            return first + self._apply(units[middle:], units[middle - 1].place, now)

    def _apply_alone(self, unit: Unit, place: Place, now: datetime, error: Exception) -> BatchResult:
        """Give one unit a last chance without the parked facts that it calls back; then set it aside."""
        try:
            return self._attempt([unit], place, now, calls_back=False)
        except _PASSING:
            raise
        except Exception:
            _log.exception("fact_set_aside", sequence=place.sequence, kind=type(unit.item).__name__)
        self._set_aside(unit, place, now, error)
        return BatchResult(facts=1, set_aside=1, batches=1)

    def _attempt(self, units: Sequence[Unit], place: Place, now: datetime, *, calls_back: bool = True) -> BatchResult:
        items = [unit.item for unit in units]
        click_arrivals = [item for item in items if isinstance(item, ClickArrival)]
        batch = Batch(now, [item for item in items if isinstance(item, Arrival)], calls_back=calls_back)
        own_store = router.db_for_write(Click) != "default"
        if click_arrivals and own_store:
            batch.clicks = _clicks_first(click_arrivals)
        with transaction.atomic():
            self._move(place, units[-1].place, now)
            if click_arrivals and not own_store:
                batch.clicks = record_clicks(click_arrivals)
            for item in items:
                if isinstance(item, Unreadable):
                    set_record_aside(item.sequence, 0, item.body, item.error, now)
            for step in self._steps:
                step(batch)
            if not calls_back:
                put_off(offers_of(batch.fresh), now)
        self._ahead.done(units[-1].place)
        return _counted(batch, len(units), sum(isinstance(item, Unreadable) for item in items))

    def _set_aside(self, unit: Unit, place: Place, now: datetime, error: Exception) -> None:
        with transaction.atomic():
            self._move(place, unit.place, now)
            if isinstance(unit.item, Arrival):
                _park_failed(unit.item, error, now)
            else:
                set_record_aside(unit.item.sequence, place.index, repr(unit.item).encode(), repr(error), now)
        self._ahead.done(unit.place)

    def _move(self, old: Place, new: Place, now: datetime) -> None:
        """Move the position and keep the lease, first thing in the transaction of the effects: one who was away for
        too long finds either gone and undoes nothing, having done nothing."""
        if not move(NAME, old, new, now) or (self._holder and not keep_lease(NAME, self._holder, LEASE_SECONDS)):
            self._leads_until = 0.0
            raise LostLead("Another worker leads the pipeline.")

    def _look_round(self, now: datetime, *, at_once: bool = False) -> BatchResult:
        """Now and then: facts that have waited as long as they may or are to be tried again, new coupons, statuses
        that hold from an earlier moment, and what was booked without any fact (a hold that ended) for the rollups."""
        if not at_once and self._looked_at is not None and timedelta(0) <= now - self._looked_at < LOOK_ROUND:
            return BatchResult()
        self._looked_at = now
        since = (last_moved_at(ROUND) or last_moved_at(NAME) or now) - COUPONS_BACK
        result = BatchResult()
        put_off(needs_met(), now)
        for _round in range(ROUNDS):
            if not (overdue := overdue_facts(now)):
                break
            result += self._try_together(overdue, now)
        self._decide_again(touched_by_people(since), lately_listed(since) | lately_unlisted(since), now)
        with transaction.atomic():
            settle_ledger(now)
            note_moment(ROUND, now)
        return result

    def _decide_again(self, conversions: set[UUID], customers: set[UUID], now: datetime) -> None:
        """Decide again what people touched, and all orders of customers whose newness they changed."""

        def decide(ids: Sequence[UUID]) -> None:
            place = self._place(now)
            self._move(place, place, now)
            batch = Batch(now, late_credit=conversions.intersection(ids))
            batch.changed |= rederive_newness(customers.intersection(ids), batch.watch)
            batch.late_credit |= batch.changed
            for step in self._steps:
                step(batch)

        if conversions or customers:
            by_halves("late_decisions", sorted(conversions | customers), decide, _PASSING)

    def _try_together(self, arrivals: list[Arrival], now: datetime) -> BatchResult:
        """Try many that waited in one batch, as an import of rates lets go; where that fails, one by one."""
        place = self._place(now)
        try:
            with transaction.atomic():
                self._move(place, place, now)
                batch = Batch(now, returning=arrivals)
                for step in self._steps:
                    step(batch)
            return _counted(batch, len(arrivals), 0)
        except _PASSING:
            raise
        except Exception:
            result = BatchResult()
            for arrival in arrivals:
                result += self._try_again(arrival, now)
            return result

    def _try_again(self, arrival: Arrival, now: datetime) -> BatchResult:
        place = self._place(now)
        try:
            with transaction.atomic():
                self._move(place, place, now)
                batch = Batch(now, returning=[arrival])
                for step in self._steps:
                    step(batch)
            return _counted(batch, 1, 0)
        except _PASSING:
            raise
        except Exception as error:
            _log.exception("fact_set_aside", parked=str(arrival.parked_id))
            with transaction.atomic():
                _park_failed(arrival, error, now)
            return BatchResult(facts=1, set_aside=1, batches=1)

    def _adapt(self, facts: int, seconds: float) -> None:
        """Let the next batch hold the lock as long as it should, growing and shrinking by half at most."""
        wanted = facts * HOLD_SECONDS / max(seconds, 0.001)
        self._limit = int(min(LARGEST, max(SMALLEST, wanted, self._limit / 2), self._limit * 1.5 + 1))


def _clicks_first(arrivals: Sequence[ClickArrival]) -> list[RecordedClick]:
    """Commit clicks to their own store before everything else: a batch applied again finds them and goes on."""
    with transaction.atomic(using=router.db_for_write(Click)):
        return record_clicks(arrivals)


def _park_failed(arrival: Arrival, error: Exception, now: datetime) -> None:
    detail = {"error": f"{type(error).__name__}: {error}"[:1000]}
    known = {} if arrival.parked_id else known_facts([arrival])
    if arrival.key in known and known[arrival.key].revision < arrival.revision:
        arrival = replace(arrival, amends=True)
    park_facts([Parking(arrival, "failed", "failed", detail=detail)])
    if arrival.parked_id is None and (arrival.amends or arrival.key not in known):
        verdict = verdict_of_failure(arrival, detail["error"])
        remember_facts([arrival], {arrival.key: verdict})
        if arrival.wait:
            leave_verdicts([(arrival.sequence, arrival.index, 200, verdict)], now)


def _counted(batch: Batch, facts: int, unreadable: int) -> BatchResult:
    return BatchResult(
        facts=facts, clicks=len(batch.clicks), conversions=len(batch.new), repeated=len(batch.repeated),
        parked=len(batch.parkings), set_aside=unreadable, batches=1,
    )  # fmt: skip
