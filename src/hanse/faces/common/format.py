"""Numbers, money, dates and times in the reader's language and zone. Pure: language and zone come in, text goes out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_timezone_location
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol, parse_pattern
from django.utils.translation import gettext as _

from hanse.kernel.money import digits

MINUS = "\u2212"  # a true minus: a hyphen is narrower than a digit and breaks off at line ends
NOTHING = "–"
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")  # KWD 1.234: a code keeps its distance
Sign = Literal["", "+"]


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return the Babel locale of a Django language code; plain English is written the British way (17 Nov, 24 h)."""
    parts = language.replace("_", "-").split("-")
    if parts[0] == "en" and len(parts) == 1:
        return Locale("en", "GB")
    if parts[0] == "zh":
        return Locale("zh", "TW", "Hant")
    try:
        return Locale.parse("-".join(parts), sep="-")
    except ValueError:
        return Locale("en", "GB")


@lru_cache(maxsize=256)
def _money_pattern(locale: Locale, currency: str, places: int, code: bool) -> NumberPattern:
    """Return the pattern of amounts with the sign or code of the currency in them: Babel looks it up each time."""
    text = locale.currency_formats["standard"].pattern
    pattern = parse_pattern(text.replace("¤", "¤\u00a0").replace("\u00a0\u00a0", "\u00a0") if code else text)
    sign = currency if code else get_currency_symbol(currency, locale)
    pattern.prefix, pattern.suffix = (
        (plus.replace("¤", sign), minus.replace("¤", sign)) for plus, minus in (pattern.prefix, pattern.suffix)
    )
    pattern.frac_prec = (places, places)
    return pattern


@lru_cache(maxsize=64)
def _percent_pattern(locale: Locale, places: int) -> NumberPattern:
    pattern = parse_pattern(locale.percent_formats[None].pattern)
    pattern.frac_prec = (places, places)
    return pattern


def money(amount_minor: int | None, currency: str, language: str, *, sign: Sign = "", code: bool = False) -> str:
    """Write minor units as `£1,734.77`, `−£2.05`; `+` in front of gains when asked; nothing is `–`.

    `code` writes `GBP` for the symbol, for pages where two currencies share one.
    """
    if amount_minor is None:
        return NOTHING
    places = digits(currency)
    return _money(Decimal(abs(amount_minor)).scaleb(-places), places, amount_minor, currency, language, sign, code)


def money_whole(amount_minor: int | None, currency: str, language: str, *, sign: Sign = "") -> str:
    """Write an amount rounded to the whole unit, for figures whose exact amount stands elsewhere: `£162,052`."""
    if amount_minor is None:
        return NOTHING
    whole = Decimal(abs(amount_minor)).scaleb(-digits(currency)).quantize(Decimal(1), ROUND_HALF_UP)
    return _money(whole, 0, amount_minor if whole else 0, currency, language, sign, False)


def _money(size: Decimal, places: int, signed: int, currency: str, language: str, sign: Sign, code: bool) -> str:
    locale = locale_of(language)
    text: str = _money_pattern(locale, currency, places, code).apply(size, locale).strip()
    return _signed(_LETTER_BEFORE_DIGIT.sub("\u00a0", text), signed, sign)


def _signed(text: str, number: int | Decimal, sign: Sign) -> str:
    if number < 0:
        return MINUS + text
    return "+" + text if sign and number > 0 else text


def number(value: int | Decimal | None, language: str, *, sign: Sign = "") -> str:
    """Write a count or decimal with the locale's separators: `6,619`."""
    if value is None:
        return NOTHING
    return _signed(format_decimal(value if value >= 0 else -value, locale=locale_of(language)), value, sign)


