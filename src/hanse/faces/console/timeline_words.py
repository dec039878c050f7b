"""What happened with a partner, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.console.verbs import verb_words
from hanse.insight.partner.types import Event, Kind
from hanse.money.payouts.words import case_words, promise_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. `is_sea` marks what is good news."""

    at: datetime
    icon: str
    title: str
    note: str = ""
    link: str = ""
    link_name: str = ""
    is_sea: bool = False


def line(event: Event, currency: str, language: str) -> Line:
    """Say one event."""
    amount = fmt.money(event.amount_minor, currency, language)
    return _LINES[event.kind](event, amount)


def _status(event: Event, _amount: str) -> Line:
    words = {
        "pending": _("Applied"),
        "active": _("Active in the program"),
        "paused": _("Paused: links work, nothing new is credited"),
        "suspended": _("Suspended: nothing is credited or paid"),
        "ended": _("Ended: what is owed is paid"),
    }
    icon = {"active": "user-check", "paused": "player-pause", "suspended": "lock", "ended": "player-stop"}
    return Line(
        event.at, icon.get(event.name, "user"), words.get(event.name, event.name),
        event.detail["reason"] or event.detail["actor"],
    )  # fmt: skip


def _tier(event: Event, _amount: str) -> Line:
    return Line(event.at, "stairs-up", _("Moved to %(tier)s") % {"tier": event.name}, event.detail["reason"])


def _agreed(event: Event, _amount: str) -> Line:
    digest = event.detail["hash"]
    note = _("hash %(short)s, by %(who)s") % {"short": f"{digest[:4]}…{digest[-4:]}", "who": event.detail["by"]}
    name = event.name or _("the program’s terms")
    title = _("Accepted %(name)s, version %(number)s") % {"name": name, "number": event.detail["number"]}
    return Line(event.at, "file-check", title, note)


def _note(event: Event, _amount: str) -> Line:
    return Line(event.at, "note", event.name, event.detail["author"])


def _payout(event: Event, amount: str) -> Line:
    words = {
        "settled": _("Paid %(amount)s"),
        "in_transit": _("%(amount)s on its way"),
        "failed": _("A payout of %(amount)s came back"),
        "returned": _("A payout of %(amount)s came back"),
    }
    note = _("run %(run)s") % {"run": event.detail["run"]}
    if event.detail["reason"]:
        note = f"{note}, {event.detail['reason']}"
    good = event.name == "settled"
    return Line(
        event.at, "cash" if event.name in ("settled", "in_transit") else "cash-off",
        words.get(event.name, event.name) % {"amount": amount}, note,
        href("console:payout_run", event.detail["run_id"]), _("Run"), is_sea=good,
    )  # fmt: skip


def _promise(event: Event, amount: str) -> Line:
    title = promise_words().get(event.name, event.name)
    return Line(event.at, "cash", f"{title}: {amount}", event.detail["period"])


def _case(event: Event, amount: str) -> Line:
    title = ngettext("Case opened: %(reason)s", "%(n)d cases opened: %(reason)s", event.count)
    title = title % {"reason": case_words(event.name), "n": event.count}
    note = _("%(amount)s held until somebody decides") % {"amount": amount} if event.amount_minor else ""
    return Line(event.at, "shield-half", title, note)


def _decided(event: Event, _amount: str) -> Line:
    title = _("Case decided: %(decision)s") % {"decision": event.name.replace("_", " ")}
    return Line(event.at, "shield-check", title, event.detail["reason"] or event.detail["by"])


def _link(event: Event, _amount: str) -> Line:
    return Line(event.at, "link", _("New link /%(slug)s") % {"slug": event.name}, event.detail["label"])


def _coupon(event: Event, _amount: str) -> Line:
    return Line(event.at, "ticket", _("New code %(code)s") % {"code": event.name})


def _first_click(event: Event, _amount: str) -> Line:
    note = ngettext("one person that day", "%(n)d clicks that day", event.count) % {"n": event.count}
    return Line(event.at, "click", _("First click"), note, is_sea=True)


def _first_sale(event: Event, amount: str) -> Line:
    return Line(event.at, "confetti", _("First sale"), amount, is_sea=True)


def _best_day(event: Event, amount: str) -> Line:
    title = ngettext("Best day of 30: one sale", "Best day of 30: %(n)d sales", event.count) % {"n": event.count}
    return Line(event.at, "shopping-bag", title, amount)


def _changed(event: Event, _amount: str) -> Line:
    note = event.detail["actor"]
    if event.detail["reason"]:
        note = f"{event.detail['reason']} · {note}"
    return Line(event.at, "eye" if event.name == "view_portal" else "pencil", verb_words(event.name), note)


_LINES = {
    Kind.STATUS: _status,
    Kind.TIER: _tier,
    Kind.AGREED: _agreed,
    Kind.NOTE: _note,
    Kind.PAYOUT: _payout,
    Kind.PROMISE: _promise,
    Kind.CASE: _case,
    Kind.DECIDED: _decided,
    Kind.LINK: _link,
    Kind.COUPON: _coupon,
    Kind.FIRST_CLICK: _first_click,
    Kind.FIRST_SALE: _first_sale,
    Kind.BEST_DAY: _best_day,
    Kind.CHANGED: _changed,
}
