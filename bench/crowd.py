"""Ten thousand partners with a year and more of daily rollups, written straight into the tables: few bring most."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

DAYS = 400
CLICKS_A_SALE = 100
# of a hundred partners so many have numbers on such a share of days, with so many clicks on each
_KINDS = ((20, 1.0, 120), (30, 0.5, 12), (17, 0.1, 4), (33, 0.0, 0))


def make_partners(program: Any, count: int, now: datetime) -> list[UUID]:
    """Write partners and enrolments and return the enrolments' ids, in the program's five tiers."""
    from hanse.kernel.ids import new_id
    from hanse.people.partners.models import Partner
    from hanse.programs.enrolments.models import Enrolment, StatusChange
    from hanse.programs.tiers.models import Tier
    from hanse.spine.bulk import insert_many

    tiers = list(Tier.objects.filter(program=program).order_by("position").values_list("id", flat=True))
    partners = [
        {"id": new_id(), "name": f"Partner {place}", "email": f"p{place}@crowd.example", "email_hash": f"{place:032d}",
         "types": ["affiliate"], "country": "GB", "created_at": now}
        for place in range(count)
    ]  # fmt: skip
    enrolments = [
        {"id": new_id(), "partner_id": one["id"], "program_id": program.id, "status": "active",
         "tier_id": tiers[place % len(tiers)], "enrolled_at": now - timedelta(days=1 + place * DAYS // count)}
        for place, one in enumerate(partners)
    ]  # fmt: skip
    insert_many(Partner, partners)
    insert_many(Enrolment, enrolments)
    insert_many(
        StatusChange,
        [{"enrolment_id": one["id"], "status": "active", "at": one["enrolled_at"]} for one in enrolments],
    )
    return [one["id"] for one in enrolments]


def make_rollups(program: Any, enrolments: list[UUID], last: date) -> tuple[int, int]:
    """Write the days of every enrolment; return how many clicks and conversions they stand for."""
    from hanse.insight.rollups.actions import add_cells

    clicks = sales = 0
    cells: dict[Any, Any] = {}
    for key, numbers in _days(program.id, enrolments, last):
        cells[key] = numbers
        clicks, sales = clicks + numbers["clicks"], sales + numbers["conversions"]
        if len(cells) == 50_000:
            add_cells(cells)
            cells = {}
    add_cells(cells)
    return clicks, sales


def _days(program_id: UUID, enrolments: list[UUID], last: date) -> Iterator[tuple[Any, Any]]:
    from collections import Counter

    chance = random.Random(11)  # noqa: S311  # the same numbers each time
    for place, enrolment_id in enumerate(enrolments):
        density, usual = _kind(place)
        for back in range(DAYS):
            if chance.random() >= density:
                continue
            clicks = chance.randint(usual // 2, usual * 2)
            sales = clicks // CLICKS_A_SALE + (chance.randrange(CLICKS_A_SALE) < clicks % CLICKS_A_SALE)
            value = sales * chance.randint(1_000, 9_000)
            yield (program_id, enrolment_id, last - timedelta(days=back)), Counter(
                clicks=clicks, invalid_clicks=clicks // 5, conversions=sales, click_conversions=sales,
                new_customers=sales // 2, value_minor=value, refunded_minor=value // 20, commission_minor=value // 10,
            )  # fmt: skip


def _kind(place: int) -> tuple[float, int]:
    rest = place * 37 % 100
    for share, density, usual in _KINDS:
        if rest < share:
            return density, usual
        rest -= share
    raise AssertionError("the kinds add up to a hundred")
