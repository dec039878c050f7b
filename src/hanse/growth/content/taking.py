"""Taking pieces: whatever was found, wherever, becomes one row for each address of a partner. Set-based."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hanse.growth.content.addresses import key_of, piece_key, plain_host
from hanse.growth.content.models import Piece
from hanse.growth.content.plain import MAX_EXCERPT, MAX_TITLE, plain
from hanse.growth.content.recognising import ours, recognise, without_addresses
from hanse.growth.content.types import Found, Links
from hanse.insight.events.actions import MOST_AT_ONCE, take_events
from hanse.insight.events.models import PartnerEvent
from hanse.insight.events.types import PIECE, GivenEvent
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many, update_many
from hanse.spine.web_addresses import host_of

BEFORE_JOINING = timedelta(days=1)  # a feed's dates may lack their zone
_BY_HAND = frozenset({Piece.Source.PARTNER, Piece.Source.TEAM, Piece.Source.DELIVERABLE, Piece.Source.REFERRER})
_BETTER = ("title", "excerpt", "links", "about", "address", "address_key", "host")


def take_pieces(program: Program, found: Sequence[Found], *, now: datetime, by: str) -> Counter[str]:
    """Store pieces; return how many were `new`, `changed` and `known`. A fixed number of queries.

    A piece is known by its address, or by its feed's id where the page moved. What changed in a feed (title, links) is
    brought up to date; the day it was published stays. What somebody hid stays hidden. New pieces since the partner
    joined are told as events, unless they surely speak of something else or their day is a guess.
    """
    if not found:
        return Counter()
    own = ours(program, {one.enrolment_id for one in found})
    marks = recognise([(one.enrolment_id, _searched(one)) for one in found], own)
    known = _Known(found)
    new, changed, told = list[dict[str, Any]](), dict[UUID, dict[str, Any]](), Counter[str]()
    turned = list[Piece]()
    for one, links in zip(found, marks, strict=True):
        columns = _columns(one, links)
        row = known.row_of(one, columns["address_key"])
        if known.is_new(one, columns["address_key"]):
            columns |= _first_columns(program, one, now, by)
            new.append(columns)
            known.add(columns)
            told["new"] += 1
        elif row is not None and (better := _changes(row, columns, one)):
            changed[row.pk] = {"id": row.pk, **{name: getattr(row, name) for name in _BETTER}, **better}
            known.moved(row, columns["address_key"])
            told["changed"] += 1
            if row.about == Piece.About.OTHER and better.get("about"):
                turned.append(row)
        else:
            told["known"] += 1
    insert_many(Piece, new, ignore_known=True)
    update_many(Piece, list(changed.values()))
    _tell(program, new, now)
    for row in turned:
        row.about = Piece.About.US
    tell_pieces(program, [row for row in turned if row.hidden_at is None], now)
    return told


def tell_pieces(program: Program, pieces: Collection[Piece], now: datetime) -> None:
    """Tell pieces as events that may have been told before: once is enough, whatever was changed in them since."""
    if not pieces:
        return
    ids = {str(piece.pk) for piece in pieces}
    known = set(
        PartnerEvent.objects.filter(program_id=program.pk, kind=PIECE, external_id__in=ids).values_list(
            "external_id", flat=True
        )
    )
    names = [field.attname for field in Piece._meta.concrete_fields]
    fresh = [piece for piece in pieces if str(piece.pk) not in known]
    _tell(program, [{name: getattr(piece, name) for name in names} for piece in fresh], now)


class _Known:
    """Pieces that are stored already, by address and by their feed's id. Two queries."""

    def __init__(self, found: Sequence[Found]) -> None:
        keys = {piece_key(one.address) for one in found}
        who = {one.enrolment_id for one in found}
        rows = Piece.objects.filter(enrolment_id__in=who, address_key__in=keys)
        self._by_address: dict[tuple[UUID, str], Piece | None] = {
            (row.enrolment_id, row.address_key): row for row in rows
        }
        guids = {key_of(one.guid) for one in found if one.guid}
        feeds = {one.feed_id for one in found if one.feed_id}
        moved = Piece.objects.filter(feed_id__in=feeds, guid_key__in=guids) if guids and feeds else ()
        self._by_guid = {(row.feed_id, row.guid_key): row for row in moved}

    def is_new(self, one: Found, address_key: str) -> bool:
        """Say whether a piece is not known; one that was just added is known without a row."""
        return (one.enrolment_id, address_key) not in self._by_address and self.row_of(one, address_key) is None

    def row_of(self, one: Found, address_key: str) -> Piece | None:
        """Return the stored piece, if there is one."""
        row = self._by_address.get((one.enrolment_id, address_key))
        if row is None and one.guid and one.feed_id:
            row = self._by_guid.get((one.feed_id, key_of(one.guid)))
        return row

    def moved(self, row: Piece, address_key: str) -> None:
        """Know a piece by its new address too."""
        self._by_address[row.enrolment_id, address_key] = row

    def add(self, columns: Mapping[str, Any]) -> None:
        """Know a piece that is about to be stored: nothing can be bettered in it."""
        self._by_address[columns["enrolment_id"], columns["address_key"]] = None


