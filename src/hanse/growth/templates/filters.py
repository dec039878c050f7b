"""The few filters of letters: amounts, numbers and days as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.plural import PluralRule
from liquid import RenderContext
from liquid.filter import with_context

from hanse.kernel.money import digits

_FORMS: Final = ("zero", "one", "two", "few", "many", "other")


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """Return how a language writes numbers and days."""
    try:
        return Locale.parse({"en": "en-GB", "zh-hant": "zh-Hant"}.get(language, language), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def _reader(context: RenderContext) -> tuple[Locale, str]:
    return locale_of(str(context.resolve("__language__"))), str(context.resolve("__currency__"))


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


@with_context
def _money(value: object, *, context: RenderContext) -> str:
    """An amount in minor units with its currency: £1,734.77."""
    locale, currency = _reader(context)
    return format_currency(Decimal(_whole(value)).scaleb(-digits(currency)), currency, locale=locale)


@with_context
def _number(value: object, *, context: RenderContext) -> str:
    """A whole number as her language groups it."""
    return format_decimal(_whole(value), locale=_reader(context)[0])


@with_context
def _percent(value: object, *, context: RenderContext) -> str:
    """Parts per million as percent."""
    return format_percent(Decimal(_whole(value)) / 1_000_000, format=None, locale=_reader(context)[0])


@with_context
def _day(value: object, *, context: RenderContext) -> str:
    """An ISO date as her language writes a day."""
    locale = _reader(context)[0]
    try:
        return format_date(date.fromisoformat(str(value)[:10]), format="long", locale=locale)
    except ValueError:
        return str(value)


@lru_cache(maxsize=32)
def _plurals(locale: Locale) -> tuple[PluralRule, tuple[str, ...]]:
    """Return how a language counts, and the names of its forms in their order."""
    rule = locale.plural_form
    return rule, tuple(name for name in _FORMS if name in (*rule.tags, "other"))


@with_context
def _count(value: object, *forms: object, context: RenderContext) -> str:
    """A number with the form of the word that goes with it: `count: "sale", "sales"`, as the language orders them."""
    locale, number = _reader(context)[0], _whole(value)
    rule, names = _plurals(locale)
    at = names.index(str(rule(number)))
    words = [str(form) for form in forms] or [""]
    return f"{format_decimal(number, locale=locale)} {words[min(at, len(words) - 1)]}".strip()


def _upcase(value: object) -> str:
    return str(value).upper()


def _capitalize(value: object) -> str:
    text = str(value)
    return text[:1].upper() + text[1:]


def _url_encode(value: object) -> str:
    return quote(str(value), safe="")


def _truncate(value: object, length: object = 60) -> str:
    text, most = str(value), max(1, min(_whole(length), 1_000))
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "money": _money, "number": _number, "percent": _percent, "day": _day, "count": _count, "upcase": _upcase,
    "capitalize": _capitalize, "truncate": _truncate, "url_encode": _url_encode,
}  # fmt: skip
