"""Pieces and feeds in words, for the console and the portal."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.growth.content.counting import SHARED
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.words import channel_name, mend_words, problem_words, source_name, way_name
from hanse.kernel.ids import text_id

WAYS = ("sub", "link", "referrer", "code", SHARED)


@dataclass(frozen=True, slots=True)
class PieceLine:
    """One piece as lists show it."""

    piece: Piece
    id: str
    channel: str
    source: str
    day: str
    held: str
    estimated: int
    is_other: bool


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed as lists show it. `word` is its state: text, colour, icon."""

    feed: Feed
    id: str
    word: tuple[str, str, str]
    problem: str
    notes: list[str]


def piece_line(piece: Piece) -> PieceLine:
    """Put a piece into words."""
    now = reader()
    day = fmt.day(piece.published_at.astimezone(now.zone).date(), now.today, now.language)
    if piece.source == Piece.Source.REFERRER:
        day = _("seen %(day)s") % {"day": day}
    elif piece.dating != Piece.Dating.GIVEN:
        day = _("about %(day)s") % {"day": day}
    return PieceLine(
        piece, text_id("pce", piece.pk), channel_name(piece.channel), source_name(piece.source), day,
        held_words(piece), piece.ways.get(SHARED, [0, 0])[0], piece.about == Piece.About.OTHER,
    )  # fmt: skip


def held_words(piece: Piece) -> str:
    """Say what a piece holds of ours: links, codes, addresses of the shop without a link."""
    links = len({number for number, _subs in piece.links.get("links", ())})
    codes, untracked = piece.links.get("codes", ()), piece.links.get("untracked", 0)
    parts = [
        ngettext("%(n)d link", "%(n)d links", links) % {"n": links} if links else "",
        _("code %(codes)s") % {"codes": ", ".join(codes[:3])} if codes else "",
        ngettext("%(n)d plain address of the shop", "%(n)d plain addresses of the shop", untracked) % {"n": untracked}
        if untracked and not links else "",
    ]  # fmt: skip
    return ", ".join(filter(None, parts))


def way_lines(piece: Piece) -> list[tuple[str, int, int]]:
    """Return how clicks and sales are known: the way in words, clicks, sales."""
    return [(way_name(way), *piece.ways[way][:2]) for way in WAYS if way in piece.ways]


def feed_line(feed: Feed) -> FeedLine:
    """Put a feed into words."""
    if feed.off_at is not None:
        word = (_("Off"), "brick", "circle-x")
    elif feed.problem:
        word = (ngettext("Failed %(n)d time", "Failed %(n)d times", feed.failures) % {"n": feed.failures}, "ochre",
                "alert-triangle")  # fmt: skip
    else:
        word = (_("Read"), "sea", "check")
    notes = [text for mend, count in feed.notes if (text := mend_words(mend, count))]
    return FeedLine(feed, text_id("fed", feed.pk), word, problem_words(feed.problem), notes)
