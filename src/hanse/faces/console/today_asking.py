"""Today in words: names worth a talk, invitations that were looked at and not taken up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _worth_a_talk(words: Phrases, thing: Thing) -> Card:
    title = ngettext("%(who)s is worth a talk", "%(n)s names are worth a talk, first %(who)s", thing.count)
    one = href("console:candidate", text_id("cnd", thing.about)) if thing.about else ""
    points = thing.detail["points"]
    return Card(
        thing.key, "user-search", title % {"who": thing.detail["name"], "n": words.count(thing.count)},
        _("Customers keep naming them, they are like your ideal partner, and nobody is talking to them yet."),
        _("%(points)s points") % {"points": points}, _("of 100 against your ideal partner"), _("Look"),
        one if thing.count == 1 else f"{href('console:candidates')}?worth=1&sort=-score",
    )  # fmt: skip


def _invitations_quiet(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s looked at your invitation and did not apply",
        "%(n)s people looked at your invitation and did not apply, first %(who)s",
        thing.count,
    )
    return Card(
        thing.key, "mail", title % {"who": thing.detail["name"], "n": words.count(thing.count)},
        _("A second, personal line often helps; whoever said “rather not” is not among them."),
        words.since(thing), _("since the first of them looked"), _("Write once more"),
        f"{href('console:invitations')}?state=opened",
    )  # fmt: skip


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.WORTH_A_TALK: _worth_a_talk,
    Kind.INVITATIONS_QUIET: _invitations_quiet,
}
