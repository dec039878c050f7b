"""Today in words: moves between tiers that wait, and promises of ours that are overdue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.care.words import promise_words
from hanse.growth.today.types import Kind, Thing


def _reviews(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s: the numbers say %(tier)s, you decide", "%(n)s moves between tiers wait for you", thing.count
    )
    said = {"who": thing.named[0].name, "tier": thing.detail["after"].capitalize(), "n": words.count(thing.count)}
    return Card(
        thing.key, "stairs-up", title % said,
        _("%(names)s. Nothing changes for them before one of you has looked.") % {"names": words.names(thing)},
        words.money(thing.amount_minor), _("of value in the window"), _("Decide"), href("console:tiers"),
    )  # fmt: skip


def _overdue(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "We owe %(who)s %(what)s", "%(n)s promises of ours are overdue, the oldest to %(who)s", thing.count
    )
    what = promise_words(thing.detail["kind"], int(thing.detail["number"]), thing.detail["words"])
    said = {"who": thing.named[0].name, "what": what, "n": words.count(thing.count)}
    return Card(
        thing.key, "heart-handshake", title % said,
        _("%(names)s. A promise that is kept late still counts for more than one that is forgotten.")
        % {"names": words.names(thing)},
        words.since(thing), _("since the oldest fell due"), _("Keep them"), href("console:tier_promises"),
    )  # fmt: skip


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.TIER_REVIEWS: _reviews,
    Kind.PROMISES_OVERDUE: _overdue,
}
