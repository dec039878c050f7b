"""Today in words: faults that watch found in the data, with the one button that mends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import partner_href
from hanse.faces.console.today_cards import Card, Phrases, Way
from hanse.growth.today.types import Kind, Thing
from hanse.growth.watch.mending import ADD_HOST
from hanse.kernel.clock import local_day

_NEAR = timedelta(days=6)


def _fault(words: Phrases, thing: Thing) -> Card:
    writer = {"token_lost": _token_lost, "link_broken": _link_broken}.get(thing.detail["kind"], _sales_stopped)
    title, why, icon = writer(words, thing)
    page, partners = reverse("console:incident", args=[thing.about]), int(thing.detail["partners"])
    notice = ngettext("Draft notice to %(n)d partner", "Draft notice to %(n)d partners", partners) % {"n": partners}
    more = [Way(notice, f"{page}#pv")] if partners and not thing.detail["told"] else []
    is_post = thing.detail["repair"] == ADD_HOST
    href = reverse("console:incident_repair", args=[thing.about]) if is_post else page
    act = ngettext(
        "Add the domain and re-check %(n)d order", "Add the domain and re-check %(n)d orders", thing.count
    ) % {"n": thing.count}  # fmt: skip
    return Card(
        thing.key, icon, title, why, words.money(thing.amount_minor), _at_risk(words, thing),
        act if is_post else _("See and mend"), href,
        is_brick=thing.amount_minor > 0, more=(*more, Way(_("Show evidence"), f"{page}#ev")), is_post=is_post,
        label=_("At risk"),
    )  # fmt: skip


def _at_risk(words: Phrases, thing: Thing) -> str:
    value, a_day = int(thing.detail["value"]), int(thing.detail["a_day"])
    if not thing.amount_minor:
        return _("as far as we can tell, so far")
    said = {
        "value": words.money(value),
        "a_day": fmt.money_whole(a_day, words.program.currency, words.reader.language),
    }  # fmt: skip
    return _("commission on %(value)s of orders, growing by about %(a_day)s a day") % said


def _token_lost(words: Phrases, thing: Thing) -> tuple[str, str, str]:
    host = format_html('<span class="mono">{}</span>', thing.detail["host"]) if thing.detail["host"] else ""
    if not thing.detail["unlisted"]:
        title = _("Orders since %(day)s hardly bring a click token any more") % {"day": _since(words, thing)}
        numbers = {"good": int(thing.detail["good"]), "tries": int(thing.detail["tries"])}
        seen = _("%(good)d of %(tries)d orders came with one.") % numbers
        where = format_html(_("The checkout is {}."), host) if host else ""
        return title, _joined(where, seen, thing.detail["cause"]), "plug-connected-x"
    title = ngettext(
        "One order since %(day)s reached us without a click token",
        "%(n)s orders since %(day)s reached us without a click token", thing.count,
    ) % {"n": words.count(thing.count), "day": _since(words, thing)}  # fmt: skip
    lost = format_html(
        _("The new checkout at {} is not on your list of domains, so the token is lost at the last step."), host
    )
    return title, _joined(lost, _clicked(words, thing), _asked(thing), _stranger(thing)), "plug-connected-x"


def _clicked(words: Phrases, thing: Thing) -> str:
    partners, minutes = int(thing.detail["partners"]), int(thing.detail["minutes"])
    if not partners:
        return ""
    length = timedelta(minutes=30 if minutes < 30 else 60 if minutes < 60 else 60 * (minutes // 60 + 1))
    span = _("%(n)d minutes") % {"n": 30} if minutes < 30 else fmt.span(length, words.reader.language)
    return ngettext(
        "One partner had a valid click less than %(span)s before one of these orders.",
        "%(n)s partners each had a valid click less than %(span)s before one of these orders.", partners,
    ) % {"n": words.count(partners).capitalize(), "span": span}  # fmt: skip


def _asked(thing: Thing) -> str:
    if not thing.named:
        return ""
    who = thing.named[0]
    link = format_html('<a href="{}">{}</a>', partner_href(who.partner_id), who.name)
    return format_html(_("One of them, {}, has already asked."), link)


def _stranger(thing: Thing) -> str:
    if thing.detail["ours"]:
        return ""
    return _("It is no part of your site: add it only if you know it.")


def _link_broken(words: Phrases, thing: Thing) -> tuple[str, str, str]:
    links = int(thing.detail["links"])
    title = ngettext(
        "One link has led to a page that does not answer since %(day)s",
        "%(n)s links have led to pages that do not answer since %(day)s", links,
    ) % {"n": words.count(links), "day": _since(words, thing)}  # fmt: skip
    where = format_html('<span class="mono">{}</span>', thing.detail["url"][:120])
    return title, _joined(where, thing.detail["cause"]), "link"


def _sales_stopped(words: Phrases, thing: Thing) -> tuple[str, str, str]:
    tries, good = int(thing.detail["tries"]), int(thing.detail["good"])
    title = (
        _("The link %(slug)s is clicked and sells nothing since %(day)s") if thing.detail["slug"]
        else _("All links are clicked and sell nothing since %(day)s")
    ) % {"slug": thing.detail["slug"], "day": _since(words, thing)}  # fmt: skip
    seen = ngettext(
        "%(tries)s clicks brought %(good)s sale; that is not chance.",
        "%(tries)s clicks brought %(good)s sales; that is not chance.", good,
    )  # fmt: skip
    seen %= {"tries": fmt.number(tries, words.reader.language), "good": fmt.number(good, words.reader.language)}
    return title, seen, "link"


def _since(words: Phrases, thing: Thing) -> str:
    """Name the day by its weekday where that is unmistakable."""
    assert thing.since is not None
    day, language = local_day(thing.since, words.program.time_zone), words.reader.language
    if words.reader.now - thing.since <= _NEAR:
        return fmt.long_day(day, language, weekday=True, year=False).split(" ")[0].rstrip(",")
    return fmt.plain_day(day, language)


def _joined(*parts: str) -> SafeString:
    return mark_safe(" ".join(format_html("{}", part) for part in parts if part))  # noqa: S308  # each part is escaped


WRITERS: Mapping[Kind, Callable[[Phrases, Thing], Card]] = {Kind.FAULT: _fault}
