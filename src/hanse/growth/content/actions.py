"""Verbs of content: note a piece, say what it is about, hide it; note that an old one was refreshed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hanse.growth.content.addresses import CHANNELS, channel_of, piece_key, plain_host
from hanse.growth.content.models import Piece
from hanse.growth.content.plain import MAX_TITLE, plain
from hanse.growth.content.taking import take_pieces, tell_pieces
from hanse.growth.content.types import Found
from hanse.insight.events.actions import take_back_events
from hanse.insight.events.types import PIECE
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Invalid, Problem, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks
from hanse.spine.web_addresses import host_of

MAX_ADDRESS = 1_000
_EARLIEST_YEAR, _LATEST_YEAR = 1995, 2200
_AHEAD = timedelta(days=1)


def note_piece(
    enrolment: Enrolment, *, address: str, title: str, published_at: datetime | None, source: str, channel: str = "",
    text: str = "", now: datetime, by: str,
) -> Piece:  # fmt: skip
    """Note one published piece; the same address of the same partner gives the piece that is known.

    `text` is searched for links and codes. Without a day it was published now. A piece that was hidden is shown again,
    but not by the partner. Raises Invalid for addresses, channels and days that cannot be.
    """
    checks = Checks()
    address = checks.web_address("address", address, MAX_ADDRESS, required=True)
    title = checks.text("title", title, MAX_TITLE)
    if channel and channel not in CHANNELS:
        checks.refuse("channel", _("There is no such channel."), "unknown_channel")
    if published_at is not None and published_at > now + _AHEAD:
        checks.refuse("published_at", _("A piece was published in the past."), "in_future")
    if published_at is not None and published_at.year < _EARLIEST_YEAR:
        checks.refuse("published_at", _("This day is too long ago."), "too_old")
    checks.done()
    found = Found(
        enrolment.pk, address, title, min(published_at or now, now), source, channel or channel_of(address), text=text
    )
    take_pieces(enrolment.program, [found], now=now, by=by)
    piece = Piece.objects.select_related("program").get(enrolment=enrolment, address_key=piece_key(address))
    if piece.hidden_at is not None:
        return piece if source == Piece.Source.PARTNER else show_piece(piece, now=now, by=by)
    return say_about_us(piece, now=now, by=by) if piece.about == Piece.About.OTHER else piece


def moment_of(day: date | None, zone: str, now: datetime) -> datetime | None:
    """Return when something was published of which the local day is known: noon, or now where that is yet to come.

    Raises Invalid for days centuries away, which no clock can reckon with.
    """
    if day is None:
        return None
    if day.year < _EARLIEST_YEAR:
        raise Invalid([Problem("/published_at", _("This day is too long ago."), "too_old")])
    if day.year > _LATEST_YEAR:
        raise Invalid([Problem("/published_at", _("A piece was published in the past."), "in_future")])
    noon = day_starts_at(day, zone) + timedelta(hours=12)
    return min(now, noon) if day <= local_day(now, zone) else noon


def say_about_us(piece: Piece, *, now: datetime, by: str) -> Piece:
    """Let a piece count that was taken for something else: a person has read it. Told once."""
    if audited_save(piece, {"about": Piece.About.US}, actor=by, verb="say_piece_is_about_us", now=now):
        tell_pieces(piece.program, [piece], now)
    return piece


def hide_piece(piece: Piece, *, now: datetime, by: str) -> Piece:
    """Take a piece out of every list and count: it is not theirs, or not about us. Feeds do not bring it back."""
    if piece.hidden_at is None:
        audited_save(piece, {"hidden_at": now, "hidden_by": by[:200]}, actor=by, verb="hide_piece", now=now)
        take_back_events(piece.program, PIECE, [str(piece.pk)])
    return piece


def show_piece(piece: Piece, *, now: datetime, by: str) -> Piece:
    """Let a hidden piece count again, as one that a person has read."""
    if piece.hidden_at is not None:
        shown = {"hidden_at": None, "hidden_by": "", "about": Piece.About.US}
        audited_save(piece, shown, actor=by, verb="show_piece", now=now)
        tell_pieces(piece.program, [piece], now)
    return piece


def note_refreshed(piece: Piece, *, now: datetime, by: str) -> Piece:
    """Note that an old piece was brought up to date (or need not be): it leaves the list for some months."""
    audited_save(piece, {"refreshed_at": now}, actor=by, verb="note_piece_refreshed", now=now)
    return piece


def give_page(piece: Piece, *, address: str, title: str, now: datetime, by: str) -> Piece:
    """Say which page it is that only clicks told us of. Where that page is a piece already, this one is left out.

    Raises Invalid for what is no address, Refused for pieces whose page is known.
    """
    if piece.source != Piece.Source.REFERRER:
        raise Refused("page_is_known", _("The page of this piece is known."))
    checks = Checks()
    address = checks.web_address("address", address, MAX_ADDRESS, required=True)
    title = checks.text("title", title, MAX_TITLE)
    checks.done()
    key = piece_key(address)
    known = Piece.objects.filter(enrolment_id=piece.enrolment_id, address_key=key).exclude(pk=piece.pk).first()
    if known is not None:
        hide_piece(piece, now=now, by=by)
        return known
    values = {
        "address": address, "address_key": key, "host": plain_host(host_of(address)), "channel": channel_of(address),
        "title": plain(title, MAX_TITLE) or piece.title, "source": Piece.Source.TEAM,
    }  # fmt: skip
    audited_save(piece, values, actor=by, verb="give_piece_page", now=now)
    return piece
