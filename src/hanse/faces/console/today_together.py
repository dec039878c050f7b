"""Cards of Today about joint projects: proposals, proof, results, what nobody showed."""

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


def _asked(words: Phrases, thing: Thing) -> Card:
    title = _("%(who)s would like to do something together: %(title)s")
    if thing.count > 1:
        title = ngettext(
            "%(n)s partner would like to do something together, the first %(who)s",
            "%(n)s partners would like to do something together, the first %(who)s", thing.count,
        )  # fmt: skip
    return Card(
        thing.key, "heart-handshake", title % _said(words, thing),
        _("They wait for a yes, or for another proposal. Nothing is promised yet."),
        words.money(thing.amount_minor) if thing.amount_minor else words.since(thing),
        _("would be our share") if thing.amount_minor else _("without an answer"),
        _("Answer"), _where(thing),
    )  # fmt: skip


def _proof(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s shows how “%(title)s” went", "Proof of %(n)s joint projects waits, the first of %(who)s", thing.count
    )
    return Card(
        thing.key, "eye", title % _said(words, thing),
        _("Look at it; then the result can be written and costs evened out."),
        words.money(thing.amount_minor) if thing.amount_minor else words.since(thing),
        _("is our share, at most") if thing.amount_minor else _("since it was agreed"),
        _("Look at it"), _where(thing),
    )  # fmt: skip


def _result(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "“%(title)s” with %(who)s is done: write the result",
        "%(n)s joint projects are done, the first with %(who)s: write the results", thing.count,
    )  # fmt: skip
    return Card(
        thing.key, "coins", title % _said(words, thing),
        _("Leads and costs are divided as agreed; what evens the two sides out is booked once."),
        words.money(thing.amount_minor) if thing.amount_minor else _day(words, thing),
        _("is our share, at most") if thing.amount_minor else _("was the day"),
        _("Write it"), _where(thing),
    )  # fmt: skip


def _quiet(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "Nothing shows how “%(title)s” with %(who)s went",
        "Nothing shows how %(n)s joint projects went, the first with %(who)s", thing.count,
    )  # fmt: skip
    return Card(
        thing.key, "hourglass", title % _said(words, thing),
        _("They were asked by mail a week ago. Ask once more in person, or show it yourself."),
        _day(words, thing), _("was the day"), _("Look"), _where(thing),
    )  # fmt: skip


def _said(words: Phrases, thing: Thing) -> dict[str, str]:
    return {"who": thing.named[0].name, "title": thing.detail["title"], "n": words.count(thing.count)}


def _day(words: Phrases, thing: Thing) -> str:
    return fmt.day(date.fromisoformat(thing.detail["day"]), words.reader.today, words.reader.language)


def _where(thing: Thing) -> str:
    one = href("console:joint", text_id("jnt", thing.about)) if thing.about else ""
    return one if thing.count == 1 else href("console:together")


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.JOINT_ASKED: _asked,
    Kind.JOINT_PROOF: _proof,
    Kind.JOINT_RESULT: _result,
    Kind.JOINT_QUIET: _quiet,
}
