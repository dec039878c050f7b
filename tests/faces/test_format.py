"""Numbers, money and times are written by language and zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from hanse.faces.common import format as fmt
from tests.conftest import Clock

TUESDAY = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "language", "written"),
    [
        (173477, "GBP", "en", "£1,734.77"),
        (-205, "GBP", "en-gb", "−£2.05"),
        (0, "GBP", "en", "£0.00"),
        (None, "GBP", "en", "–"),
        (420, "JPY", "zh-hant", "¥420"),
        (1234, "KWD", "en", "KWD\u00a01.234"),
        (173477, "PLN", "pl", "1\u00a0734,77\u00a0zł"),
        (-173477, "EUR", "ru", "−1\u00a0734,77\u00a0€"),
    ],
)
def test_money_is_written_by_currency_and_language(
    amount_minor: int | None, currency: str, language: str, written: str
) -> None:
    assert fmt.money(amount_minor, currency, language) == written


def test_a_plus_stands_only_before_a_gain() -> None:
    assert fmt.money(978208, "GBP", "en", sign="+") == "+£9,782.08"
    assert fmt.money(0, "GBP", "en", sign="+") == "£0.00"
    assert fmt.money(-1, "GBP", "en", sign="+") == "−£0.01"


def test_whole_money_rounds_half_up_and_loses_the_sign_of_nothing() -> None:
    assert fmt.money_whole(16205150, "GBP", "en") == "£162,052"
    assert fmt.money_whole(-40, "GBP", "en") == "£0"


def test_a_code_stands_for_the_symbol_where_two_currencies_share_it() -> None:
    assert fmt.money(100, "USD", "en", code=True) == "USD\u00a01.00"


@pytest.mark.parametrize(("language", "written"), [("en", "12.3%"), ("ru", "12,3\u00a0%"), ("es", "12,3\u00a0%")])
def test_a_percentage_follows_the_language(language: str, written: str) -> None:
    assert fmt.percent(Decimal("0.123"), language) == written


def test_changes_of_rates_are_points_and_nothing_is_a_dash() -> None:
    assert fmt.points(Decimal("-0.0161"), "en") == "−1.6 pt"
    assert fmt.points(None, "en") == fmt.percent(None, "en") == fmt.number(None, "en") == "–"


def test_a_rate_keeps_all_its_digits() -> None:
    assert fmt.rate(29_000, "en") == "2.9%"
    assert fmt.rate(200_000, "en") == "20%"
    assert fmt.rate(125, "en") == "0.0125%"


@pytest.mark.parametrize(
    ("on", "written"),
    [
        (date(2026, 11, 17), "Today"),
        (date(2026, 11, 16), "Yesterday"),
        (date(2026, 11, 12), "Thu 12"),
        (date(2026, 11, 24), "Tue 24"),
        (date(2026, 11, 9), "9 Nov"),
        (date(2025, 11, 9), "9 Nov 2025"),
    ],
)
def test_a_day_is_named_by_how_near_it_is(on: date, written: str) -> None:
    assert fmt.day(on, TUESDAY, "en") == written


def test_ranges_have_an_en_dash_and_one_year() -> None:
    assert fmt.day_range(date(2026, 10, 18), date(2026, 11, 16), "en") == "18 Oct – 16 Nov 2026"
    assert fmt.day_range(date(2026, 11, 1), date(2026, 11, 16), "en", this_year=2026) == "1–16 November"


def test_a_time_stands_in_the_readers_zone_with_its_exact_moment(clock: Clock) -> None:
    clock.set(datetime(2026, 11, 17, 9, 0, tzinfo=UTC))
    at = datetime(2026, 11, 16, 23, 30, 5, tzinfo=UTC)
    page = Template("{% load hanse %}{% when at 'time' %}")
    with timezone.override(ZoneInfo("Europe/Warsaw")), translation.override("en"):
        written = page.render(Context({"at": at}))
    assert 'datetime="2026-11-17T00:30:05+01:00"' in written
    assert "17 November 2026, 00:30:05, Warsaw" in written
    assert ">Today, 00:30</time>" in written
