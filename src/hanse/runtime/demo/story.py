"""Plays the year: facts through journal and pipeline step by step, holds released, partners paid on the 15th."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from hanse.bridges.files.types import FileFact
from hanse.journal.port import Journal
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.facts import ClickEnvelope, encode_envelope
from hanse.money.commissions.actions import release_holds
from hanse.money.holds.actions import release_case
from hanse.money.models import Case, Payout
from hanse.money.payouts.actions import approve_run, draft_run, fail_payout, open_run, settle_payout
from hanse.programs.programs.queries import goals_of
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.checkout import telling_record
from hanse.runtime.demo.events import Event
from hanse.runtime.demo.people import FINANCE, MANAGER, ZONE, Stage
from hanse.runtime.imports import fact_records
from hanse.runtime.pipeline import Pipeline

FAR, NEAR = timedelta(days=7), timedelta(days=1)  # steps long ago and in the last weeks, which people look at closely
NEAR_FROM = timedelta(days=60)
FIRST_PAY_AFTER = timedelta(days=40)  # before that every hold still runs
CLOSED_ACCOUNTS = ("KERST", "SKANDI")
Progress = Callable[[str, int, int], None]


class Story:
    """One year on a stage. `play` is called once, on an empty installation."""

    def __init__(
        self, stage: Stage, journal: Journal, pipeline: Pipeline, calendar: DemoCalendar, master_key: bytes
    ) -> None:
        self._stage, self._journal, self._pipeline = stage, journal, pipeline
        self._calendar, self._master_key = calendar, master_key
        self._goals = [goal.key for goal in goals_of(stage.program.pk)]

    def play(self, events: list[Event], progress: Progress) -> None:
        """Let everything happen in its order; the clock of each step stands at its end, or at pay-day's morning."""
        position, until = 0, self._calendar.starts_at
        while until < self._calendar.ends_at:
            step = NEAR if self._calendar.ends_at - until < NEAR_FROM else FAR
            until = min(_next_stop(until, step), self._calendar.ends_at)
            first = position
            while position < len(events) and events[position].at < until:
                position += 1
            self._journal_of(events[first:position])
            self._pipeline.drain(now=until)
            self._release(until)
            if local_day(until, ZONE).day == 15 and until - self._calendar.starts_at > FIRST_PAY_AFTER:
                self._decide_cases(until)
                self._pay(until)
            progress("playing the year", position, len(events))

    def _journal_of(self, events: list[Event]) -> None:
        clicks = tuple(event.click for event in events if event.click)
        records = [encode_envelope(ClickEnvelope(clicks[at : at + 200])) for at in range(0, len(clicks), 200)]
        facts = [event.fact for event in events if event.fact]
        records += fact_records(facts, self._stage.program, self._goals, "shop", self._master_key)
        told = [(event.told, event.at + timedelta(seconds=1)) for event in events if event.told]
        records += [telling_record(dict(body), at, self._stage.program, self._master_key) for body, at in told]
        if records:
            self._journal.append(records)

    def _release(self, now: datetime) -> None:
        while True:
            with transaction.atomic():
                if not release_holds(now, 1000):
                    return

    def _decide_cases(self, now: datetime) -> None:
        """Look at what lies above the ceiling before each pay-day, as a careful manager would."""
        for case in Case.objects.filter(decided_at=None, opened_at__lt=now - timedelta(days=3)).order_by("opened_at"):
            with transaction.atomic():
                release_case(case, reason="Checked with the shop.", now=now, by=MANAGER)

    def _pay(self, now: datetime) -> None:
        """Draft, approve and open a run; every payment arrives but the last ones to two closed accounts."""
        is_last = now + timedelta(days=28) > self._calendar.ends_at
        with transaction.atomic():
            run = draft_run(self._stage.program, "csv", as_of=now, now=now + timedelta(hours=9), by=MANAGER)
        with transaction.atomic():
            approve_run(run, now=now + timedelta(hours=10), by=FINANCE)
        with transaction.atomic():
            open_run(run, now=now + timedelta(hours=10), by=FINANCE)
        with transaction.atomic():
            for payout in Payout.objects.filter(run=run, state=Payout.State.IN_TRANSIT).order_by("id"):
                self._read_back(payout, now + timedelta(days=1, hours=3), is_last)

    def _read_back(self, payout: Payout, now: datetime, is_last: bool) -> None:
        closed = [self._stage.enrolments[code].pk for code in CLOSED_ACCOUNTS]
        if is_last and payout.enrolment_id in closed:
            fail_payout(payout, "The bank reports a closed account.", now=now, by=FINANCE)
        else:
            settle_payout(payout, f"HP{payout.pk.hex[-8:]}".upper(), now=now, by=FINANCE)

    def leave_work(self, events: list[Event]) -> None:
        """Leave something to decide: a contradiction, a return without its sale, a run that waits for approval."""
        now = self._calendar.ends_at - timedelta(hours=7)
        sales = [event.fact for event in events if event.fact and event.fact.kind == "conversion"]
        twice = dict(sales[-25].body)
        twice["amount"], twice["lines"] = int(str(twice["amount"])) - 250, None
        lost = {"external_id": "RMA-2231", "conversion": "594871", "goal": "sale", "amount": 1_895}
        questions = [
            FileFact(0, "conversion", now, {**twice, "occurred_at": now.isoformat()}),
            FileFact(0, "refund", now, {**lost, "occurred_at": now.isoformat()}),
        ]
        self._journal.append(fact_records(questions, self._stage.program, self._goals, "webhook", self._master_key))
        self._pipeline.drain(now=now)
        with transaction.atomic():
            draft_run(self._stage.program, "csv", as_of=now, now=now, by=MANAGER)


def _next_stop(after: datetime, step: timedelta) -> datetime:
    """Return the end of the next step, or the 15th if that comes first."""
    day = local_day(after, ZONE)
    pay_day = day.replace(day=15) if day.day < 15 else (day.replace(day=1) + timedelta(days=32)).replace(day=15)
    return day_starts_at(min(day + step, pay_day), ZONE)
