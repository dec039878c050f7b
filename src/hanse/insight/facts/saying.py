"""Numbers of facts in words, in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_day_names, get_month_names
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import get_language, ngettext, pgettext, to_locale
from django.utils.translation import gettext as _

from hanse.insight.facts.types import FoundFact
from hanse.kernel.money import digits


class Said:
    """The numbers of one fact, asked for by name and given as the reader writes them."""

    def __init__(self, fact: FoundFact, currency: str) -> None:
        self.fact, self._currency, self._locale = fact, currency, _locale()

    def whole(self, name: str) -> int:
        """Return a number as it is; 0 where there is none."""
        found = self.fact.numbers.get(name, 0)
        return found if isinstance(found, int) else 0

    def text(self, name: str) -> str:
        """Return a name."""
        return str(self.fact.numbers.get(name, ""))

    def number(self, name: str) -> str:
        """Return a count."""
        return format_decimal(self.whole(name), locale=self._locale)

    def money(self, name: str) -> str:
        """Return an amount of the program's currency."""
        amount = Decimal(self.whole(name)).scaleb(-digits(self._currency))
        return format_currency(amount, self._currency, locale=self._locale)

    def rate(self, name: str) -> str:
        """Return parts per million as a percentage with one decimal."""
        pattern = str(self._locale.percent_formats[None].pattern).replace("#,##0", "#,##0.0")
        return format_percent(Decimal(self.whole(name)) / 1_000_000, pattern, locale=self._locale)

    def share(self, name: str) -> str:
        """Return parts per million as a whole percentage."""
        return format_percent(Decimal(self.whole(name)) / 1_000_000, locale=self._locale)

    def part(self, part: str, whole: str) -> str:
        """Return how much one number is of another, as a whole percentage."""
        of = self.whole(whole)
        return format_percent(Decimal(self.whole(part)) / of if of else Decimal(0), locale=self._locale)

    def day(self, name: str) -> str:
        """Return a date without its year."""
        pattern = "d MMMM" if self._locale.language != "zh" else "M月d日"
        return format_date(date.fromisoformat(self.text(name)), pattern, locale=self._locale)

    def month(self, name: str) -> str:
        """Return the name of a month."""
        return str(get_month_names("wide", "stand-alone", self._locale)[date.fromisoformat(self.text(name)).month])

    def weekday(self, name: str) -> str:
        """Return the name of a weekday, 0 being Monday."""
        return str(get_day_names("wide", "format", self._locale)[self.whole(name)])

    def country(self, name: str) -> str:
        """Return a country's name by its two letters."""
        code = self.text(name)
        return str(self._locale.territories.get(code, code))

    def times(self, name: str) -> str:
        """Return parts per million as a number with one decimal: 1.6."""
        return format_decimal(Decimal(self.whole(name)) / 1_000_000, "#,##0.0", locale=self._locale)

    def length(self, name: str) -> str:
        """Return minutes as the largest unit that fits."""
        minutes = self.whole(name)
        if minutes < 60:
            return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        if minutes < 2 * 1440:
            hours = round(minutes / 60)
            return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
        days = round(minutes / 1440)
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}

    def device(self, name: str) -> str:
        """Return what readers hold: phones or computers."""
        return pgettext("readers on", "phones") if self.text(name) == "phone" else pgettext("readers on", "computers")

    def goal(self, name: str) -> str:
        """Return a mark of terms: an amount, or so many sales."""
        if self.text("metric") == "value":
            return self.money(name)
        count = self.whole(name)
        return ngettext("%(n)s sale", "%(n)s sales", count) % {"n": self.number(name)}

    def earned(self) -> str:
        """Return what reaching a mark brings: a sum, or a rate."""
        if self.whole("amount_minor"):
            return self.money("amount_minor")
        return _("a rate of %(rate)s") % {"rate": self.rate("rate_ppm")}


def _locale() -> Locale:
    """Return the reader's locale; plain English is written the British way."""
    language = get_language() or "en"
    try:
        return Locale("en", "GB") if language == "en" else Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
