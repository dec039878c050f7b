"""Cards of Today about onboarding: first wins to celebrate, what owners promised new partners, pilots to decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _first_sale(words: Phrases, thing: Thing) -> Card:
    who = thing.named[0]
    days = int(thing.detail["days"])
    why = ngettext(
        "%(when)s, one day after joining. A note is drafted: read it, send it today.",
        "%(when)s, %(n)s days after joining. A note is drafted: read it, send it today.",
        days,
    )
    when = (
        fmt.day(thing.since.astimezone(words.reader.zone).date(), words.reader.today, words.reader.language)
        if thing.since
        else ""
    )
    return Card(
        thing.key, "confetti", _("%(who)s has made the first sale") % {"who": who.name},
        why % {"when": when, "n": words.count(days)}, words.money(thing.amount_minor), _("of goods in a first sale"),
        _("Read the note"), href("console:first_win", text_id("enr", thing.about)) if thing.about else "",
    )  # fmt: skip


def _owner_task(words: Phrases, thing: Thing) -> Card:
    who, owner = thing.named[0], thing.detail["owner"]
    title = ngettext("%(who)s: %(task)s", "%(who)s: %(task)s, and %(more)s more for new partners", thing.count)
    said = {"who": who.name, "task": thing.detail["task"], "more": words.count(thing.count - 1)}
    whose = _("In the care of %(owner)s.") % {"owner": owner} if owner else _("Nobody owns this.")
    due = date.fromisoformat(thing.detail["due_on"])
    return Card(
        thing.key, "phone", title % said,
        f"{whose} {_('Who hears from a person in the first days gets further.')}",
        fmt.day(due, words.reader.today, words.reader.language), _("is the day it is due"), _("Open"),
        href("console:onboarding_tasks"),
    )  # fmt: skip


def _pilot(words: Phrases, thing: Thing) -> Card:
    ended = date.fromisoformat(thing.detail["ends_on"])
    return Card(
        thing.key, "flask", _("The pilot “%(name)s” is over") % {"name": thing.detail["name"]},
        ngettext(
            "%(n)s partner took part. The verdict is computed; you decide: scale, change or stop.",
            "%(n)s partners took part. The verdict is computed; you decide: scale, change or stop.", thing.count,
        ) % {"n": words.count(thing.count)},
        fmt.day(ended, words.reader.today, words.reader.language), _("was its last day"), _("See the verdict"),
        href("console:pilot", text_id("plt", thing.about)) if thing.about else "",
    )  # fmt: skip


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.FIRST_SALE: _first_sale,
    Kind.OWNER_TASK: _owner_task,
    Kind.PILOT: _pilot,
}