def count_word(count: int, language: str) -> str:
    """Write a small count as a word, as prose does: `nine`; from ten on in digits."""
    words = ("", _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"))
    return words[count] if 0 < count < len(words) else number(count, language)


def ratio(part: int, whole: int) -> Decimal | None:
    """Return part ÷ whole as a decimal, or None when there is nothing to divide by."""
    return Decimal(part) / Decimal(whole) if whole else None


def percent(share: Decimal | float | None, language: str, *, places: int = 1, sign: Sign = "") -> str:
    """Write a share (0.123) as a percentage by locale: `12.3%`, in Polish `12,3 %`."""
    if share is None:
        return NOTHING
    exact = Decimal(str(share)) if isinstance(share, float) else Decimal(share)
    rounded = (abs(exact) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    locale = locale_of(language)
    text: str = _percent_pattern(locale, places).apply(rounded.scaleb(-2), locale)
    return _signed(text, exact if rounded else 0, sign)


def points(change: Decimal | None, language: str) -> str:
    """Write the change of a rate in percentage points: `−1.6 pt`."""
    if change is None:
        return NOTHING
    rounded = (abs(change) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = format_decimal(rounded, format="#,##0.0", locale=locale_of(language))
    return _("%(points)s pt") % {"points": _signed(text, change if rounded else 0, "+")}


def rate(rate_ppm: int | None, language: str) -> str:
    """Write a rate in parts per million without trailing zeros: 29,000 → `2.9%`."""
    if rate_ppm is None:
        return NOTHING
    share = Decimal(rate_ppm).scaleb(-4).normalize()
    places = max(0, -int(share.as_tuple().exponent))
    return percent(Decimal(rate_ppm).scaleb(-6), language, places=places)


def day(value: date, today: date, language: str) -> str:
    """Write a date for a list: today, yesterday, `Thu 12` within seven days, `17 Nov`, with the year when another."""
    away = (value - today).days
    near = {0: _("Today"), -1: _("Yesterday"), 1: _("Tomorrow")}
    if away in near:
        return near[away]
    locale = locale_of(language)
    if abs(away) <= 7:
        return format_skeleton("Ed", _noon(value), locale=locale)
    return format_skeleton("MMMd" if value.year == today.year else "yMMMd", _noon(value), locale=locale)


@lru_cache(maxsize=4096)
def plain_day(value: date, language: str, *, year: bool = False) -> str:
    """Write a date the same way wherever it lies: `17 Nov` or `17 Nov 2026`, for axes and ranges."""
    return format_skeleton("yMMMd" if year else "MMMd", _noon(value), locale=locale_of(language))


def long_day(value: date, language: str, *, weekday: bool = False, year: bool = True) -> str:
    """Write a date in prose: `17 November 2026`, `Tuesday 17 November`."""
    locale = locale_of(language)
    base = format_date(value, "long", locale=locale) if year else format_skeleton("MMMMd", _noon(value), locale=locale)
    text = f"{format_date(value, 'EEEE', locale=locale)} {base}" if weekday else base
    return text.replace(",", "") if locale.language == "en" else text


def month(value: date, language: str, *, short: bool = False, year: bool = False) -> str:
    """Write a month by name: `November`, `Nov`, `November 2026`."""
    return format_date(value, ("LLL" if short else "LLLL") + (" y" if year else ""), locale=locale_of(language))


def day_range(first: date, last: date, language: str, *, this_year: int = 0) -> str:
    """Write a range of days with an en dash: `18 Oct – 16 Nov 2026`, `1–16 October 2026` within one month.

    With `this_year` the year is left out where it is that one.
    """
    locale = locale_of(language)
    year = last.year != this_year
    if (first.year, first.month) == (last.year, last.month) and locale.language == "en":
        text = long_day(last, language, year=year)
        return f"{first.day}–{text}" if first != last else text
    return f"{plain_day(first, language, year=first.year != last.year)} – {plain_day(last, language, year=year)}"


def clock(at: datetime, zone: tzinfo) -> str:
    """Write the time of day in 24 hours: `14:02`."""
    return at.astimezone(zone).strftime("%H:%M")


def exact(at: datetime, zone: tzinfo, language: str) -> str:
    """Write the exact moment and its zone, for titles: `17 November 2026, 08:51:04, London`."""
    local = at.astimezone(zone)
    return f"{long_day(local.date(), language)}, {local:%H:%M:%S}, {zone_name(zone, language)}"


def zone_name(zone: tzinfo, language: str) -> str:
    """Name a zone by its city: `London`."""
    key = str(zone)
    if key in ("UTC", "Etc/UTC") or zone is UTC:
        return "UTC"
    try:
        return get_timezone_location(key, locale=locale_of(language), return_city=True)
    except LookupError:
        return key


def ago(at: datetime, now: datetime, language: str) -> str:
    """Write how long ago a moment lies: `4 minutes ago`."""
    return format_timedelta(at - now, add_direction=True, locale=locale_of(language), threshold=1.2)


def span(length: timedelta, language: str) -> str:
    """Write a length of time in its largest unit: `3 days`."""
    return format_timedelta(length, locale=locale_of(language), threshold=1.2)


def _noon(value: date) -> datetime:
    return datetime(value.year, value.month, value.day, 12, tzinfo=UTC)
