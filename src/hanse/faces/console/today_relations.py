"""Cards of Today about relations: partners gone silent with cause and play, partners near a milestone."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.silence.plays import PLAYS
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _silent(words: Phrases, thing: Thing) -> Card:
    who, play = thing.named[0], PLAYS[thing.detail["cause"]]
    title = _("%(who)s has gone silent: %(cause)s") % {"who": who.name, "cause": _lower(str(play.name))}
    why = _("No click, code or sale for %(span)s, longer than their rhythm allows. %(todo)s: %(how)s") % {
        "span": words.since(thing), "todo": play.todo, "how": play.how,
    }  # fmt: skip
    return Card(
        thing.key, "moon", title, why, words.money(thing.amount_minor), _("in a usual month of theirs"),
        _("See the play"), href("console:silent_one", text_id("enr", thing.about)) if thing.about else "",
    )  # fmt: skip


def _silent_more(words: Phrases, thing: Thing) -> Card:
    title = ngettext("One more partner has gone silent", "%(n)s more partners have gone silent", thing.count)
    return Card(
        thing.key, "moon", title % {"n": words.count(thing.count)},
        _("%(names)s. Each with the likely cause, and what to do about it.") % {"names": words.names(thing)},
        words.money(thing.amount_minor), _("in usual months of theirs"), _("See who"), href("console:silent"),
    )  # fmt: skip


def _near(words: Phrases, thing: Thing) -> Card:
    who = thing.named[0]
    title = ngettext("%(who)s is near a milestone", "%(n)s partners are near a milestone", thing.count)
    left = int(thing.detail.get("left", "0"))
    if thing.detail.get("metric") == "value":
        text = _("%(who)s is %(left)s away.") % {"who": who.name, "left": words.money(left)}
    else:
        text = ngettext("%(who)s is %(n)s sale away.", "%(who)s is %(n)s sales away.", left) % {
            "who": who.name, "n": fmt.number(left, words.reader.language),
        }  # fmt: skip
    page = href("console:partner", text_id("prt", who.partner_id))
    return Card(
        thing.key, "flag", title % {"who": who.name, "n": words.count(thing.count)},
        f"{text} {_('A short word now helps more than praise afterwards.')}",
        ngettext("%(n)s partner", "%(n)s partners", thing.count) % {"n": words.count(thing.count)},
        _("could reach the next step of their terms"), _("Open"), page,
    )  # fmt: skip


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.SILENT: _silent,
    Kind.SILENT_MORE: _silent_more,
    Kind.NEAR_MILESTONE: _near,
}