def _searched(one: Found) -> str:
    """Return what is searched for links and codes: of a website that only clicks told of, nothing is known."""
    return "" if one.source == Piece.Source.REFERRER else f"{one.title}\n{one.text}"


def _columns(one: Found, links: Links) -> dict[str, Any]:
    host = plain_host(host_of(one.address))
    about = Piece.About.US if links.is_about_us else Piece.About.OTHER if one.reads_whole else Piece.About.UNKNOWN
    return {
        "enrolment_id": one.enrolment_id, "address": one.address[:1000], "address_key": piece_key(one.address),
        "host": host[:200], "title": plain(one.title, MAX_TITLE) or host or one.address[:MAX_TITLE],
        "excerpt": plain(without_addresses(one.text), MAX_EXCERPT), "links": links.as_json(),
        "about": Piece.About.US if one.source in _BY_HAND else about,
    }  # fmt: skip


def _first_columns(program: Program, one: Found, now: datetime, by: str) -> dict[str, Any]:
    return {
        "id": new_id(now), "program_id": program.pk, "feed_id": one.feed_id, "source": one.source,
        "guid_key": key_of(one.guid) if one.guid else "", "channel": one.channel, "published_at": one.published_at,
        "dating": one.dating, "found_at": now, "found_by": by[:200],
    }  # fmt: skip


def _changes(row: Piece, columns: Mapping[str, Any], one: Found) -> dict[str, Any]:
    """Return what is better known now. Only a feed takes something away again; what was about us stays so."""
    is_ours = columns["about"] == Piece.About.US and bool(one.text)
    better: dict[str, Any] = {}
    if one.source == Piece.Source.FEED:
        better = {name: columns[name] for name in ("title", "address", "address_key", "host")}
        better |= {name: columns[name] for name in ("excerpt", "links") if one.text}
    elif one.text and any(columns["links"].values()):
        better = {"links": columns["links"]}
    if is_ours:
        better["about"] = Piece.About.US
    changed = {name: value for name, value in better.items() if getattr(row, name) != value}
    return {} if set(changed) <= {"address"} else changed


def _tell(program: Program, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    if not rows:
        return
    joined = dict(
        Enrolment.objects.filter(id__in={row["enrolment_id"] for row in rows}).values_list("id", "enrolled_at")
    )
    events = [
        GivenEvent(
            row["enrolment_id"], PIECE, str(row["id"]), min(row["published_at"], now),
            {"title": row["title"][:200], "address": row["address"][:500], "channel": row["channel"]},
        )
        for row in rows
        if row["about"] != Piece.About.OTHER and row["dating"] != Piece.Dating.GUESSED
        and row["published_at"] >= joined[row["enrolment_id"]] - BEFORE_JOINING
    ]  # fmt: skip
    for start in range(0, len(events), MOST_AT_ONCE):
        take_events(program, events[start : start + MOST_AT_ONCE], now=now)
