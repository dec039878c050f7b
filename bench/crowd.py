"""Ten thousand partners with a link each, written straight into the tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

DAYS = 400


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


def make_links(program: Any, enrolments: list[UUID], now: datetime) -> None:
    """Write an offer and one link for every enrolment, numbered from 1, every third with one of five initiatives."""
    from hanse.kernel.ids import new_id
    from hanse.programs.offers.actions import create_offer
    from hanse.spine.bulk import insert_many
    from hanse.traffic.links.models import Link

    offer = create_offer(program, name="Shop", destination_url="https://shop.example/", now=now, by="bench")
    rows = [
        {"id": new_id(), "number": place + 1, "slug": f"go-{place}", "enrolment_id": enrolment_id, "offer_id": offer.pk,
         "destination_url": "https://shop.example/", "label": "", "created_at": now,
         "initiative": f"initiative {place % 15 // 3}" if place % 3 == 0 else ""}
        for place, enrolment_id in enumerate(enrolments)
    ]  # fmt: skip
    insert_many(Link, rows)
