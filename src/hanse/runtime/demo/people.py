"""Sets the stage: the shop's program, its terms, its team and the partners, each dated as if it had happened then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hanse.people.access.actions import create_partner_login, create_team_member
from hanse.people.models import TeamUser
from hanse.people.partners.actions import create_partner, set_payout_details
from hanse.programs.enrolments.actions import accept_terms, enrol, move_to_tier
from hanse.programs.models import Enrolment, Offer, Program, Terms, Tier
from hanse.programs.offers.actions import create_offer
from hanse.programs.programs.actions import create_program
from hanse.programs.terms.actions import publish_terms
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.cast import DemoPartner
from hanse.traffic.coupons.actions import create_coupon
from hanse.traffic.links.actions import create_link
from hanse.traffic.models import Link

PROGRAM_SLUG = "harbour-pine"
ZONE = "Europe/London"
PARTNER = "dusza10@partners.example"
MANAGER, FINANCE = "ruth@harbourandpine.example", "ben@harbourandpine.example"
NEW_FOR_DAYS = 60
NO_GOODS = ["shipping", "charges"]
GOODS = {"field": "line.category", "op": "not_in", "value": NO_GOODS}
SEASON = {"field": "line.category", "op": "in", "value": ["candles", "christmas"]}
DESCRIPTION = "Gifts and things for the home, from a small harbour town. Made to be given."


@dataclass(frozen=True, slots=True)
class Stage:
    """What the story plays on."""

    program: Program
    offer: Offer
    manager: TeamUser
    enrolments: dict[str, Enrolment]
    links: dict[str, Link]


def set_stage(calendar: DemoCalendar, partners: list[DemoPartner]) -> Stage:
    """Create the program and everybody in it. Call inside a transaction."""
    opened_at = calendar.starts_at - timedelta(days=2)
    by = MANAGER
    manager = create_team_member(
        email=MANAGER, name="Ruth Calloway", role="owner", time_zone=ZONE, now=opened_at, by=by
    )
    create_team_member(email=FINANCE, name="Ben Ashby", role="finance", time_zone=ZONE, now=opened_at, by=by)
    program = create_program(
        name="Harbour & Pine Gifts",
        slug=PROGRAM_SLUG,
        currency="GBP",
        time_zone=ZONE,
        description=DESCRIPTION,
        hold_days=30,
        minimum_payout_minor=2500,
        approval_ceiling_minor=25000,
        second_person_above_minor=1_000_000,
        browser_conversions=True,
        is_demo=True,
        days_shifted=calendar.days_shifted,
        now=opened_at,
        by=by,
    )
    offer = create_offer(
        program,
        name="The whole shop",
        destination_url="https://harbourandpine.example/",
        description="Every page of the shop; deep links welcome.",
        now=opened_at,
        by=by,
    )
    tiers = {tier.key: tier for tier in Tier.objects.filter(program=program)}
    terms = _publish_all(program, tiers, calendar, opened_at)
    stage = Stage(program, offer, manager, {}, {})
    for partner in sorted(partners, key=lambda partner: -partner.joined_days):
        _join(stage, partner, manager, terms, calendar)
        tier = tiers[_tier_of(partner, partners)]
        _move(stage.enrolments[partner.code], tier, partner, calendar)
        _accept_later_terms(stage.enrolments[partner.code], tier, partner)
    return stage


def _publish_all(program: Program, tiers: dict[str, Tier], calendar: DemoCalendar, now: datetime) -> Terms:
    """Publish the program's terms (a second version from the spring on) and those of the two upper tiers."""
    spring = calendar.starts_at + timedelta(days=120)

    def publish(clauses: list[dict[str, Any]], name: str, starts_at: datetime, reason: str, tier: str = "") -> Terms:
        return publish_terms(
            program=program,
            tier=tiers[tier] if tier else None,
            body={"clauses": clauses},
            name=name,
            starts_at=starts_at,
            reason=reason,
            now=min(now, starts_at),
            by=MANAGER,
        )

    start = "The first terms of the program."
    first = publish([_percent("6%", GOODS)], "Everybody's terms", now, start)
    publish([_percent("9%", SEASON), _percent("7%", GOODS)], "Growth terms", now, start, "growth")
    publish([_percent("12%", SEASON), _percent("8%", GOODS)], "Power terms", now, start, "power")
    own_candles = "Our own candles carry a better margin since we pour them here; you share in it."
    publish([_percent("8%", SEASON), _percent("6%", GOODS)], "Everybody's terms", spring, own_candles)
    return first


def _percent(rate: str, when: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "percent", "rate": rate, "goal": "sale", "when": when}


def _join(stage: Stage, cast: DemoPartner, owner: TeamUser, terms: Terms, calendar: DemoCalendar) -> None:
    joined_at = cast.joined_at(calendar.ends_at)
    by = MANAGER
    partner = create_partner(
        name=cast.name,
        contact_name=cast.contact,
        email=cast.email,
        country=cast.country,
        language=cast.language,
        time_zone=cast.time_zone,
        types=cast.types,
        channels=[cast.medium],
        owner=owner,
        source="demo",
        now=joined_at,
        by=by,
    )
    enrolment = enrol(partner, stage.program, enrolled_at=joined_at, now=joined_at, by=by)
    accept_terms(enrolment, terms, by=cast.email, at=joined_at + timedelta(minutes=6))
    create_partner_login(partner, now=joined_at, by=by)
    stage.enrolments[cast.code] = enrolment
    stage.links[cast.code] = create_link(
        enrolment, stage.offer, slug=cast.slug, label=cast.medium, now=joined_at, by=by
    )
    create_coupon(enrolment, code=cast.code, now=joined_at, by=by)
    if cast.weight >= 3:
        set_payout_details(
            partner,
            rail="csv",
            account_name=cast.contact,
            account=_iban(len(stage.links)),
            now=joined_at + timedelta(days=1),
            by=cast.email,
        )


def _tier_of(cast: DemoPartner, partners: list[DemoPartner]) -> str:
    """Return the tier that a manager would have given: the first six, the next twelve, who sells, who is new."""
    if cast.joined_days <= NEW_FOR_DAYS:
        return "new"
    rank = [partner.code for partner in partners].index(cast.code)
    return "power" if rank < 6 else "growth" if rank < 18 else "casual" if cast.weight else "inactive"


def _move(enrolment: Enrolment, tier: Tier, cast: DemoPartner, calendar: DemoCalendar) -> None:
    at = cast.joined_at(calendar.ends_at) + timedelta(days=NEW_FOR_DAYS)
    if tier.key != "new":
        move_to_tier(enrolment, tier, reason="the first sixty days", now=at, by=MANAGER)


def _accept_later_terms(enrolment: Enrolment, tier: Tier, cast: DemoPartner) -> None:
    """Accept what is in force for the partner now; those who sell nothing did not look."""
    own = Terms.objects.filter(tier=tier).first()
    newest = own or Terms.objects.filter(program_id=enrolment.program_id, tier=None, enrolment=None).latest("number")
    accepted_at = max(newest.starts_at, enrolment.enrolled_at + timedelta(days=NEW_FOR_DAYS)) + timedelta(hours=30)
    if cast.weight and cast.joined_days > NEW_FOR_DAYS:
        accept_terms(enrolment, newest, by=cast.email, at=accepted_at)


def _iban(number: int) -> str:
    """Return a well-formed British account number of a bank that does not exist (ISO 13616 check digits)."""
    account = f"HNSE{number:014d}"
    digits = "".join(str(int(character, 36)) for character in f"{account}GB00")
    return f"GB{98 - int(digits) % 97:02d}{account}"
