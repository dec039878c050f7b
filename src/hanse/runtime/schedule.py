"""What happens by the clock: each task is a verb with an `as_of`, safe to run twice, run at its own pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.management import call_command
from django.db import close_old_connections, transaction

from hanse.growth.announcements.actions import announce_first_sales, announce_payouts
from hanse.growth.announcements.decisions import announce_decisions
from hanse.growth.chat.types import CHAT
from hanse.growth.launch.actions import fill_pilots
from hanse.growth.onboarding.settling import begin, settle, unsettled
from hanse.growth.prospects.moving import activate_sellers
from hanse.growth.sends.sending import hold_back
from hanse.growth.sharing.products import owe_products
from hanse.kernel import clock
from hanse.money.commissions.actions import due_holds, release_these
from hanse.money.promises.actions import promised_ids
from hanse.money.promises.actions import settle as settle_promises
from hanse.money.rails.dispatch import CREDIT
from hanse.people.access.letters import KIND as SIGN_IN
from hanse.people.access.letters import sign_in_mail
from hanse.runtime.budgets import look_at_all_budgets
from hanse.runtime.content import count_all_pieces, look_at_feeds
from hanse.runtime.deliverables import remind_of_deliverables
from hanse.runtime.kinds import settle_challenges, suggest_all_types
from hanse.runtime.learning import write_about_learning
from hanse.runtime.letters import note_actions, plan_newsletters, queue_due_letters, walk_sequences
from hanse.runtime.mail import MailSession
from hanse.runtime.papers import issue_months, owe_in_kind
from hanse.runtime.planner import tell_planner
from hanse.runtime.prompts import tell_of_prompts
from hanse.runtime.rails import call_rails, draft_runs, issue_credit
from hanse.runtime.relations import look_daily
from hanse.runtime.sparing import by_halves
from hanse.runtime.sweeps import (
    drop_unnamed_files,
    forget_old_answers,
    forget_old_clicks,
    forget_old_letters,
    forget_old_verdicts,
    keep_click_months,
)
from hanse.runtime.talk import ask_mail_boxes, look_at_our_talk, post_chat, tell_chat_rooms
from hanse.runtime.tenure import Tenure
from hanse.runtime.tiers import find_what_we_owe, sweep_tiers
from hanse.runtime.together import remind_of_projects
from hanse.runtime.watch import close_repaired, look_at_destinations, watch_over
from hanse.spine.outbox.actions import claim, keep_claim, mark_done, mark_failed
from hanse.spine.outbox.models import OutboxItem

_log = structlog.get_logger("hanse.work")
HOLDS_AT_ONCE = 500
REST_SECONDS = 0.05  # between parts, so that pages get the write lock too
PROMISES_AT_ONCE = 200
ONBOARDINGS_AT_ONCE = 200
LETTERS_AT_ONCE = 20
CLAIM_HOLDS = timedelta(seconds=30)  # half of what a claim lasts


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is done every so many seconds; `judges` by facts, so not before those that came are counted."""

    name: str
    every_seconds: float
    run: Callable[[datetime], object]
    judges: bool = False


def release_due_holds(now: datetime) -> int:
    """End the holds that are over, some at a time; one that cannot end keeps no other. Returns how many ended."""
    ended, failed = 0, set[UUID]()
    while ids := due_holds(now, HOLDS_AT_ONCE, failed):
        wrong = by_halves("holds", ids, lambda part: release_these(part, now))
        ended, failed = ended + len(ids) - len(wrong), failed | wrong
        time.sleep(REST_SECONDS)
    return ended


def close_due_periods(now: datetime) -> None:
    """Book floors, advances and fees that have come due, some partners at a time."""
    after: UUID | None = None
    while ids := promised_ids(after, PROMISES_AT_ONCE):
        by_halves("promises", ids, lambda part: settle_promises(part, now))
        after = ids[-1]
        time.sleep(REST_SECONDS)


def send_letters(now: datetime) -> int:
    """Send what is due in the outbox, letters through one session; what nobody takes is tried again later.

    Returns how many were taken up.
    """
    with transaction.atomic():
        items = claim(LETTERS_AT_ONCE, now)
        held = hold_back([item.id for item in items if item.is_bulk], now)
    began = time.monotonic()
    with MailSession() as session:
        for item in items:
            at = now + timedelta(seconds=time.monotonic() - began)
            if item.id not in held and _is_still_ours(item, at, at - now):
                _send_one(item, session, at)
    return len(items)


def _is_still_ours(item: OutboxItem, now: datetime, taken_ago: timedelta) -> bool:
    """Claim an item anew that waited long behind slow ones: another worker may have taken it."""
    if taken_ago < CLAIM_HOLDS:
        return True
    with transaction.atomic():
        return keep_claim(item, now)


def _send_one(item: OutboxItem, session: MailSession, now: datetime) -> None:
    try:
        _send(item, session, now)
    except Exception as error:  # whatever the mail server does, the other letters still go
        _log.warning("letter_failed", item=str(item.id), attempts=item.attempts, error=type(error).__name__)
        with transaction.atomic():
            mark_failed(item.id, type(error).__name__, now)
    else:
        with transaction.atomic():
            mark_done(item.id, now)


