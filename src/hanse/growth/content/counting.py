"""What pieces bring: clicks and sales, by what is known of where they came from. A fixed number of queries.

A click is counted for at most one piece, and for none from before the day it was published. It is known by the
parameter on its link; by its link, where no other piece of the partner has it (a sale without a click: by its code); by
the website it came from, where only one piece stands on it. What several pieces share is counted for the newest of them
before the day, and said to be an estimate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import F

from hanse.growth.content.addresses import spellings, website
from hanse.growth.content.models import Piece
from hanse.insight.rollups.facets import COUPON, INITIATIVE, REFERRER, SUB, WHOLE
from hanse.insight.rollups.models import LinkDay, SaleDay
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program
from hanse.spine.bulk import update_many
from hanse.traffic.links.models import Link

RECENT_DAYS = 90
SEEN_DAYS = 365  # so far back a website counts of which only clicks tell
SHARED = "shared"
NO_LINK = 0
_NOTHING = (0, 0, 0)

Sums = tuple[int, int, int]  # clicks, sales, value in minor units
Pair = tuple[str, str]  # a parameter's name and its value
Cell = tuple[int, date]  # a link and a day
Values = Mapping[Cell, Mapping[str, Mapping[str, Sums]]]  # by dimension and value


@dataclass(slots=True)
class Count:
    """What one piece brought; `ways` by how it is known, `weeks` clicks by the Monday. Estimates are in `ways` alone
    told apart; the last 90 days are without them."""

    clicks: int = 0
    sales: int = 0
    value_minor: int = 0
    clicks_90d: int = 0
    sales_90d: int = 0
    last_click_on: date | None = None
    ways: dict[str, list[int]] = field(default_factory=dict)
    weeks: dict[date, int] = field(default_factory=dict)

    def add(self, way: str, on: date, sums: Sums, recent_from: date) -> None:
        """Count one day's sums."""
        clicks, sales, value = sums
        if not (clicks or sales or value):
            return
        self.clicks, self.sales, self.value_minor = self.clicks + clicks, self.sales + sales, self.value_minor + value
        told = self.ways.setdefault(way, [0, 0])
        told[0], told[1] = told[0] + clicks, told[1] + sales
        if way != SHARED and on >= recent_from:
            self.clicks_90d, self.sales_90d = self.clicks_90d + clicks, self.sales_90d + sales
        if clicks:
            self.last_click_on = max(self.last_click_on or on, on)
            monday = on - timedelta(days=on.weekday())
            self.weeks[monday] = self.weeks.get(monday, 0) + clicks


@dataclass(frozen=True, slots=True)
class _Held:
    """A piece as it is counted: the parameters on each of its addresses, by link. `is_seen`: only clicks told of it."""

    id: UUID
    on: date
    host: str
    links: Mapping[int, Sequence[Sequence[Pair]]]
    codes: Sequence[str]
    is_seen: bool


def count_pieces(program: Program, enrolment_ids: Collection[UUID], today: date) -> dict[UUID, Count]:
    """Count what each piece of enrolments brought until a local day. Four queries; reads only."""
    held = _held(program, enrolment_ids, today)
    if not held:
        return {}
    owners = dict(Link.objects.filter(enrolment_id__in=list(held)).values_list("number", "enrolment_id"))
    cells = _cells(held, owners, today)
    counts: dict[UUID, Count] = {piece.id: Count() for pieces in held.values() for piece in pieces}
    recent_from = today - timedelta(days=RECENT_DAYS - 1)
    for who, pieces in held.items():
        for (number, on), values in cells.get(who, {}).items():
            for piece_id, way, sums in _shared_out(_holders(pieces, number), pieces, on, number, values):
                counts[piece_id].add(way, on, sums, recent_from)
    return counts


def keep_counts(program: Program, counts: Mapping[UUID, Count], now: datetime) -> int:
    """Store counts in place of those before; return how many pieces changed. Two statements."""
    names = ("clicks", "sales", "value_minor", "clicks_90d", "sales_90d", "last_click_on", "ways")
    known = Piece.objects.filter(program=program, pk__in=list(counts)).values("pk", "counted_at", *names)
    changed = [
        {"id": row["pk"], **{name: getattr(counts[row["pk"]], name) for name in names}, "counted_at": now}
        for row in known
        if row["counted_at"] is None or any(row[name] != getattr(counts[row["pk"]], name) for name in names)
    ]  # fmt: skip
    update_many(Piece, changed)
    return len(changed)


def _held(program: Program, enrolment_ids: Collection[UUID], today: date) -> dict[UUID, list[_Held]]:
    rows = Piece.objects.filter(program=program, enrolment_id__in=list(enrolment_ids), hidden_at=None)
    rows = rows.exclude(about=Piece.About.OTHER)  # what is not about us takes nothing from what is
    columns = ("id", "enrolment_id", "published_at", "host", "links", "source")
    found: dict[UUID, list[_Held]] = defaultdict(list)
    for key, who, at, host, marks, source in rows.order_by("published_at", "id").values_list(*columns):
        links: dict[int, list[list[Pair]]] = {}
        for number, subs in marks.get("links", ()):
            links.setdefault(number, []).append(list(subs.items()))
        is_seen = source == Piece.Source.REFERRER
        on = today - timedelta(days=SEEN_DAYS) if is_seen else local_day(at, program.time_zone)
        found[who].append(_Held(key, on, website(host), links, marks.get("codes", ()), is_seen))
    return found


def _holders(pieces: Sequence[_Held], number: int) -> list[_Held]:
    return [piece for piece in pieces if number in piece.links] if number else []


