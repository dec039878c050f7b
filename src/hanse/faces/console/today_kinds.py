"""Cards of Today about who is what: deals, clashes, challenges, resale, changes of type."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _clashes(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "More than one partner claims %(customer)s", "%(n)s customers are claimed by several partners", thing.count
    )
    said = {"customer": thing.detail["customer"], "n": words.count(thing.count)}
    return Card(
        thing.key, "git-branch", title % said,
        _("%(names)s. Both see that there is another claim, and wait for one word with a reason.")
        % {"names": ", ".join(one.name for one in thing.named)},
        words.money(thing.amount_minor) if thing.amount_minor else words.since(thing),
        _("is expected from them") if thing.amount_minor else _("without a decision"),
        _("Look at both"), href("console:deal_clashes"),
    )  # fmt: skip


def _deals(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s registered %(customer)s", "%(n)s registered deals wait, the first by %(who)s", thing.count
    )
    said = {"who": thing.named[0].name, "customer": thing.detail["customer"], "n": words.count(thing.count)}
    owner = thing.detail["owner"]
    whose = _("In the care of %(owner)s.") % {"owner": owner} if owner else _("Nobody owns this.")
    return Card(
        thing.key, "flag", title % said,
        f"{whose} {_('An answer today keeps the partner selling; approved, the customer is protected.')}",
        words.money(thing.amount_minor) if thing.amount_minor else words.since(thing),
        _("is expected from them") if thing.amount_minor else _("without an answer"),
        _("Answer"), f"{href('console:deals')}?state=open",
    )  # fmt: skip


def _entries(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s sent proof for “%(name)s”", "%(n)s entries of challenges wait, the first by %(who)s", thing.count
    )
    said = {"who": thing.named[0].name, "name": thing.detail["name"], "n": words.count(thing.count)}
    one = href("console:challenge", text_id("chl", thing.about)) if thing.about else ""
    return Card(
        thing.key, "target", title % said,
        _("They did it and wait for a yes, or for a reason why not."),
        words.money(thing.amount_minor) if thing.amount_minor else words.since(thing),
        _("of prizes") if thing.amount_minor else _("without an answer"),
        _("Look at it"), one if thing.count == 1 else href("console:challenges"),
    )  # fmt: skip


def _resale(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s reports resale order %(number)s", "%(n)s resale orders wait, the first by %(who)s", thing.count
    )
    said = {"who": thing.named[0].name, "number": thing.detail["number"], "n": words.count(thing.count)}
    return Card(
        thing.key, "building-bank", title % said,
        _("Confirmed, it is theirs at its margin and earns no commission besides."),
        words.money(thing.amount_minor), _("to be paid to us"), _("Check"),
        f"{href('console:resale')}?state=reported",
    )  # fmt: skip


def _types(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s may have become something else", "%(n)s partners may have become something else", thing.count
    )
    detail = thing.detail
    change = detail["adds"] or _("no longer %(drops)s") % {"drops": detail["drops"]}
    return Card(
        thing.key, "users", title % {"who": thing.named[0].name, "n": words.count(thing.count)},
        _("%(names)s: %(change)s, by the rule “%(rule)s”. The numbers stand beside it.")
        % {"names": words.names(thing), "change": change, "rule": detail["rule"]},
        words.since(thing), _("without an answer"), _("Decide"), href("console:type_suggestions"),
    )  # fmt: skip


def _ending(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "The protection of %(customer)s ends", "The protection of %(n)s deals ends within a week", thing.count
    )
    said = {"customer": thing.detail["customer"], "n": words.count(thing.count)}
    day = thing.since.astimezone(words.reader.zone).date() if thing.since else words.reader.today
    return Card(
        thing.key, "hourglass", title % said,
        _("%(names)s. No order has come yet: ask how it stands, and protect it longer if it is alive.")
        % {"names": words.names(thing)},
        fmt.day(day, words.reader.today, words.reader.language), _("is its last day"), _("Look"),
        f"{href('console:deals')}?state=approved",
    )  # fmt: skip


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.DEAL_CLASHES: _clashes,
    Kind.DEALS: _deals,
    Kind.CHALLENGE_ENTRIES: _entries,
    Kind.RESALE_REPORTED: _resale,
    Kind.TYPE_CHANGES: _types,
    Kind.PROTECTION_ENDS: _ending,
}