def _send(item: OutboxItem, session: MailSession, now: datetime) -> None:
    if item.kind == CREDIT:
        issue_credit(item, now)
        return
    if item.kind == CHAT:
        post_chat(item, now)
        return
    payload: Mapping[str, object] | None = item.payload
    if item.kind == SIGN_IN:
        with transaction.atomic():
            payload = sign_in_mail(**item.payload, now=now)
    if payload is not None:
        session.deliver({**payload, "message_id": f"<{item.id}@hanse>"})


def announce(now: datetime) -> None:
    """Tell partners the good news of the last minutes, and what was decided about what they asked."""
    with transaction.atomic():
        announce_first_sales(now)
        announce_payouts(now)
    with transaction.atomic():
        announce_decisions(now)


def settle_newcomers(now: datetime) -> None:
    """Bring onboardings up to date; let those who joined into the pilots that fill themselves."""
    before = None
    while (part := unsettled(ONBOARDINGS_AT_ONCE)) != before and any(part):
        with transaction.atomic():
            begin(part[0], now)
            settle(part[1], now)
        before = part  # what stays unsettled is looked at again next time
        time.sleep(0.05)
    with transaction.atomic():
        fill_pilots(now)


def move_prospects_on(now: datetime) -> None:
    """Let prospects who made a first sale be active in the pipeline."""
    with transaction.atomic():
        activate_sellers(now)


def owe_shared(now: datetime) -> None:
    """Owe customers the products that their friends' orders have earned."""
    with transaction.atomic():
        owe_products(now)


def clear_sessions(_now: datetime) -> None:
    """Forget the sessions that are over."""
    call_command("clearsessions")


TASKS = (
    Task("letters", 1, send_letters),
    Task("holds", 60, release_due_holds, judges=True),
    Task("promises", 600, close_due_periods, judges=True),
    Task("announcements", 20, announce),
    Task("prospects", 15, move_prospects_on),
    Task("onboarding", 60, settle_newcomers),
    Task("rails", 10, call_rails),
    Task("payout_runs", 600, draft_runs, judges=True),
    Task("statements", 2, issue_months, judges=True),
    Task("benefits", 600, owe_in_kind),
    Task("challenges", 600, settle_challenges, judges=True),
    Task("budgets", 600, look_at_all_budgets),
    Task("deliverables", 600, remind_of_deliverables),
    Task("joint_projects", 600, remind_of_projects),
    Task("types", 3600, suggest_all_types, judges=True),
    Task("tiers", 600, sweep_tiers, judges=True),
    Task("tier_promises", 300, find_what_we_owe),
    Task("prompts", 300, tell_of_prompts),
    Task("relations", 20, look_daily, judges=True),
    Task("learning", 300, write_about_learning),
    Task("talk", 3600, look_at_our_talk, judges=True),
    Task("chat_rooms", 20, tell_chat_rooms),
    Task("pieces", 120, count_all_pieces),
    Task("watch", 60, watch_over, judges=True),
    Task("repairs", 5, close_repaired),
    Task("sharing", 3600, owe_shared, judges=True),
    Task("verdicts", 600, forget_old_verdicts),
    Task("sequences", 30, walk_sequences),
    Task("newsletters", 15, plan_newsletters),
    Task("letters_due", 5, queue_due_letters),
    Task("letter_actions", 1800, note_actions),
    Task("planner", 3600, tell_planner),
    Task("sessions", 6 * 3600, clear_sessions),
    Task("answers", 24 * 3600, forget_old_answers),
    Task("sent_letters", 24 * 3600, forget_old_letters),
    Task("clicks", 24 * 3600, forget_old_clicks),
    Task("uploads", 24 * 3600, drop_unnamed_files),
    Task("click_months", 6 * 3600, keep_click_months),
)

OUTWARD_TASKS = (
    Task("mail_boxes", 120, ask_mail_boxes),
    Task("feeds", 30, look_at_feeds),
    Task("destinations", 60, look_at_destinations),
)
"""Those that wait for other people's machines, one of which may take its time: a letter must not wait for it."""


class Schedule:
    """Runs tasks one after the other, each when its time has come; one that fails is logged and tried next time.

    A machine that slept catches up at once: its wall clock went on while the monotonic one stood still. Tasks that
    judge begin when `facts_are_in`: after a pause a refund may lie in the journal, and a hold would end without it.
    With a `holder` name nothing runs but while that has the lease, which a thread of its own renews during long tasks.
    """

    def __init__(
        self, tasks: tuple[Task, ...] = TASKS, holder: str = "", name: str = "schedule",
        facts_are_in: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self._tenure, self._facts_are_in = Tenure(name, holder), facts_are_in
        self._due = dict.fromkeys(tasks, 0.0)
        self._ran_at = dict.fromkeys(tasks, clock.now())

    def run_due(self, monotonic: float) -> None:
        """Run every task whose time has come."""
        for task, due in self._due.items():
            if not self._tenure.held:
                return
            if task.judges and not self._facts_are_in():
                continue
            if due <= monotonic or (clock.now() - self._ran_at[task]).total_seconds() >= task.every_seconds:
                self._due[task], self._ran_at[task] = monotonic + task.every_seconds, clock.now()
                self._run(task)

    def run_until(self, stopped: threading.Event) -> None:
        """Run tasks until told to stop."""
        self._tenure.keep_until(stopped)
        while not stopped.wait(0.2):
            close_old_connections()
            self.run_due(time.monotonic())

    def _run(self, task: Task) -> None:
        try:
            task.run(clock.now())
        except Exception:
            _log.exception("task_failed", task=task.name)
