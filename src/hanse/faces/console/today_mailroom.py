"""Cards of Today about talk: questions, our own silence, meetings, days worth a word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href, partner_href
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id


def _urgent(words: Phrases, thing: Thing) -> Card:
    said = {"who": thing.detail["who"] or _("Somebody"), "about": thing.detail["subject"] or _("a question")}
    effect, note, is_late = _promise(words, thing.detail["promised_at"])
    return Card(
        thing.key, "message", _("%(who)s waits: %(about)s") % said,
        _("Asked %(span)s ago, on the urgent line. A short answer now beats a full one tomorrow.")
        % {"span": words.since(thing)},
        effect, note, _("Answer"), _conversation(thing), is_brick=is_late,
    )  # fmt: skip


def _questions(words: Phrases, thing: Thing) -> Card:
    title = ngettext("One conversation waits for us", "%(n)s conversations wait for us", thing.count)
    late = int(thing.detail["late"])
    why = ngettext("%(n)s is past the promise.", "%(n)s are past the promise.", late) if late else _("All in time yet.")
    names = f"{words.names(thing)}. " if thing.named else ""
    effect, note, _late = _promise(words, thing.detail["promised_at"])
    where = _conversation(thing) if thing.count == 1 else href("console:inbox")
    return Card(
        thing.key, "mail", title % {"n": words.count(thing.count)}, f"{names}{why % {'n': words.count(late)}}",
        effect, note, _("Answer"), where,
    )  # fmt: skip


def _promise(words: Phrases, text: str) -> tuple[str, str, bool]:
    """Return how much time is left of the first promise (or how late it is), what that is, and whether it is over."""
    if not text:
        return "", "", False
    left = datetime.fromisoformat(text) - words.reader.now
    span = fmt.span(abs(left), words.reader.language)
    if left.total_seconds() < 0:
        return span, _("past the promised answer"), True
    return span, _("left to the promised answer"), False


def _our_silence(words: Phrases, thing: Thing) -> Card:
    who, detail, days = thing.named[0], thing.detail, int(thing.detail["days"])
    title = ngettext(
        "None of us has spoken with %(who)s for one day", "None of us has spoken with %(who)s for %(n)s days", days
    )
    if not detail["spoken_at"]:
        title = _("None of us has ever spoken with %(who)s")
    limit = ngettext("the limit for %(tier)s is one day", "the limit for %(tier)s is %(n)s days", int(detail["limit"]))
    why = _("It is our own silence: %(limit)s.") % {
        "limit": limit % {"tier": detail["tier"] or "–", "n": detail["limit"]}
    }
    whose = _("In the care of %(owner)s.") % {"owner": detail["owner"]} if detail["owner"] else _("Nobody owns this.")
    return Card(
        thing.key, "phone", title % {"who": who.name, "n": fmt.number(days, words.reader.language)}, f"{why} {whose}",
        words.money(thing.amount_minor), _("of value came through them in 180 days"), _("Write or call"),
        partner_href(who.partner_id),
    )  # fmt: skip


def _our_silence_more(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "With one more partner none of us has spoken for too long",
        "With %(n)s more partners none of us has spoken for too long", thing.count,
    )  # fmt: skip
    return Card(
        thing.key, "phone", title % {"n": words.count(thing.count)},
        _("Ranked by what came through them; with the days since one of us last spoke."),
        ngettext("%(n)s partner", "%(n)s partners", thing.count) % {"n": words.count(thing.count)},
        _("waits for a word"), _("See who"), href("console:our_silence"),
    )  # fmt: skip


def _meeting(words: Phrases, thing: Thing) -> Card:
    page = href("console:meeting", text_id("mtg", thing.about)) if thing.about else ""
    return Card(
        thing.key, "calendar-event", _("Who came to “%(title)s”?") % {"title": thing.detail["title"]},
        _("It ended %(span)s ago. Note who was there and what was said, while you know.")
        % {"span": words.since(thing)},
        "", "", _("Note it"), page,
    )  # fmt: skip


def _occasion(words: Phrases, thing: Thing) -> Card:
    who, detail, number = thing.named[0], thing.detail, int(thing.detail["number"])
    if detail["kind"] == "anniversary":
        title = ngettext("%(who)s is with us for one year", "%(who)s is with us for %(n)s years", number)
        why, effect = _("A word from a person is what they remember."), ""
    else:
        title = _("%(who)s had the best month ever")
        why = _("%(n)s sales, after %(before)s in the best month before.") % {"n": number, "before": detail["before"]}
        effect = ngettext("%(n)s sale", "%(n)s sales", number) % {"n": fmt.number(number, words.reader.language)}
    said = {"who": who.name, "n": words.count(number)}
    page = f"{href('console:recognition')}?for={text_id('occ', thing.about)}" if thing.about else ""
    return Card(
        thing.key, "heart-handshake", title % said, why, effect, _("in one month") if effect else "", _("Thank them"),
        page,
    )  # fmt: skip


def _tips(words: Phrases, thing: Thing) -> Card:
    title = ngettext("A partner shares a tip with the others", "%(n)s tips of partners wait to be read", thing.count)
    return Card(
        thing.key, "bulb", title % {"n": words.count(thing.count)},
        _("%(names)s. Nothing is shown to others before you publish it.") % {"names": words.names(thing)}, "", "",
        _("Read"), href("console:recognition"),
    )  # fmt: skip


def _conversation(thing: Thing) -> str:
    return href("console:conversation", text_id("cvs", thing.about)) if thing.about else href("console:inbox")


WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.URGENT_QUESTION: _urgent,
    Kind.QUESTIONS: _questions,
    Kind.OUR_SILENCE: _our_silence,
    Kind.OUR_SILENCE_MORE: _our_silence_more,
    Kind.MEETING_TO_NOTE: _meeting,
    Kind.OCCASION: _occasion,
    Kind.TIPS: _tips,
}
