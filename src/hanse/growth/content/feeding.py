"""Verbs of feeds: add, look (what the network said comes in as a value), switch on again, remove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hanse.growth.content.addresses import channel_of, compared, key_of
from hanse.growth.content.finding import Looked
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.rules import is_given_up, next_try, pace_of
from hanse.growth.content.taking import take_pieces
from hanse.growth.content.types import Found, Mend, ReadFeed
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.bulk import update_many
from hanse.spine.web_addresses import host_of

MOST_FEEDS = 10  # of one partner
_AHEAD = timedelta(hours=1)
_AT_ONE_HOST = 3
_LOOKED = (
    "address", "address_key", "kind", "title", "site_address", "etag", "last_modified", "looked_at", "next_look_at",
    "pace_minutes", "failing_since", "failures", "problem", "notes", "off_at",
)  # fmt: skip


def add_feed(enrolment: Enrolment, looked: Looked, *, now: datetime, by: str) -> Feed:
    """Keep a feed that was just read, with its pieces. The same one again is that one, switched on.

    Refuses partners who are not with the program any more, and more than ten feeds of one.
    """
    if enrolment.status in (Enrolment.Status.ENDED, Enrolment.Status.PENDING):
        raise Refused("not_enrolled", _("This partner is not in the program."))
    key = key_of(compared(looked.address))
    mine = Feed.objects.filter(enrolment=enrolment)
    feed = mine.filter(address_key=key).first()
    if (feed is None or feed.removed_at is not None) and mine.filter(removed_at=None).count() >= MOST_FEEDS:
        raise Refused("too_many_feeds", _("A partner has at most 10 feeds. Remove one that is not needed."))
    if feed is None:
        read = looked.read
        feed = Feed(
            id=new_id(now), program=enrolment.program, enrolment=enrolment, address=looked.address, address_key=key,
            kind=read.kind if read else Feed.Kind.SITE, added_at=now, added_by=by[:200], next_look_at=now,
        )  # fmt: skip
        feed.save()
        record_creation(feed, actor=by, verb="add_feed", fields=("address", "kind"), now=now)
    elif not feed.is_on:
        switch_on(feed, now=now, by=by)
    keep_look(feed, looked, now=now)
    return feed


def keep_look(feed: Feed, looked: Looked, *, now: datetime) -> Counter[str]:
    """Store what came of a look at one feed, as `keep_looks` does."""
    return keep_looks([(feed, looked)], now=now)


def keep_looks(looks: Sequence[tuple[Feed, Looked]], *, now: datetime) -> Counter[str]:
    """Store what came of looks at feeds: their pieces, or why there are none. Returns counts of `take_pieces`.

    A feed that has failed eight times over fourteen days, or is gone for good, is switched off. A fixed number of
    queries for each program, and one for each feed that has moved.
    """
    found: dict[UUID, list[Found]] = {}
    programs = {feed.program_id: feed.program for feed, _looked in looks}
    for feed, looked in looks:
        is_first, feed.looked_at = feed.looked_at is None, now
        if looked.problem:
            _failed(feed, looked, now)
            continue
        feed.failures, feed.failing_since, feed.problem = 0, None, ""
        if looked.read is not None:
            found.setdefault(feed.program_id, []).extend(_read(feed, looked, looked.read, now, is_first=is_first))
        feed.next_look_at = now + timedelta(minutes=feed.pace_minutes)
        _move(feed, looked.address)
    update_many(Feed, [{"id": feed.pk, **{name: getattr(feed, name) for name in _LOOKED}} for feed, _looked in looks])
    told = Counter[str]()
    for program_id, pieces in found.items():
        told += take_pieces(programs[program_id], pieces, now=now, by="feed")
    return told


def _read(feed: Feed, looked: Looked, read: ReadFeed, now: datetime, *, is_first: bool) -> list[Found]:
    feed.kind, feed.title, feed.site_address = read.kind, read.title, read.site_address
    feed.etag, feed.last_modified = looked.etag, looked.last_modified
    found, future = found_in(feed, read, now, is_first=is_first)
    mends: Mapping[Mend, int] = {**read.mends, **({Mend.FUTURE: future} if future else {})}
    feed.notes = [[str(mend), count] for mend, count in sorted(mends.items())]
    feed.pace_minutes = pace_of(read.pace_minutes, looked.cache_control)
    return found


def found_in(feed: Feed, read: ReadFeed, now: datetime, *, is_first: bool) -> tuple[list[Found], int]:
    """Return the pieces in what was read, and how many are dated in the future.

    Without a sound date the day we saw it counts; at the first look even that is a guess.
    """
    found, future = list[Found](), 0
    for item in read.items:
        at, dating = item.published_at, Piece.Dating.GIVEN
        if at is not None and at > now + _AHEAD:
            at, future = None, future + 1
        if at is None:
            dating = Piece.Dating.GUESSED if is_first else Piece.Dating.SEEN
        channel = feed.kind if feed.kind != Feed.Kind.SITE else channel_of(item.address)
        found.append(
            Found(
                feed.enrolment_id, item.address, item.title, min(at or now, now), Piece.Source.FEED, channel, dating,
                item.text, item.guid, feed.pk, item.reads_whole,
            )
        )  # fmt: skip
    return found, future


def due_feeds(now: datetime, limit: int) -> list[Feed]:
    """Return feeds whose time has come, the longest due first, at most three of one host. One query.

    Demo programs are left out: they must not need the network. So are archived programs and partners who left.
    """
    rows: QuerySet[Feed] = Feed.objects.filter(
        next_look_at__lte=now, off_at=None, removed_at=None, program__is_demo=False, program__archived_at=None
    ).exclude(enrolment__status=Enrolment.Status.ENDED)
    taken, hosts = list[Feed](), Counter[str]()
    for feed in rows.select_related("program").order_by("next_look_at", "id")[: limit * _AT_ONE_HOST]:
        host = host_of(feed.address)
        if hosts[host] < _AT_ONE_HOST and len(taken) < limit:
            hosts[host] += 1
            taken.append(feed)
    return taken


def by_host(feeds: Sequence[Feed]) -> list[list[Feed]]:
    """Return feeds grouped by their host: those of one are asked one after the other."""
    groups: dict[str, list[Feed]] = {}
    for feed in feeds:
        groups.setdefault(host_of(feed.address), []).append(feed)
    return list(groups.values())


def switch_on(feed: Feed, *, now: datetime, by: str) -> Feed:
    """Look at a feed again that was switched off or removed: at once, with nothing held against it."""
    values = {"off_at": None, "removed_at": None, "next_look_at": now, "failures": 0, "failing_since": None}
    audited_save(feed, values, actor=by, verb="switch_feed_on", now=now)
    return feed


def remove_feed(feed: Feed, *, now: datetime, by: str) -> Feed:
    """Look at a feed no more. Its pieces stay."""
    audited_save(feed, {"removed_at": feed.removed_at or now}, actor=by, verb="remove_feed", now=now)
    return feed


def _failed(feed: Feed, looked: Looked, now: datetime) -> None:
    feed.failures += 1
    feed.failing_since = feed.failing_since or now
    feed.problem = "gone" if looked.is_gone else looked.problem[:300]
    feed.next_look_at = next_try(now, feed.failures, looked.retry_after)
    if looked.is_gone or is_given_up(feed.failures, feed.failing_since, now):
        feed.off_at = feed.off_at or now


def _move(feed: Feed, address: str) -> None:
    """Follow a feed that has moved for good, unless the partner has that one too."""
    key = key_of(compared(address))
    if address == feed.address or Feed.objects.filter(enrolment_id=feed.enrolment_id, address_key=key).exclude(
        pk=feed.pk
    ).exists():  # fmt: skip
        return
    feed.address, feed.address_key = address, key
