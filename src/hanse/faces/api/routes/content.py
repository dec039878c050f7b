"""Content: partners' feeds, and the pieces found in them and elsewhere, with what each brings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text
from hanse.growth.content import actions, feeding
from hanse.growth.content.finding import find_feed, look_at
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.words import mend_words, problem_words
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Content"])
Channel = Literal[
    "", "site", "youtube", "podcast", "newsletter", "instagram", "tiktok", "facebook", "pinterest", "x", "threads",
    "linkedin", "twitch", "reddit", "discord", "telegram", "vk", "bluesky", "mastodon", "snapchat", "event", "other",
]  # fmt: skip
Source = Literal["feed", "referrer", "partner", "team", "deliverable"]
_ADDRESS = Field(max_length=1000, description="Of a feed, of a page that names its feed, or of a YouTube channel.")


class FeedIn(Input):
    """A feed to read for a partner. It is read at once; the same one again is that one, switched on."""

    enrolment: Text
    address: Annotated[Text, _ADDRESS]


class FeedOut(Output):
    """A feed. `problem` says why the last look failed; `notes` what had to be mended to read it."""

    id: str
    program: str
    enrolment: str
    address: str
    kind: Literal["site", "youtube", "podcast"]
    title: str
    looked_at: Instant | None
    next_look_at: Instant | None
    failing_since: Instant | None
    problem: str
    notes: list[str]
    is_on: bool


class FeedPage(Page):
    """A page of feeds."""

    data: list[FeedOut]


class PieceIn(Input):
    """A piece to note. Its `text` (or part of it) is searched for links and codes, and not kept."""

    enrolment: Text
    address: Annotated[Text, Field(max_length=1000)]
    title: Annotated[Text, Field(max_length=300)] = ""
    published_at: Instant | None = None
    channel: Channel = ""
    text: Annotated[Text, Field(max_length=20_000)] = ""


class PieceLink(Output):
    """One of the partner's links in a piece, with the parameters on it."""

    number: int
    parameters: dict[str, str]


class PieceOut(Output):
    """A piece and what it brought. `ways`: clicks and sales by how they are known; `shared` is an estimate."""

    id: str
    program: str
    enrolment: str
    address: str
    title: str
    channel: str
    source: Source
    published_at: Instant
    dating: Literal["given", "seen", "guessed"]
    about: Literal["us", "unknown", "other"]
    links: list[PieceLink]
    codes: list[str]
    untracked: int
    clicks: int
    sales: int
    value: int
    currency: str
    ways: dict[str, list[int]]
    last_click_on: date | None
    counted_at: Instant | None
    hidden_at: Instant | None


class PiecePage(Page):
    """A page of pieces."""

    data: list[PieceOut]


