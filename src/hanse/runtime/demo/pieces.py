"""What the demo's creators published in their year, the feeds that told of it, and what their pieces brought."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from hanse.growth.content.actions import note_refreshed
from hanse.growth.content.addresses import compared, key_of
from hanse.growth.content.counting import count_pieces, keep_counts
from hanse.growth.content.models import Feed, Piece
from hanse.growth.content.sighting import sightings
from hanse.growth.content.taking import take_pieces
from hanse.growth.content.types import Found
from hanse.kernel.clock import local_day
from hanse.kernel.ids import new_id
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.cast import DemoPartner
from hanse.runtime.demo.people import MANAGER, Stage
from hanse.runtime.demo.piece_texts import OTHER_TITLES, SAID, titles_of
from hanse.traffic.links.queries import link_address

SEED, PARAMETER = "what was published", "sub1"
STOPPED, STOPPED_DAYS = "TILLEUL", 66
PLAIN, OTHER = "LAVANDE", "BARRENA"  # who forgets the own link, and who also writes of other things
FAILING, GONE = "PAPIER", "VERA"
_UNTAGGED = frozenset({"YIJUN", "UYUT", "STOL", PLAIN})  # the same bare link everywhere: only an estimate is possible
_EVERY_DAYS, _EVERGREENS = 11, 3
_CHANNELS = {
    "YouTube": ("youtube", "www.youtube.com"), "Instagram": ("instagram", "l.instagram.com"),
    "Pinterest": ("pinterest", "www.pinterest.com"), "TikTok": ("tiktok", "www.tiktok.com"),
    "Telegram": ("telegram", "t.me"), "podcast": ("podcast", ""), "newsletter": ("newsletter", ""),
}  # fmt: skip
_ADDRESSES = {
    "youtube": "https://www.youtube.com/watch?v={key}", "instagram": "https://www.instagram.com/p/{key}/",
    "pinterest": "https://www.pinterest.com/pin/{number}/", "tiktok": "https://www.tiktok.com/@{slug}/video/{number}",
    "telegram": "https://t.me/{slug}/{number}", "podcast": "https://{slug}.example/episodes/{number}",
    "newsletter": "https://{slug}.example/letters/{number}", "site": "https://{slug}.example/{number}",
}  # fmt: skip
_WITH_FEED = frozenset({"youtube", "podcast", "site"})


@dataclass(frozen=True, slots=True)
class Published:
    """One piece of the story: `tag` tells its clicks apart, "" where the partner puts the same link everywhere."""

    at: datetime
    number: int
    tag: str


def channel_of_medium(medium: str) -> tuple[str, str]:
    """Return the channel of a partner's medium, and the website that its readers come from ("": their own)."""
    return _CHANNELS.get(medium, ("site", ""))


@lru_cache(maxsize=200)
def published_by(cast: DemoPartner, ends_at: datetime) -> tuple[Published, ...]:
    """Return what a partner published, the first piece first; nothing for who is no creator or never began."""
    if "creator" not in cast.types or not (cast.weight or cast.code == STOPPED):
        return ()
    draw = random.Random(f"{SEED}/{cast.code}")  # noqa: S311 (a story, not a secret)
    quiet = max(cast.silent_days, STOPPED_DAYS if cast.code == STOPPED else 0)
    at, until, found = cast.joined_at(ends_at) + timedelta(hours=1), ends_at - timedelta(days=quiet), list[Published]()
    while at < until:
        number = len(found) + 1
        found.append(Published(at, number, "" if cast.code in _UNTAGGED else f"{cast.slug[:3]}-{number:02d}"))
        days = max(1, round(draw.gauss(_EVERY_DAYS, _EVERY_DAYS / 5)))
        at += timedelta(days=days, minutes=draw.randrange(-240, 240))
    return tuple(found)


def piece_tag(cast: DemoPartner, at: datetime, ends_at: datetime, place: int) -> dict[str, str]:
    """Return the parameter of a click: most come from the newest piece, some from the first ones, which stay found."""
    known = [one for one in published_by(cast, ends_at) if one.at <= at]
    if not known or not known[-1].tag or place % 11 == 0:
        return {}
    is_old = place % 10 < 3 and len(known) > _EVERGREENS
    return {PARAMETER: known[place % _EVERGREENS if is_old else -1].tag}


