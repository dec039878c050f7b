"""Today in words: embargoes that end, and sessions that nobody can watch yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _embargo(words: Phrases, thing: Thing) -> Card:
    until = datetime.fromisoformat(thing.detail["until"])
    said = {"title": thing.detail["title"]}
    day = fmt.day(until.astimezone(words.reader.zone).date(), words.reader.today, words.reader.language)
    is_over = until <= words.reader.now
    title = _("The embargo on “%(title)s” is over") if is_over else _("The embargo on “%(title)s” ends soon")
    if thing.detail["withdrawn"]:
        why = _("It was withdrawn; move the day if it must stay unsaid for longer.")
    elif is_over:
        why = _("Those who kept it may speak now, and letters may mention it again.")
    else:
        why = _("Is it ready? If not, move the day; if so, write the letter that goes out then.")
    effect = ngettext("%(n)s partner", "%(n)s partners", thing.count) % {"n": words.count(thing.count)}
    return Card(
        thing.key, "lock", title % said, f"{day}. {why}", effect, _("accepted the embargo"),
        _("Look at it"), href("console:preview", text_id("prv", thing.about)) if thing.about else "",
    )  # fmt: skip


def _recording(words: Phrases, thing: Thing) -> Card:
    title = _("Nobody can watch “%(title)s” yet") % {"title": thing.detail["title"]}
    missed = ngettext("%(n)s partner", "%(n)s partners", thing.count) % {"n": words.count(thing.count)}
    return Card(
        thing.key, "player-play", title,
        _("It took place %(span)s ago and has no recording.") % {"span": words.since(thing)},
        missed, _("could not come"), _("Add the recording"),
        href("console:session", text_id("mtg", thing.about)) if thing.about else "",
    )  # fmt: skip


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.EMBARGO_ENDS: _embargo,
    Kind.RECORDING_MISSING: _recording,
}
