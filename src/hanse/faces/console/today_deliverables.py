"""Cards of Today about deliverables: our answer that is waited for, and work that is late."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _to_answer(words: Phrases, thing: Thing) -> Card:
    if thing.count == 1 and thing.detail["state"] != "review":
        title = _("%(who)s asked something about “%(title)s”")
    else:
        title = ngettext(
            "%(who)s sent a draft of “%(title)s”", "%(n)s deliverables wait for our answer, the first from %(who)s",
            thing.count,
        )  # fmt: skip
    return Card(
        thing.key, "file-check", title % _said(words, thing),
        _("%(names)s. Nobody can go on before we say yes, or what to change.") % {"names": words.names(thing)},
        *_days(words, thing), _("Look at it"), _where(thing, "ours"),
    )  # fmt: skip


def _late(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s is late with “%(title)s”", "%(n)s deliverables are late, the longest by %(who)s", thing.count
    )
    return Card(
        thing.key, "hourglass", title % _said(words, thing),
        _("%(names)s. They were reminded; a word from you finds out whether the day or the brief is the trouble.")
        % {"names": words.names(thing)},
        *_days(words, thing), _("Ask how it stands"), _where(thing, "late"),
    )  # fmt: skip


def _said(words: Phrases, thing: Thing) -> dict[str, str]:
    return {"who": thing.named[0].name, "title": thing.detail["title"], "n": words.count(thing.count)}


def _days(words: Phrases, thing: Thing) -> tuple[str, str]:
    days = int(thing.detail["days"])
    if days:
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}, _("later than agreed")
    day = thing.since.astimezone(words.reader.zone).date() if thing.since else words.reader.today
    return fmt.day(day, words.reader.today, words.reader.language), _("is when we said we answer")


def _where(thing: Thing, view: str) -> str:
    if thing.count == 1 and thing.about is not None:
        return href("console:deliverable", text_id("dlv", thing.about))
    return f"{href('console:deliverables')}?show={view}"


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.DELIVERABLES_TO_ANSWER: _to_answer,
    Kind.DELIVERABLES_LATE: _late,
}
