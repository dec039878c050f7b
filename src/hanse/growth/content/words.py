"""Content in words, in the reader's language: channels, sources, what went wrong with a feed, what was mended."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hanse.growth.content.types import Mend

_NAMES = {
    "youtube": "YouTube", "instagram": "Instagram", "tiktok": "TikTok", "facebook": "Facebook",
    "pinterest": "Pinterest", "x": "X", "threads": "Threads", "linkedin": "LinkedIn", "twitch": "Twitch",
    "reddit": "Reddit", "discord": "Discord", "telegram": "Telegram", "vk": "VK", "bluesky": "Bluesky",
    "mastodon": "Mastodon", "snapchat": "Snapchat",
}  # fmt: skip


def channel_name(channel: str) -> str:
    """Return the name of a channel."""
    own = {
        "site": pgettext("channel", "Website"), "podcast": pgettext("channel", "Podcast"),
        "newsletter": pgettext("channel", "Newsletter"), "event": pgettext("channel", "Event"),
    }  # fmt: skip
    return _NAMES.get(channel) or own.get(channel) or pgettext("channel", "Other")


def source_name(source: str) -> str:
    """Say where a piece was found."""
    return {
        "feed": pgettext("found in", "Feed"), "referrer": pgettext("found in", "Clicks"),
        "partner": pgettext("found in", "Partner’s form"), "team": pgettext("found in", "Our log"),
        "deliverable": pgettext("found in", "Agreed work"),
    }[source]  # fmt: skip


def way_name(way: str) -> str:
    """Say how clicks and sales are known to come from a piece."""
    return {
        "sub": _("by the parameter on its link"), "link": _("by a link that no other piece has"),
        "referrer": _("by the website that readers came from"), "code": _("by a code that no other piece has"),
        "shared": _("estimated: several pieces have this link or code, the newest one before is counted"),
    }[way]  # fmt: skip


def problem_words(problem: str) -> str:
    """Say what is wrong with a feed, and how it is mended where that is known."""
    code, _colon, detail = problem.partition(":")
    if code == "status":
        return _status_words(detail)
    if code in ("not_called", "no_answer"):
        return detail or _("It does not answer.")
    return {
        "": "",
        "too_long": _("It is longer than 15 million bytes. Ask for a feed with the newest pieces only."),
        "redirects": _("The address leads in a circle, or on and on."),
        "page": _("This is a page, and it names no feed. Give the address of its feed (RSS or Atom)."),
        "no_feed": _("What lies there is no feed. Give the address of an RSS or Atom feed."),
        "empty": _("It is empty."),
        "entities": _("It declares entities of its own, which can unfold without end. Such a feed is never read."),
        "broken": _("It is so broken that no piece can be told apart in it."),
        "gone": _("It says that it is gone for good."),
    }.get(code, _("It cannot be read."))  # fmt: skip


def mend_words(mend: str, count: int) -> str:
    """Say what had to be mended, or left out, to read a feed."""
    plural: dict[str, str] = {
        Mend.ITEMS_BROKEN: ngettext("%(n)d entry cannot be read", "%(n)d entries cannot be read", count),
        Mend.TOO_MANY: ngettext("%(n)d entry", "%(n)d entries: the newest 500 were taken", count),
        Mend.NO_ADDRESS: ngettext("%(n)d entry has no address", "%(n)d entries have no address", count),
        Mend.NO_DATE: ngettext(
            "%(n)d entry has no date: the day we saw it counts",
            "%(n)d entries have no date: the day we saw them counts", count,
        ),
        Mend.FUTURE: ngettext(
            "%(n)d entry is dated in the future: the day we saw it counts",
            "%(n)d entries are dated in the future: the day we saw them counts", count,
        ),
        Mend.GUIDS: ngettext(
            "%(n)d entry shares its id", "%(n)d entries share their ids: told apart by address", count
        ),
        Mend.TWICE: ngettext("%(n)d entry stands there twice", "%(n)d entries stand there twice", count),
        Mend.NO_TITLE: ngettext("%(n)d entry has no title", "%(n)d entries have no title", count),
        Mend.CONTROL: ngettext("%(n)d forbidden character left out", "%(n)d forbidden characters left out", count),
    }  # fmt: skip
    plain: dict[str, str] = {
        Mend.ENCODING: _("written in other characters than it claims"),
        Mend.DOCTYPE: _("its document type was left out"),
        Mend.ENTITIES: _("ampersands were mended"),
        Mend.BROKEN: _("broken XML: entries were read one by one"),
    }
    return plural[mend] % {"n": count} if mend in plural else plain.get(mend, "")


def _status_words(status: str) -> str:
    known = {
        "401": _("It asks for a password (401). Only public feeds are read."),
        "403": _("It refuses us (403). The site may block readers of feeds."),
        "404": _("There is nothing at this address (404)."),
        "410": _("It says that it is gone for good (410)."),
        "429": _("It asks to be read less often (429)."),
    }
    return known.get(status) or _("It answered with the error %(status)s.") % {"status": status}
