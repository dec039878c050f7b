"""A whole installation to measure, made by the real verbs: one program with terms, partners, links, coupons, a key."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
PARTNERS = 200
CATEGORIES = ("books", "garden", "kitchen", "toys", "office", "")
TERMS = {
    "clauses": [
        {"kind": "percent", "rate": "20%", "goal": "sale",
         "when": {"all": [{"field": "line.category", "op": "in", "value": ["books", "toys"]},
                          {"field": "line.amount", "op": "gte", "value": 500}]}},
        {"kind": "percent", "rate": "12.5%", "goal": "sale",
         "when": {"field": "line.category", "op": "in", "value": ["garden", "kitchen"]}},
        {"kind": "percent", "rate": "6%", "goal": "sale"},
    ]
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """What orders are made of."""

    program_id: UUID
    key: str
    link_numbers: tuple[int, ...]
    codes: tuple[str, ...]


def open_installation(folder: Path) -> None:
    """Set Django up on an empty data folder on SQLite and make its tables; once in a process."""
    os.environ.update(HANSE_DATA=str(folder), HANSE_DATABASE_URL="", HANSE_CLOCK="", HANSE_LOG="warning")
    os.environ["DJANGO_SETTINGS_MODULE"] = "hanse.runtime.settings"
    import django

    django.setup()
    from hanse.runtime.migrate import migrate

    migrate()


def make_stage(partners: int = PARTNERS) -> Stage:
    """Make the program with its partners, each with a link and a code."""
    from django.db import transaction

    from hanse.people.access.keys import create_key
    from hanse.people.partners.actions import create_partner
    from hanse.programs.enrolments.actions import enrol
    from hanse.programs.offers.actions import create_offer
    from hanse.programs.programs.actions import create_program
    from hanse.programs.terms.actions import publish_terms
    from hanse.traffic.coupons.actions import create_coupon
    from hanse.traffic.links.actions import create_link

    told = {"now": BEGAN_AT, "by": "bench"}
    with transaction.atomic():
        program = create_program(name="Bench", slug="bench", currency="GBP", time_zone="Europe/London", **told)
        publish_terms(program=program, body=TERMS, starts_at=BEGAN_AT - timedelta(days=400), **told)
        offer = create_offer(program, name="Shop", destination_url="https://shop.example/", **told)
        numbers, codes = [], []
        for place in range(partners):
            partner = create_partner(name=f"Partner {place}", email=f"p{place}@partners.example", **told)
            enrolment = enrol(partner, program, enrolled_at=BEGAN_AT - timedelta(days=400), **told)
            numbers.append(create_link(enrolment, offer, slug=f"go-{place}", **told).number)
            codes.append(create_coupon(enrolment, code=f"SAVE{place}", **told).code)
        _key, secret = create_key(name="bench", scopes=["facts:write"], program=program, **told)
    return Stage(program.pk, secret, tuple(numbers), tuple(codes))