def _shared_out(
    holders: Sequence[_Held], pieces: Sequence[_Held], on: date, number: int, values: Mapping[str, Mapping[str, Sums]]
) -> Iterator[tuple[UUID, str, Sums]]:
    """Yield the pieces that one link's day belongs to, in parts that never add up to more than the day."""
    if number == NO_LINK:
        yield from _by_code(pieces, on, values.get(COUPON, {}))
        return
    rest = values.get(WHOLE, {}).get("", _NOTHING)
    marks, bare = _told_apart(holders, number)
    for piece, pairs in marks:
        for name, value in pairs:
            known = values.get(INITIATIVE if name == INITIATIVE else SUB + name, {}).get(value, _NOTHING)
            part = _at_most(known, rest)  # a click may carry two parameters: it counts once
            rest = _less(rest, part)
            if piece.on <= on:
                yield piece.id, "sub", part
    here = [piece for piece in bare if piece.on <= on]
    if len(here) == 1:
        yield here[0].id, "link", rest
        return
    if marks:  # parts by website and by parameter overlap in ways that are not known
        if here:
            yield here[-1].id, SHARED, rest
        return
    bare_of_links = [piece for piece in pieces if not piece.links and piece.on <= on]
    for piece in _alone_on_host([*here, *bare_of_links]):
        part = values.get(REFERRER, {}).get(piece.host, _NOTHING)
        rest = _less(rest, part)
        yield piece.id, "referrer", part
    if here:
        yield here[-1].id, SHARED, rest


def _told_apart(holders: Sequence[_Held], number: int) -> tuple[list[tuple[_Held, list[Pair]]], list[_Held]]:
    """Return pieces with the parameters that no other has on this link, and those with an address without any such."""
    owners: dict[Pair, set[UUID]] = defaultdict(set)
    for piece in holders:
        for pair in chain.from_iterable(piece.links[number]):
            owners[pair].add(piece.id)
    marks, bare = list[tuple[_Held, list[Pair]]](), list[_Held]()
    for piece in holders:
        own = [next((pair for pair in pairs if len(owners[pair]) == 1), None) for pairs in piece.links[number]]
        marks.append((piece, list(dict.fromkeys(pair for pair in own if pair))))
        if not all(own):
            bare.append(piece)
    return [one for one in marks if one[1]], bare


def _alone_on_host(pieces: Sequence[_Held]) -> list[_Held]:
    """Return the pieces that are the only one on their website; one that only clicks told of gives way to any other."""
    by_host: dict[str, list[_Held]] = defaultdict(list)
    for piece in pieces:
        by_host[piece.host].append(piece)
    alone = []
    for host, mine in by_host.items():
        told = [piece for piece in mine if not piece.is_seen] or mine
        if host and len(told) == 1:
            alone.append(told[0])
    return alone


def _by_code(pieces: Sequence[_Held], on: date, codes: Mapping[str, Sums]) -> Iterator[tuple[UUID, str, Sums]]:
    """Yield what came by a code alone, without any click."""
    for code, sums in codes.items():
        here = [piece for piece in pieces if code in piece.codes and piece.on <= on]
        if here:
            yield here[-1].id, "code" if len(here) == 1 else SHARED, sums


def _at_most(part: Sums, whole: Sums) -> Sums:
    return min(part[0], whole[0]), min(part[1], whole[1]), min(part[2], whole[2])


def _less(whole: Sums, part: Sums) -> Sums:
    return whole[0] - part[0], whole[1] - part[1], whole[2] - part[2]


def _cells(
    held: Mapping[UUID, Sequence[_Held]], owners: Mapping[int, UUID], today: date
) -> dict[UUID, dict[Cell, dict[str, dict[str, Sums]]]]:
    """Read the days of all links, and of codes without one, with the parts that tell pieces apart. Two queries."""
    pieces = [piece for mine in held.values() for piece in mine]
    pairs = {pair for piece in pieces for marks in piece.links.values() for pairs in marks for pair in pairs}
    dimensions = {WHOLE, REFERRER, *(INITIATIVE if name == INITIATIVE else SUB + name for name, _value in pairs)}
    hosts = {spelling for host in {piece.host for piece in pieces} for spelling in spellings(host)}
    wanted = {"", *hosts, *(value for _name, value in pairs)}
    first = min(piece.on for piece in pieces)
    found: dict[UUID, dict[Cell, dict[str, dict[str, Sums]]]] = defaultdict(dict)

    def put(who: UUID, cell: Cell, dimension: str, value: str, sums: Sums) -> None:
        value = website(value) if dimension == REFERRER else value
        place = found[who].setdefault(cell, {}).setdefault(dimension, {})
        known = place.get(value, _NOTHING)
        place[value] = (known[0] + sums[0], known[1] + sums[1], known[2] + sums[2])

    span: dict[str, Any] = {"day__gte": first, "day__lte": today, "value__in": wanted}
    links = Link.objects.filter(enrolment_id__in=list(held)).values("number")
    clicks = LinkDay.objects.filter(link_number__in=links, dimension__in=dimensions, **span)
    columns = ("link_number", "day", "dimension", "value", "clicks")
    for number, on, dimension, value, count in clicks.order_by().values_list(*columns).iterator():
        put(owners[number], (number, on), dimension, value, (count, 0, 0))
    codes = {code for piece in pieces for code in piece.codes}
    span["value__in"] = wanted | codes
    sold = SaleDay.objects.filter(enrolment_id__in=list(held), dimension__in=[*dimensions, COUPON], **span)
    sold = sold.order_by().annotate(left_minor=F("value_minor") - F("refunded_minor"))
    rows = sold.values_list("enrolment_id", "link_number", "day", "dimension", "value", "conversions", "left_minor")
    for who, number, on, dimension, value, count, left in rows.iterator():
        put(who, (number, on), dimension, value, (0, count, left))
    return found
