"""Reading rates from files: the European Central Bank's own tables, and plain lists of date, currency and rate."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import is_currency
from hanse.programs.rates.rules import EURO
from hanse.programs.rates.types import DailyRate

_RATE = re.compile(r"\d{1,15}(?:\.\d{1,12})?")
_PLAIN = ("date", "currency", "rate")
MAX_PROBLEMS = 50


class RateFile:
    """The rates of a file, one after the other; codes that are no currencies any more are noted and left out."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rows = csv.reader(lines)
        self.skipped: set[str] = set()

    def read(self) -> list[DailyRate]:
        """Return every rate. Raises Invalid naming the lines that cannot be read, or an unknown header.

        Known are `Date,USD,JPY,…` with units for one euro and N/A (eurofxref-hist.csv, eurofxref.csv), and
        `date,currency,rate`.
        """
        try:
            return self._read()
        except csv.Error as error:  # a lone quotation mark that swallows all the rest, a bare carriage return
            number = self._rows.line_num
            message = _("Line %(line)d is no CSV: %(why)s.") % {"line": number, "why": error}
            raise Invalid([Problem(f"/{number}", message, "not_csv")]) from error

    def _read(self) -> list[DailyRate]:
        header = [cell.strip() for cell in next(self._rows, [])]
        header[:1] = [header[0].lstrip("\ufeff")] if header else []
        names = [cell.lower() for cell in header if cell]
        problems: list[Problem] = []
        if names and names[0] == "date" and set(names) >= set(_PLAIN):
            found = list(self._plain(names, problems))
        elif names and names[0] == "date" and all(len(name) == 3 for name in names[1:]) and len(names) > 1:
            found = list(self._wide(header, problems))
        else:
            message = _("The first line must be “Date,USD,JPY,…” or “date,currency,rate”.")
            raise Invalid([Problem("/1", message, "bad_header")])
        if problems:
            raise Invalid(problems[:MAX_PROBLEMS])
        return found

    def _plain(self, names: Sequence[str], problems: list[Problem]) -> Iterator[DailyRate]:
        places = [names.index(name) for name in _PLAIN]
        for number, row in enumerate(self._rows, 2):
            if not any(cell.strip() for cell in row):
                continue
            if len(row) <= max(places):
                problems.append(_problem(number, _("has too few cells")))
                continue
            day, currency, rate = (row[place].strip() for place in places)
            yield from self._one(number, day, currency.upper(), rate, problems)

    def _wide(self, header: Sequence[str], problems: list[Problem]) -> Iterator[DailyRate]:
        for number, row in enumerate(self._rows, 2):
            if not any(cell.strip() for cell in row):
                continue
            for code, cell in zip(header[1:], row[1:], strict=False):
                if code and cell.strip() not in ("", "N/A"):
                    yield from self._one(number, row[0].strip(), code, cell.strip(), problems)

    def _one(self, number: int, day: str, currency: str, rate: str, problems: list[Problem]) -> Iterator[DailyRate]:
        dated_on = _day(day)
        if dated_on is None:
            problems.append(_problem(number, _("has no date like 2026-10-02")))
        elif not is_rate(rate):
            problems.append(_problem(number, _("has no rate above 0 like 1.0834")))
        elif not is_currency(currency):
            self.skipped.add(currency[:10])
        elif currency != EURO:
            yield DailyRate(currency, dated_on, rate)


def is_rate(text: str) -> bool:
    """Say whether a text is a decimal above zero that can be kept exactly."""
    return _RATE.fullmatch(text) is not None and any(digit in "123456789" for digit in text)


def _problem(number: int, message: str) -> Problem:
    return Problem(f"/{number}", _("Line %(number)d %(message)s.") % {"number": number, "message": message}, "bad_line")


def _day(text: str) -> date | None:
    for read in (date.fromisoformat, lambda said: datetime.strptime(said, "%d %B %Y").date()):  # noqa: DTZ007  # a day
        try:
            return read(text)
        except ValueError:
            continue
    return None