@router.get("/feeds", auth=READ, response=FeedPage)
def list_feeds(
    request: HttpRequest, program: str = "", enrolment: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> FeedPage:
    """List the feeds that are or were read, the newest first; those removed are left out."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    page, following = take_page(narrow(key, reach(key, Feed).filter(removed_at=None), filters), cursor, limit)
    return FeedPage(data=[_feed(row) for row in page], next_cursor=following)


@router.post("/feeds", auth=WRITE, response={201: FeedOut})
def create_feed(request: HttpRequest, body: FeedIn) -> Status[FeedOut]:
    """Read a feed for a partner from now on. It is read at once: what cannot be read is refused with the reason.

    The same address again is the same feed, so a request may be repeated.
    """
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program")
    looked = find_feed(body.address)
    with transaction.atomic():
        row = feeding.add_feed(enrolment, looked, now=clock.now(), by=actor(request))
    return Status(201, _feed(row))


@router.post("/feeds/{feed_id}/look", auth=WRITE, response=FeedOut)
def look_at_feed(request: HttpRequest, feed_id: str) -> FeedOut:
    """Look at a feed now, also at one that was switched off. What came of it stands in the answer."""
    row = find(asker(request), Feed, feed_id, "program", "enrolment")
    looked = look_at(row.address, etag=row.etag, last_modified=row.last_modified)
    with transaction.atomic():
        row.refresh_from_db()
        if not row.is_on:
            feeding.switch_on(row, now=clock.now(), by=actor(request))
        feeding.keep_look(row, looked, now=clock.now())
    return _feed(row)


@router.post("/feeds/{feed_id}/remove", auth=WRITE, response=FeedOut)
def remove_feed(request: HttpRequest, feed_id: str) -> FeedOut:
    """Read a feed no more. Its pieces stay."""
    row = find(asker(request), Feed, feed_id)
    return _feed(feeding.remove_feed(row, now=clock.now(), by=actor(request)))


@router.get("/pieces", auth=READ, response=PiecePage)
def list_pieces(
    request: HttpRequest, program: str = "", enrolment: str = "", channel: Channel = "", cursor: Cursor = "",
    limit: Limit = PAGE,
) -> PiecePage:  # fmt: skip
    """List pieces, the latest found first; those hidden are left out."""
    key = asker(request)
    filters = {"program_id": (Program, program), "enrolment_id": (Enrolment, enrolment)}
    rows = narrow(key, reach(key, Piece).filter(hidden_at=None).select_related("program"), filters)
    page, following = take_page(rows.filter(channel=channel) if channel else rows, cursor, limit)
    return PiecePage(data=[_piece(row) for row in page], next_cursor=following)


@router.post("/pieces", auth=WRITE, response={201: PieceOut})
def create_piece(request: HttpRequest, body: PieceIn) -> Status[PieceOut]:
    """Note a piece that a partner published. The same address of the same partner is the same piece."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "program")
    row = actions.note_piece(
        enrolment, address=body.address, title=body.title, published_at=body.published_at, channel=body.channel,
        text=body.text, source=Piece.Source.TEAM, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _piece(row))


@router.get("/pieces/{piece_id}", auth=READ, response=PieceOut)
def read_piece(request: HttpRequest, piece_id: str) -> PieceOut:
    """Read one piece."""
    return _piece(find(asker(request), Piece, piece_id, "program"))


@router.post("/pieces/{piece_id}/about-us", auth=WRITE, response=PieceOut)
def say_piece_is_about_us(request: HttpRequest, piece_id: str) -> PieceOut:
    """Let a piece count that was taken for something else."""
    row = find(asker(request), Piece, piece_id, "program")
    return _piece(actions.say_about_us(row, now=clock.now(), by=actor(request)))


@router.post("/pieces/{piece_id}/hide", auth=WRITE, response=PieceOut)
def hide_piece(request: HttpRequest, piece_id: str) -> PieceOut:
    """Take a piece out of every list and count. Feeds do not bring it back."""
    row = find(asker(request), Piece, piece_id, "program")
    return _piece(actions.hide_piece(row, now=clock.now(), by=actor(request)))


@router.post("/pieces/{piece_id}/show", auth=WRITE, response=PieceOut)
def show_piece(request: HttpRequest, piece_id: str) -> PieceOut:
    """Let a hidden piece count again."""
    row = find(asker(request), Piece, piece_id, "program")
    return _piece(actions.show_piece(row, now=clock.now(), by=actor(request)))


@router.post("/pieces/{piece_id}/refreshed", auth=WRITE, response=PieceOut)
def note_piece_refreshed(request: HttpRequest, piece_id: str) -> PieceOut:
    """Note that an old piece was brought up to date."""
    row = find(asker(request), Piece, piece_id, "program")
    return _piece(actions.note_refreshed(row, now=clock.now(), by=actor(request)))


def _feed(row: Feed) -> FeedOut:
    known: dict[str, Any] = {"kind": row.kind}
    return FeedOut(
        id=text_id("fed", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        address=row.address, title=row.title, looked_at=row.looked_at,
        next_look_at=row.next_look_at if row.is_on else None, failing_since=row.failing_since,
        problem=problem_words(row.problem), notes=[mend_words(mend, count) for mend, count in row.notes],
        is_on=row.is_on, **known,
    )  # fmt: skip


def _piece(row: Piece) -> PieceOut:
    known: dict[str, Any] = {"source": row.source, "dating": row.dating, "about": row.about}
    return PieceOut(
        id=text_id("pce", row.pk), program=text_id("prg", row.program_id), enrolment=text_id("enr", row.enrolment_id),
        address=row.address, title=row.title, channel=row.channel, published_at=row.published_at,
        links=[PieceLink(number=number, parameters=subs) for number, subs in row.links.get("links", ())],
        codes=row.links.get("codes", []), untracked=row.links.get("untracked", 0), clicks=row.clicks, sales=row.sales,
        value=row.value_minor, currency=row.program.currency, ways=row.ways, last_click_on=row.last_click_on,
        counted_at=row.counted_at, hidden_at=row.hidden_at, **known,
    )  # fmt: skip
