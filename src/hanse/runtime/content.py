"""Content by the clock: feeds are looked at politely, pieces are counted, websites that send readers become pieces."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as StillAsking
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from queue import SimpleQueue
from uuid import UUID

import structlog
from django.db import transaction

from hanse.growth.content.counting import count_pieces, keep_counts
from hanse.growth.content.feeding import by_host, due_feeds, keep_looks
from hanse.growth.content.finding import Looked, look_at
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.sighting import sightings
from hanse.growth.content.taking import take_pieces
from hanse.insight.rollups.models import EnrolmentDay
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

_log = structlog.get_logger("hanse.work")
FEEDS_AT_ONCE = 80
HOSTS_AT_ONCE = 8
PIECES_AT_ONCE = 300
ASKING_SECONDS = 12.0  # other tasks wait meanwhile
MOST_SECONDS = 8.0  # for one feed
SAME_HOST_REST_SECONDS = 1.0
COUNTED_AT_ONCE = 50
SECONDS_AT_ONCE = 2.0
_REST_SECONDS = 0.05


def look_at_feeds(now: datetime, *, limit: int = FEEDS_AT_ONCE) -> int:
    """Look at feeds whose time has come; return how many answered or failed. The network holds no transaction.

    Hosts are asked side by side, feeds of one host one after the other with a rest. What has not answered when the time
    is over is asked again next time; what has is kept, also of a host whose other feeds hang.
    """
    groups = by_host(due_feeds(now, limit))
    if not groups:
        return 0
    kept, pool = 0, ThreadPoolExecutor(HOSTS_AT_ONCE, thread_name_prefix="feeds")
    answers: SimpleQueue[tuple[Feed, Looked]] = SimpleQueue()
    asked = [pool.submit(_ask_one_host, group, time.monotonic() + ASKING_SECONDS, answers) for group in groups]
    waiting: list[tuple[Feed, Looked]] = []
    try:
        for _host in as_completed(asked, timeout=ASKING_SECONDS):
            waiting += _drained(answers)
            if sum(1 + len(looked.read.items if looked.read else ()) for _feed, looked in waiting) >= PIECES_AT_ONCE:
                kept += _keep(waiting, now)
                waiting = []
    except StillAsking:
        pass
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    waiting += _drained(answers)
    return kept + (_keep(waiting, now) if waiting else 0)


def _keep(looks: Sequence[tuple[Feed, Looked]], now: datetime) -> int:
    """Store what came of looks together; where one cannot be stored, each alone: the others must not suffer."""
    try:
        with transaction.atomic():
            keep_looks(looks, now=now)
    except Exception as error:
        if len(looks) > 1:
            return sum(_keep([(_as_stored(feed), looked)], now) for feed, looked in looks)
        feed = _as_stored(looks[0][0])
        _log.warning("feed_not_kept", feed=str(feed.pk), error=type(error).__name__)
        with transaction.atomic():
            keep_looks([(feed, Looked(feed.address, "not_kept"))], now=now)
    time.sleep(_REST_SECONDS)
    return len(looks)


def _as_stored(feed: Feed) -> Feed:
    return Feed.objects.select_related("program").get(pk=feed.pk)


def count_all_pieces(now: datetime) -> int:
    """Count anew what pieces brought, for two seconds at most: partners with clicks or sales of late, and each once a
    day. Safe to run twice, and the next run goes on where this one stopped. Returns how many pieces changed."""
    changed, deadline = 0, time.monotonic() + SECONDS_AT_ONCE
    for program in Program.objects.filter(archived_at=None).order_by("id"):
        today = local_day(now, program.time_zone)
        turn = _turns.get(program.pk)
        if turn is None or turn.today != today:
            turn = _turns[program.pk] = _Turn(today)
        ids = _to_count(program, turn)
        for start in range(0, len(ids), COUNTED_AT_ONCE):
            part = ids[start : start + COUNTED_AT_ONCE]
            changed += count_some(program, part, today, now)
            turn.done.update(part)
            turn.last = part[-1]
            if time.monotonic() > deadline:
                return changed
            time.sleep(_REST_SECONDS)
    return changed


def count_some(program: Program, ids: Sequence[UUID], today: date, now: datetime) -> int:
    """Note what was seen of some partners, then count their pieces. Read outside a transaction, stored within one."""
    seen = sightings(program, ids, today)
    if seen:
        with transaction.atomic():
            take_pieces(program, seen, now=now, by="clicks")
    counts = count_pieces(program, ids, today)
    with transaction.atomic():
        return keep_counts(program, counts, now)


@dataclass(slots=True)
class _Turn:
    """Who was counted on one local day, and who last: a restart only counts them once more."""

    today: date
    done: set[UUID] = field(default_factory=set)
    last: UUID | None = None


_turns: dict[UUID, _Turn] = {}


def _to_count(program: Program, turn: _Turn) -> list[UUID]:
    """Return partners with traffic since yesterday, and those with pieces who were not counted on this day yet."""
    lively = EnrolmentDay.objects.filter(program_id=program.pk, day__gte=turn.today - timedelta(days=1))
    ids = set(lively.order_by().values_list("enrolment_id", flat=True).distinct())
    written = Piece.objects.filter(program=program, hidden_at=None).order_by()
    ids |= set(written.values_list("enrolment_id", flat=True).distinct()) - turn.done
    ranked = sorted(ids)
    place = bisect_right(ranked, turn.last) if turn.last else 0
    return [*ranked[place:], *ranked[:place]]


def _drained(answers: SimpleQueue[tuple[Feed, Looked]]) -> list[tuple[Feed, Looked]]:
    """Return the answers that are there by now."""
    return [answers.get() for _one in range(answers.qsize())]


def _ask_one_host(feeds: Sequence[Feed], until: float, answers: SimpleQueue[tuple[Feed, Looked]]) -> None:
    """Ask for feeds one after the other. What nobody foresaw in one of them is its own failure, not the others’."""
    for place, feed in enumerate(feeds):
        left = until - time.monotonic() - (SAME_HOST_REST_SECONDS if place else 0)
        if left <= 1:
            break
        time.sleep(SAME_HOST_REST_SECONDS if place else 0)
        try:
            looked = look_at(
                feed.address, etag=feed.etag, last_modified=feed.last_modified, seconds=min(MOST_SECONDS, left)
            )
        except Exception as error:
            _log.warning("feed_not_read", feed=str(feed.pk), error=type(error).__name__)
            looked = Looked(feed.address, "not_kept")
        answers.put((feed, looked))
