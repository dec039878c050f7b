"""Today in words: offers that wait for approval, and plans that are nearly used up or exceeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.console.money.budget_words import kind_words, place_words
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing


def _asked(words: Phrases, thing: Thing) -> Card:
    said = {"who": thing.detail["by"], "amount": words.money(int(thing.detail["amount"]))}
    return Card(
        thing.key, "coins", f"{kind_words(thing.detail['kind'])}: {thing.detail['title']}",
        _("%(who)s wants to promise %(amount)s, which the budget does not have.") % said,
        words.money(thing.amount_minor), _("beyond the budget"), _("Approve or decline"), reverse("console:budget"),
    )  # fmt: skip


def _budget(words: Phrases, thing: Thing) -> Card:
    detail, state = thing.detail, thing.detail["state"]
    said = {"plan": place_words(detail["type"], detail["tier"], {}).capitalize(), "quarter": detail["quarter"]}
    title = {
        "over": _("%(plan)s: the budget of %(quarter)s is exceeded"),
        "will_be_over": _("%(plan)s: the budget of %(quarter)s will not be enough"),
    }.get(state) or _("%(plan)s: four fifths of the budget of %(quarter)s are used")
    others = ngettext("%(n)s more plan needs a look", "%(n)s more plans need a look", thing.count - 1)
    why = _("%(planned)s is planned.") % {"planned": words.money(int(detail["planned"]))}
    if thing.count > 1:
        why = f"{why} {others % {'n': words.count(thing.count - 1)}}."
    note = {"over": _("spent or promised beyond the plan"), "will_be_over": _("beyond the plan at today’s pace")}
    return Card(
        thing.key, "coins", title % said, why, words.money(thing.amount_minor), note.get(state) or _("left"),
        _("Look at the budget"), f"{reverse('console:budget')}?quarter={detail['quarter']}",
    )  # fmt: skip


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.BUDGET_ASKED: _asked,
    Kind.BUDGET: _budget,
}
