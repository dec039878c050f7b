"""Exchange rates: read from the bank's own files, kept exactly, crossed through the euro, rounded once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from hanse.kernel.errors import Invalid
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.models import ExchangeRate
from hanse.programs.rates.queries import latest_rates, rate_table
from hanse.programs.rates.reading import RateFile
from hanse.programs.rates.rules import converted, converted_lines, rate_for
from hanse.programs.rates.types import DailyRate
from hanse.spine.audit.models import AuditEntry
from tests import make

HISTORY = "\ufeffDate,USD,GBP,BGN,HRK,\n2026-05-14,1.1000,0.8800,N/A,7.5\n2026-05-13,1.0900,0.8700,1.9558,7.5,\n\n"
TABLE = {"USD": {date(2026, 5, 14): Fraction("1.1"), date(2026, 5, 12): Fraction("1.05")},
         "GBP": {date(2026, 5, 14): Fraction("0.88")}}  # fmt: skip


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def test_the_banks_history_is_read_as_it_comes() -> None:
    file = RateFile(HISTORY.splitlines())
    found = [(one.currency, one.dated_on.day, one.per_euro) for one in file.read()]
    assert ("USD", 14, "1.1000") in found
    assert ("GBP", 13, "0.8700") in found
    assert len(found) == 4 + ("BGN" not in file.skipped)
    assert "HRK" in file.skipped


def test_the_banks_daily_file_and_a_plain_list_are_read_too() -> None:
    daily = RateFile(["Date, USD, JPY, ", "14 May 2026, 1.1000, 172.55, "]).read()
    assert daily == [DailyRate("USD", date(2026, 5, 14), "1.1000"), DailyRate("JPY", date(2026, 5, 14), "172.55")]
    plain = RateFile(["currency,date,rate", "usd,2026-05-14,1.1"])
    with pytest.raises(Invalid):
        plain.read()
    assert RateFile(["date,currency,rate", "2026-05-14,usd,1.1"]).read() == [DailyRate("USD", date(2026, 5, 14), "1.1")]


@pytest.mark.parametrize(
    "lines",
    [
        [], ["day;usd"], ["date,currency"], ["date,currency,rate", "soon,USD,1"],
        ["date,currency,rate", "2026-01-01,USD"],
        ["date,currency,rate", "2026-01-01,USD,0.00"], ["date,currency,rate", "2026-01-01,USD,-1"],
        ["Date,USD", "2026-01-01,1e5"],
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told(lines: list[str]) -> None:
    with pytest.raises(Invalid):
        RateFile(lines).read()


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (at(14), (Fraction("1.05"), 12)),  # the rate of the order's own day is not known yet
        (at(15, 0), (Fraction("1.1"), 14)),
        (at(21), (Fraction("1.1"), 14)),  # seven days old
        (at(22), None),
        (at(12), None),
    ],
)
def test_the_latest_rate_before_the_orders_day_counts_for_seven_days(
    moment: datetime, found: tuple[Fraction, int] | None
) -> None:
    rate = rate_for(TABLE, "EUR", "USD", moment)
    assert (rate and (rate.rate, rate.dated_on.day)) == found


def test_a_cross_takes_both_sides_of_one_day_exactly() -> None:
    rate = rate_for(TABLE, "USD", "GBP", at(15))
    assert rate is not None
    assert rate.rate == Fraction("0.88") / Fraction("1.1")
    assert rate_for(TABLE, "USD", "GBP", at(14)) is None
    assert rate_for(TABLE, "JPY", "USD", at(15)) is None
    euro = rate_for(TABLE, "".join(["E", "UR"]), "GBP", at(15))
    assert euro is not None
    assert euro.rate == Fraction("0.88")


@pytest.mark.parametrize(
    ("amount", "rate", "source", "target", "result"),
    [
        (10_000, Fraction("0.8"), "USD", "GBP", 8_000),
        (5, Fraction("0.5"), "USD", "GBP", 3),
        (1_000, Fraction(1, 150), "JPY", "USD", 667),
        (667, Fraction(150), "USD", "JPY", 1_001),
        (1_000, Fraction(1, 3), "KWD", "JPY", 0),
        (1_500, Fraction(1), "KWD", "JPY", 2),
    ],
)
def test_amounts_keep_to_the_digits_of_their_currencies(
    amount: int, rate: Fraction, source: str, target: str, result: int
) -> None:
    assert converted(amount, rate, source, target) == result


def test_lines_add_up_to_the_converted_whole() -> None:
    assert converted_lines([333, 333, 334], Fraction("0.5"), "USD", "GBP") == [167, 166, 167]
    assert converted_lines([0, 0], Fraction(2), "USD", "GBP") == [0, 0]


@pytest.mark.django_db
def test_rates_are_kept_once_and_corrections_are_recorded() -> None:
    rates = RateFile(HISTORY.splitlines()).read()
    first = keep_rates(rates, source="ecb", now=make.NOON, by="ruth")
    assert (first.new, first.corrected, first.known) == (len(rates), 0, 0)
    again = keep_rates(rates, source="ecb", now=make.NOON, by="ruth")
    assert (again.new, again.corrected, again.known) == (0, 0, len(rates))
    usd = DailyRate("USD", date(2026, 5, 14), "1.2")
    assert keep_rates([usd], source="hand", now=make.NOON, by="ruth").corrected == 1
    assert ExchangeRate.objects.get(currency="USD", dated_on=date(2026, 5, 14)).per_euro == "1.2"
    entry = AuditEntry.objects.get(verb="correct_rate")
    assert (entry.before, entry.after) == ({"per_euro": "1.1000"}, {"per_euro": "1.2"})
    assert rate_table(["USD", "EUR"], [date(2026, 5, 14)]) == {"USD": {date(2026, 5, 14): Fraction("1.2")}}
    assert {row.currency: row.dated_on.day for row in latest_rates()}["USD"] == 14


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [("EUR", "1"), ("XXX", "1"), ("USD", "0"), ("USD", "much")])
def test_the_euro_has_no_rate_and_others_have_good_ones(wrong: tuple[str, str]) -> None:
    with pytest.raises(Invalid):
        keep_rates([DailyRate(wrong[0], date(2026, 5, 14), wrong[1])], source="hand", now=make.NOON, by="ruth")


@pytest.mark.parametrize(
    "text", ['date,currency,rate\n2026-01-01,"USD' + "a" * 200_000, "date,currency\r2026-01-01,USD\r"]
)
def test_a_file_that_is_no_csv_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        RateFile(text.splitlines(keepends=True) if "\n" in text else [text]).read()
    assert caught.value.problems[0].code == "not_csv"
