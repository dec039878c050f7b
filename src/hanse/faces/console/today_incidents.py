"""Today in words: faults of ours that partners should hear from us first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing


def _untold(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "One partner was hurt by a fault of ours and does not know",
        "%(n)s partners were hurt by a fault of ours and do not know",
        thing.count,
    )
    return Card(
        thing.key, "alert-circle", title % {"n": words.count(thing.count)},
        _("%(title)s. The letter is drafted; they should hear it from us first.") % {"title": _capital(thing)},
        words.money(thing.amount_minor), _("of commission, as far as we can tell"), _("Read and tell them"),
        _page(thing),
    )  # fmt: skip


def _open(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "One partner waits to hear that a fault is mended", "%(n)s partners wait to hear that a fault is mended",
        thing.count,
    )  # fmt: skip
    return Card(
        thing.key, "alert-circle", title % {"n": words.count(thing.count)},
        _("%(title)s. They were told of it and have heard nothing since.") % {"title": _capital(thing)},
        words.since(thing), _("since they were told"), _("Say how it stands"), _page(thing),
    )  # fmt: skip


def _capital(thing: Thing) -> str:
    title = thing.detail["title"]
    return title[:1].upper() + title[1:]


def _page(thing: Thing) -> str:
    return reverse("console:incident", args=[thing.about])


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.INCIDENT: _untold,
    Kind.INCIDENT_OPEN: _open,
}