def publish_pieces(stage: Stage, partners: Sequence[DemoPartner], calendar: DemoCalendar) -> None:
    """Keep the year's pieces and feeds, and count what they brought. Call inside a transaction, after the year."""
    ends_at = calendar.ends_at
    for cast in partners:
        pieces = published_by(cast, ends_at)
        if pieces:
            take_pieces(stage.program, _found(stage, cast, pieces, ends_at), now=ends_at, by=cast.email)
    today = local_day(ends_at, calendar.zone)
    ids = [row.pk for row in stage.enrolments.values()]
    take_pieces(stage.program, sightings(stage.program, ids, today), now=ends_at, by="clicks")
    keep_counts(stage.program, count_pieces(stage.program, ids, today), ends_at)
    first = Piece.objects.filter(program=stage.program, clicks_90d__gte=10).order_by("published_at", "id").first()
    if first is not None:
        note_refreshed(first, now=ends_at - timedelta(days=9), by=MANAGER)


def _found(stage: Stage, cast: DemoPartner, pieces: Sequence[Published], ends_at: datetime) -> list[Found]:
    enrolment, (channel, _host) = stage.enrolments[cast.code], channel_of_medium(cast.medium)
    feed = _feed(stage, cast, channel, ends_at) if channel in _WITH_FEED else None
    link, titles, found = link_address(stage.links[cast.code]), titles_of(cast.language), list[Found]()
    for piece in pieces:
        place = piece.number - 1
        again = f" ({place // len(titles) + 1})" if place >= len(titles) else ""
        title = titles[(place + ord(cast.code[1])) % len(titles)] + again
        said = SAID.get(cast.language, SAID["en"])
        text = f"{said} {link}?{PARAMETER}={piece.tag}" if piece.tag else f"{said} {link} {cast.code}"
        if cast.code == PLAIN and piece.number % 3 == 0:
            text = f"{said} https://harbourandpine.example/lanterns"
        is_other = cast.code == OTHER and piece.number % 6 == 0
        if is_other:
            title, text = OTHER_TITLES[place % len(OTHER_TITLES)], "https://weather.example/coast"
        key = key_of(f"{cast.code}/{piece.number}")[:11]
        address = _ADDRESSES[channel].format(key=key, slug=cast.slug, number=100 + piece.number)
        source = Piece.Source.FEED if feed else Piece.Source.TEAM if place % 4 == 3 else Piece.Source.PARTNER
        found.append(
            Found(
                enrolment.pk, address, title, piece.at, source, channel, text=text, feed_id=feed.pk if feed else None,
                reads_whole=is_other,
            )
        )  # fmt: skip
    return found


def _feed(stage: Stage, cast: DemoPartner, channel: str, ends_at: datetime) -> Feed:
    site = f"https://{cast.slug}.example/"
    address = f"{site}feed.xml"
    if channel == "youtube":
        site = f"https://www.youtube.com/@{cast.slug}"
        address = f"https://www.youtube.com/feeds/videos.xml?channel_id=UC{key_of(cast.code)[:22]}"
    added_at = cast.joined_at(ends_at) + timedelta(days=2)
    row = Feed(
        id=new_id(added_at), program=stage.program, enrolment=stage.enrolments[cast.code], address=address,
        address_key=key_of(compared(address)), kind=channel, title=cast.name, site_address=site, added_at=added_at,
        added_by=cast.email, looked_at=ends_at - timedelta(hours=2), next_look_at=ends_at + timedelta(hours=4),
    )  # fmt: skip
    if cast.code == FAILING:
        row.problem, row.failures, row.failing_since = "status:503", 4, ends_at - timedelta(hours=17)
    elif cast.code == GONE:
        row.problem, row.failures, row.failing_since = "status:404", 23, ends_at - timedelta(days=31)
        row.off_at = ends_at - timedelta(days=16)
    elif cast.code == OTHER:
        row.notes = [["broken", 1], ["entities", 2], ["items_broken", 1]]
    row.save()
    return row
