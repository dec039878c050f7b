"""The dry run of terms at boundaries of time: local months, clamped dates, changes of the clock, parts of periods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.test_preview_table import Case, ladder, owed, run, sold

PART = {"kind": "floor", "amount": 3_100, "period": "month", "mode": "added"}
MARCH = {"from": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}


def months(number: int) -> list[Case]:
    return [{"kind": "percent", "rate": "10%", "recurring": {"months": number}}]


@pytest.mark.parametrize(
    ("number", "zone", "moments", "expected"),
    [
        (12, "UTC", ["2025-01-31", "2026-01-30", "2026-01-31"], [10, 10, 0]),
        (6, "UTC", ["2025-08-31", "2026-02-27", "2026-02-28"], [10, 10, 0]),
        (12, "UTC", ["2024-02-29", "2025-02-27", "2025-02-28"], [10, 10, 0]),
        (48, "UTC", ["2024-02-29", "2028-02-28", "2028-02-29"], [10, 10, 0]),
        (1, "America/New_York", ["2025-01-31T03:00:00Z", "2025-02-28T04:59:59Z", "2025-02-28T05:00:00Z"], [10, 10, 0]),
    ],
)
def test_months_of_a_customer_end_on_a_local_day(
    number: int, zone: str, moments: list[str], expected: list[int]
) -> None:
    buyer = {"external_id": "u"}
    sales = [sold(f"c{place}", 100, at, customer=buyer) for place, at in enumerate(moments)]
    assert owed(months(number), sales, time_zone=zone) == expected


@pytest.mark.parametrize(
    ("zone", "period", "last", "first"),
    [
        ("Europe/Berlin", "month", "2026-01-31T22:59:59Z", "2026-01-31T23:00:00Z"),
        ("Europe/Berlin", "quarter", "2026-03-31T21:59:59Z", "2026-03-31T22:00:00Z"),
        ("Asia/Tokyo", "year", "2025-12-31T14:59:59Z", "2025-12-31T15:00:00Z"),
    ],
)
def test_a_ladder_begins_anew_with_the_local_period(zone: str, period: str, last: str, first: str) -> None:
    steps: list[Case] = [{"from": 0, "rate": "4%"}, {"from": 10_000, "rate": "6%"}]
    sales = [sold("a", 10_000, last), sold("b", 10_000, first)]
    assert owed([ladder("value", "marginal", period, steps)], sales, time_zone=zone) == [400, 400]
    assert owed([ladder("value", "marginal", "life", steps)], sales, time_zone=zone) == [400, 600]


@pytest.mark.parametrize(
    ("since", "zone", "more", "total"),
    [
        ("2026-03-11T12:00:00Z", "UTC", {}, 2_100),
        ("2026-03-31T23:59:59Z", "UTC", {}, 100),
        ("2026-03-01T00:00:00Z", "UTC", {}, 3_100),
        ("2026-03-10T23:30:00Z", "Europe/Berlin", {"until": "2026-03-31T22:00:00Z"}, 2_100),
        ("2026-03-10T23:30:00Z", "Europe/Berlin", {"until": "2026-03-31T21:59:59Z"}, 0),
        ("2026-03-11T00:00:00Z", "UTC", {"until": "2026-03-31T23:59:59Z"}, 0),
    ],
)
def test_a_floor_counts_local_days_from_the_day_of_joining(
    since: str, zone: str, more: dict[str, Any], total: int
) -> None:
    found = run([PART], [], enrolment={"since": since}, time_zone=zone, **(MARCH | more))
    assert found["total"] == total


@pytest.mark.parametrize(
    ("due", "zone", "until", "total"),
    [
        ("2026-03-15", "UTC", "2026-03-15T00:00:00Z", 777), ("2026-03-15", "UTC", "2026-03-14T23:59:59Z", 0),
        ("2026-03-15", "Asia/Tokyo", "2026-03-14T15:00:00Z", 777), ("signing", "UTC", "2026-03-04T23:59:59Z", 0),
        ("signing", "UTC", "2026-03-05T00:00:00Z", 777),
    ],
)  # fmt: skip
def test_a_fee_is_due_from_its_moment_on(due: str, zone: str, until: str, total: int) -> None:
    fee = {"kind": "fee", "amount": 777, "due": due}
    asked = {"enrolment": {"since": "2026-03-05"}, "time_zone": zone, **MARCH, "until": until}
    assert run([fee], [], **asked)["total"] == total


def test_steps_and_totals_follow_refunds_over_the_border_of_a_month() -> None:
    sales = [sold("a", 30_000, "2026-01-31"), sold("b", 30_000, "2026-02-01")]
    back = [{"conversion": "a", "amount": 15_000, "occurred_at": "2026-02-05T00:00:00Z"}]
    assert owed([ladder("value", "retroactive")], sales, refunds=back) == [600, 1_800]
