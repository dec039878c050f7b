"""Cards of Today about content: feeds that are off, old pieces worth a refresh."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing


def _off(words: Phrases, thing: Thing) -> Card:
    title = ngettext("A feed does not answer any more", "%(n)s feeds do not answer any more", thing.count)
    return Card(
        thing.key, "news", title % {"n": words.count(thing.count)},
        _("%(names)s. We do not see what they publish until the address is mended.") % {"names": words.names(thing)},
        ngettext("%(n)s feed", "%(n)s feeds", thing.count) % {"n": words.count(thing.count)}, _("is not read"),
        _("See which"), f"{href('console:feeds')}?show=off",
    )  # fmt: skip


def _refresh(words: Phrases, thing: Thing) -> Card:
    title = ngettext("An old piece still brings clicks", "%(n)s old pieces still bring clicks", thing.count)
    clicks = int(thing.detail["clicks"])
    why = _("First “%(title)s” by %(who)s. Ask for a refresh: a new price, picture or link reaches readers at once.")
    return Card(
        thing.key, "refresh", title % {"n": words.count(thing.count)},
        why % {"title": thing.detail["title"], "who": thing.named[0].name},
        ngettext("%(n)s click", "%(n)s clicks", clicks) % {"n": fmt.number(clicks, words.reader.language)},
        _("in 90 days"), _("See them"), f"{href('console:content')}?show=refresh",
    )  # fmt: skip


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {Kind.FEEDS_OFF: _off, Kind.PIECES_TO_REFRESH: _refresh}
