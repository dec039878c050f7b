"""Watch by the clock: pages are asked outside any transaction, findings are written in small ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from hanse.growth.incidents.kept import waiting_hosts
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.actions import keep_faults, keep_looks, keep_replay
from hanse.growth.watch.counting import count_orders, first_to_count, keep_orders
from hanse.growth.watch.destinations import check_destinations, keep_checks
from hanse.growth.watch.failing import broken_pages
from hanse.growth.watch.finding import lost_at_unlisted, lost_by_share, stopped_links, today_of, token_key
from hanse.growth.watch.links import days_to_replay
from hanse.growth.watch.mending import settle_repairs
from hanse.growth.watch.models import ProgramLook
from hanse.growth.watch.replay import replay
from hanse.growth.watch.types import Fault
from hanse.programs.programs.models import Program

_log = structlog.get_logger("hanse.work")
DESTINATIONS_AT_ONCE = 60
SECONDS_AT_ONCE = 20.0  # other tasks wait as long
REPLAY_AGAIN = timedelta(days=7)
TOLD_AGAIN = timedelta(minutes=10)
_told: dict[UUID, tuple[dict[str, int], datetime]] = {}


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look at a program found: incidents opened now, and how many are open."""

    opened: int
    open_now: int


def look_at_destinations(now: datetime) -> int:
    """Look at some of the pages that links lead to, outside any transaction; return how many."""
    checks = check_destinations(now, DESTINATIONS_AT_ONCE, seconds=SECONDS_AT_ONCE)
    with transaction.atomic():
        keep_checks(checks, now)
    return len(checks)


def watch_over(now: datetime) -> int:
    """Look for faults in every program; return how many incidents opened.

    Pages and unlisted hosts are looked at each time, orders and links once a local day, over whole days. A program
    whose look fails is logged and keeps none of the others from theirs.
    """
    opened = 0
    for program in Program.objects.filter(archived_at=None).order_by("id"):
        try:
            opened += _watch_if_due(program, now)
        except Exception:
            _log.exception("program_not_watched", program=str(program.pk))
    return opened


def _watch_if_due(program: Program, now: datetime) -> int:
    look = ProgramLook.objects.filter(program=program).first()
    is_due = look is None or look.looked_on is None or look.looked_on < today_of(program, now)
    return watch_program(program, now, daily=is_due).opened


def watch_program(program: Program, now: datetime, *, daily: bool = True) -> Watched:
    """Look for faults in a program now; `daily` compares orders and links with their past, too. Safe to run twice."""
    pages, opened = broken_pages(program, now), 0
    if daily or _has_news(program, now):
        tokens = lost_at_unlisted(program)
        if daily:
            tokens = _joined(tokens, _orders_compared(program, now))
        with transaction.atomic():
            opened += len(keep_faults(program, tokens, [Incident.Kind.TOKEN_LOST], now))
    if daily:
        opened += _links_compared(program, now)
    with transaction.atomic():
        opened += len(keep_faults(program, pages, [Incident.Kind.LINK_BROKEN], now))
    if daily:
        _replayed(program, now)
    found = Incident.objects.filter(program=program, closed_at=None).exclude(fault_key="")
    return Watched(opened, found.count())


def _has_news(program: Program, now: datetime) -> bool:
    """Say whether pages of unlisted hosts told more or less than at the last look, or that was some minutes ago."""
    waiting = waiting_hosts(program.pk)
    known = _told.get(program.pk)
    if known is not None and known[0] == waiting and timedelta(0) <= now - known[1] < TOLD_AGAIN:
        return False
    _told[program.pk] = waiting, now
    return True


def close_repaired(now: datetime) -> int:
    """Close the incidents whose orders have been looked at again, and tell their partners; return how many."""
    with transaction.atomic():
        return settle_repairs(now)


def _orders_compared(program: Program, now: datetime) -> list[Fault]:
    first = first_to_count(program, now)
    counted = count_orders(program, first, now)
    with transaction.atomic():
        keep_orders(program, first, counted)
    return lost_by_share(program, today_of(program, now))


def _links_compared(program: Program, now: datetime) -> int:
    today = today_of(program, now)
    looked, faults = stopped_links(program, today, now)
    with transaction.atomic():
        keep_looks(program, looked.judgement, looked.compared, now)
        ProgramLook.objects.filter(program=program).update(looked_on=today)
        return len(keep_faults(program, faults, [Incident.Kind.LINK_SALES_STOPPED], now))


def _replayed(program: Program, now: datetime) -> None:
    """Say once a week what the rule would have said in the past year."""
    recent = ProgramLook.objects.filter(program=program, replayed_on__gt=(now - REPLAY_AGAIN).date())
    if recent.exists():
        return
    days, begin = days_to_replay(program, today_of(program, now))
    result = replay(days, begin)
    with transaction.atomic():
        keep_replay(program, result, now)


def _joined(certain: list[Fault], likely: list[Fault]) -> list[Fault]:
    """Join faults; what is known order by order stands before what is only likely.

    It is also why orders of which no host is known lack their tokens: one lost checkout is one fault.
    """
    explained = {one.key for one in certain} | ({token_key("")} if certain else set())
    return [*certain, *(one for one in likely if one.key not in explained)]
