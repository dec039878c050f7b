"""Floors and fees of invented terms, added up a second time by a naive reading of the rules."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from hanse.money.pricing.preview import preview
from tests.rules.naive import Case, month_later

ZONE = ZoneInfo("Europe/Berlin")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Line = tuple[str, date, int]


def naive(floor: Case, sold: list[Case], since: datetime | None, until: datetime) -> list[Line]:
    """Go from period to period and pay, take back, carry or forgive."""
    days = [at.astimezone(ZONE).date() for at in (datetime.fromisoformat(one["occurred_at"]) for one in sold)]
    length, outstanding = MONTHS[floor["period"]], 0
    first = min(days)
    begin = date(first.year, (first.month - 1) // length * length + 1, 1)
    found: list[Line] = []
    while datetime.combine(end := month_later(begin, length), datetime.min.time(), ZONE) <= until:
        there = [begin + timedelta(days=number) for number in range((end - begin).days)]
        joined = [day for day in there if since is None or day >= since.astimezone(ZONE).date()]
        amount = math.floor(Fraction(floor["amount"] * len(joined), len(there)) + Fraction(1, 2))
        earned = sum(one["amount"] // 10 for one, day in zip(sold, days, strict=True) if begin <= day < end)
        if floor["mode"] == "added":
            found.append(("floor", begin, amount))
        elif floor["mode"] == "greater_of":
            found.append(("top_up", begin, max(0, amount - earned)))
        else:
            outstanding += amount
            back = min(outstanding, earned)
            outstanding -= back
            found += [("advance", begin, amount), ("recouped", begin, back)]
            if not floor.get("carry"):
                found.append(("forgiven", begin, outstanding))
                outstanding = 0
        begin = end
    return [line for line in found if line[2]]


SALES = st.lists(
    st.builds(
        lambda day, tens: {
            "occurred_at": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=day)).isoformat(), "amount": tens * 10,
        },
        st.integers(0, 24 * 250), st.integers(0, 400),
    ), min_size=1, max_size=6,
).map(lambda found: [one | {"id": f"c{number}"} for number, one in enumerate(found)])  # fmt: skip
FLOORS = st.builds(
    lambda amount, period, mode, carry: {
        "kind": "floor", "amount": amount, "period": period, "mode": mode, "carry": carry,
    },
    st.integers(1, 900), st.sampled_from(list(MONTHS)), st.sampled_from(["added", "greater_of", "recoupable"]),
    st.booleans(),
)  # fmt: skip
MOMENTS = st.integers(-24 * 60, 24 * 500).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))


@settings(deadline=None, max_examples=200)
@given(FLOORS, SALES, st.none() | MOMENTS, MOMENTS)
def test_any_floor_pays_what_the_rules_say(
    floor: Case, sold: list[Case], since: datetime | None, until: datetime
) -> None:
    until = max([until, *(datetime.fromisoformat(one["occurred_at"]) for one in sold)])
    answer = preview({
        "terms": {"clauses": [{"kind": "percent", "rate": "10%"}, floor]}, "currency": "USD", "time_zone": ZONE.key,
        "conversions": sold, "until": until.isoformat(),
        "enrolment": {"since": since.isoformat()} if since else {},
    })  # fmt: skip
    lines = [
        (line["kind"], datetime.fromisoformat(line["from"]).astimezone(ZONE).date(), line["amount"])
        for line in answer["periods"]
    ]
    wanted = naive(floor, sold, since, until)
    assert sorted(lines) == sorted(wanted)
    signs = {"recouped": -1, "forgiven": 0}
    earned = sum(one["amount"] // 10 for one in sold)
    assert answer["total"] == earned + sum(signs.get(kind, 1) * amount for kind, _begin, amount in wanted)
