"""The numbers of a check in words, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from babel.numbers import format_currency
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from hanse.insight.why.types import Check
from hanse.kernel.money import digits

Numbers = Mapping[str, object]


def numbers_in_words(check: Check) -> str:
    """Return what a check compared, or "" where the statement says it all."""
    by_code = _BY_CODE.get(check.code)
    special = by_code(check.numbers) if by_code else ""
    return special or _of_anybody(check.numbers)


def _of_anybody(numbers: Numbers) -> str:
    if names := _texts(numbers.get("partners")):
        return _("Partner: %(names)s.") % {"names": ", ".join(names)}
    if codes := _texts(numbers.get("alike")):
        return _("Did you mean %(codes)s?") % {"codes": ", ".join(codes)}
    if numbers.get("status"):
        return _("Its status was “%(status)s”.") % {"status": numbers["status"]}
    if numbers.get("error"):
        return str(numbers["error"])
    return ""


def _arrived(numbers: Numbers) -> str:
    at, last = numbers.get("received_at"), numbers.get("last_fact_at")
    if isinstance(at, datetime):
        return _("Received %(at)s.") % {"at": _moment(at)}
    return _("The last order of any number came %(at)s.") % {"at": _moment(last)} if isinstance(last, datetime) else ""


def _value(numbers: Numbers) -> str:
    amount, refunded, currency = (numbers.get(name) for name in ("amount_minor", "refunded_minor", "currency"))
    if not isinstance(amount, int) or not isinstance(currency, str):
        return ""
    if not isinstance(refunded, int) or not refunded:
        return f"{_money(amount, currency)}."
    names = {"amount": _money(amount, currency), "refunded": _money(refunded, currency)}
    return _("%(amount)s, of which %(refunded)s was refunded.") % names


def _click(numbers: Numbers) -> str:
    days, window = numbers.get("age_days"), numbers.get("window_days")
    if not isinstance(days, int) or not isinstance(window, int):
        return ""
    age = ngettext("The click was %(days)d day old", "The click was %(days)d days old", days) % {"days": days}
    limit = ngettext("the window is %(days)d day", "the window is %(days)d days", window) % {"days": window}
    return _("%(age)s; %(window)s.") % {"age": age, "window": limit}


def _coupon(numbers: Numbers) -> str:
    codes = _texts(numbers.get("alike"))
    if codes:
        return _("%(code)s. Did you mean %(codes)s?") % {"code": numbers.get("code", ""), "codes": ", ".join(codes)}
    return f"{numbers['code']}." if numbers.get("code") else ""


def _earned(numbers: Numbers) -> str:
    minor, currency = numbers.get("earned_minor"), numbers.get("currency")
    if not isinstance(minor, int) or not minor or not isinstance(currency, str):
        return ""
    return _("They make it %(amount)s.") % {"amount": _money(minor, currency)}


def _payable(numbers: Numbers) -> str:
    until, paid = numbers.get("held_until"), numbers.get("paid_at")
    if isinstance(until, datetime):
        return _("Until %(at)s.") % {"at": _moment(until)}
    return _("Paid %(at)s.") % {"at": _moment(paid)} if isinstance(paid, datetime) else ""


def _orders(numbers: Numbers) -> str:
    count = numbers.get("orders", numbers.get("uses"))
    if not isinstance(count, int) or not count:
        return ""
    return ngettext("%(count)d order.", "%(count)d orders.", count) % {"count": count}


def _clicked(numbers: Numbers) -> str:
    at = numbers.get("occurred_at")
    return f"{_moment(at)}." if isinstance(at, datetime) else ""


def _owned(numbers: Numbers) -> str:
    names = ", ".join(_texts(numbers.get("partners")))
    if not names or not numbers.get("order"):
        return ""
    return _("%(names)s, since order %(order)s.") % {"names": names, "order": numbers["order"]}


_BY_CODE: dict[str, Callable[[Numbers], str]] = {
    "arrived": _arrived,
    "value": _value,
    "click": _click,
    "coupon": _coupon,
    "terms": _earned,
    "payable": _payable,
    "ordered": _orders,
    "used": _orders,
    "recorded": _clicked,
    "owned": _owned,
}


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _locale() -> Locale:
    """Return the reader's locale; plain English is written the British way."""
    language = get_language() or "en"
    try:
        return Locale("en", "GB") if language == "en" else Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def _money(amount_minor: int, currency: str) -> str:
    return format_currency(Decimal(amount_minor).scaleb(-digits(currency)), currency, locale=_locale())


def _moment(at: datetime) -> str:
    return format_datetime(timezone.localtime(at), "d MMM y, HH:mm", locale=_locale())
