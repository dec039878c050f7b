"""Who is what in the demo: the page of types in two versions, rules, price lists, resale, deals, challenges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hanse.growth.challenges.actions import keep_challenge, open_challenge
from hanse.growth.challenges.deciding import accept_entry, decline_entry, send_proof
from hanse.growth.challenges.settling import notice_reached, settle_due
from hanse.growth.demarcation.actions import keep_draft, publish_types
from hanse.growth.demarcation.defaults import default_page
from hanse.growth.demarcation.queries import open_suggestions
from hanse.growth.demarcation.rules import page_json
from hanse.growth.demarcation.suggesting import (
    accept_suggestion,
    decline_suggestion,
    keep_type_rule,
    suggest_types,
)
from hanse.kernel.clock import local_day
from hanse.people.partners.queries import partner_types
from hanse.programs.enrolments.models import Enrolment
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage
from hanse.traffic.deals.actions import approve_deal, decline_deal, register_deal
from hanse.traffic.deals.routing import keep_route
from hanse.traffic.pricelists.actions import create_price_list, publish_prices
from hanse.traffic.resale.actions import confirm_resale, decline_resale, record_resale
from hanse.traffic.resale.contacts import make_contact

# product, name, list price in pence; what trade pays in the first and in the second version
_PRICES = (
    ("22423", "Three-tier cake stand", 1275, "25%", "30%"), ("84879", "Bird ornament", 169, "25%", "30%"),
    ("85123A", "White hanging heart", 295, "30%", "35%"), ("21212", "Cake cases, retro spots", 55, "20%", "20%"),
    ("47566", "Party bunting", 495, "30%", "35%"), ("22138", "Baking set, nine pieces", 495, "25%", "30%"),
    ("20725", "Lunch bag, red spots", 165, "25%", "30%"), ("22197", "Popcorn holder", 85, "20%", "25%"),
)  # fmt: skip
_CHANNEL, _MARKET, _AGENCY = "HARVEST", "DOMMARKET", "HEARTH"


def settle_kinds(stage: Stage, calendar: DemoCalendar) -> None:
    """Leave types, channel and challenges in all their states. Call inside a transaction, after the year is played."""
    _types(stage, calendar)
    _deals(stage, calendar)
    _resell(stage, calendar)
    _challenges(stage, calendar)


def _types(stage: Stage, calendar: DemoCalendar) -> None:
    end = calendar.ends_at
    page = page_json(default_page(partner_types()))
    page["intro"] = "Who is what at Harbour & Pine. You can be several of these; where not, it says so."
    keep_draft(page, now=end - timedelta(days=300), by=MANAGER)
    publish_types(note="Our first words on who is what.", now=end - timedelta(days=300), by=MANAGER)
    for one in page["types"]:
        if one["slug"] == "ambassador":
            one["gets"] = "Better terms, a person to call, the new things first, and a word in what we make."
        if one["slug"] == "channel":
            one["excludes"] = ["ambassador"]
    keep_draft(page, now=end - timedelta(days=64), by=MANAGER)
    publish_types(
        note="Ambassadors see new things first. Who resells is no ambassador: two hats confuse customers.",
        now=end - timedelta(days=64), by=MANAGER,
    )  # fmt: skip
    page["types"].append({
        "slug": "maker", "name": "Maker", "is": "Makes things that we sell together.",
        "owes": "Shows where and how it is made.", "gets": "A place on the makers’ page.", "excludes": [],
    })  # fmt: skip
    keep_draft(page, now=end - timedelta(days=2), by=MANAGER)
    _rules(stage, end)


def _rules(stage: Stage, end: datetime) -> None:
    ripe = {"all": [
        {"field": "partner.types", "op": "contains", "value": "affiliate"},
        {"field": "figures.conversions_90d", "op": "gte", "value": 25},
        {"field": "figures.days_enrolled", "op": "gte", "value": 120},
    ]}  # fmt: skip
    partner = {"all": [
        {"field": "figures.value_180d_minor", "op": "gte", "value": 1_500_000},
        {"field": "figures.new_customers_90d", "op": "gte", "value": 20},
    ]}  # fmt: skip
    at = end - timedelta(days=6)
    keep_type_rule(
        stage.program, name="Speaks for us already", adds="ambassador", condition=ripe, now=at, by=MANAGER
    )  # fmt: skip
    keep_type_rule(stage.program, name="Worth a joint plan", adds="strategic", condition=partner, now=at, by=MANAGER)
    suggest_types(stage.program, end - timedelta(days=5))
    answered = end - timedelta(days=3)
    for row in open_suggestions(stage.program.pk):
        if row.partner_id == stage.enrolments["HONEYBEE"].partner_id:
            reason = "A coupon site sells, but does not speak for us all year."
            decline_suggestion(row, reason=reason, now=answered, by=MANAGER)
        if row.partner_id == stage.enrolments["LEDGER5"].partner_id:
            accept_suggestion(row, reason="They have written about us for a year.", now=answered, by=MANAGER)


def _resell(stage: Stage, calendar: DemoCalendar) -> None:
    end, program = calendar.ends_at, stage.program
    today = local_day(end, calendar.zone)
    trade = create_price_list(
        program, name="Trade prices", partner_type="channel", now=end - timedelta(days=230), by=MANAGER
    )
    own = create_price_list(
        program, name="Hearth Agency, agreed in spring", enrolment=stage.enrolments[_AGENCY],
        now=end - timedelta(days=150), by=MANAGER,
    )  # fmt: skip
    for row, days, place, note in (
        (trade, 230, 3, "First list"), (trade, 60, 4, "Better margins on hearts and bunting"),
        (own, 150, 4, "As agreed by telephone"),
    ):  # fmt: skip
        prices = [{"sku": one[0], "name": one[1], "list": one[2], "margin": one[place]} for one in _PRICES]
        publish_prices(
            row, prices, valid_from=today - timedelta(days=days), note=note, now=end - timedelta(days=days), by=MANAGER
        )
    for number, (code, days, domain, lines, how) in enumerate((
        (_MARKET, 120, "kwiaty-lipa.example", [("22423", 12), ("84879", 40)], "confirm"),
        (_MARKET, 48, "herbaciarnia.example", [("85123A", 60)], "confirm"),
        (_CHANNEL, 40, "village-hall.example", [("47566", 24), ("22197", 30)], "confirm"),
        (_AGENCY, 22, "hotel-meridian.example", [("22423", 40), ("22138", 10)], "confirm"),
        (_MARKET, 9, "kwiaty-lipa.example", [("20725", 80)], "decline"),
        (_CHANNEL, 2, "school-fair.example", [("21212", 200), ("47566", 10)], ""),
    ), start=1):  # fmt: skip
        _order(stage.enrolments[code], number, end - timedelta(days=days), domain, lines, how, calendar.zone)
    for domain, name, days in (
        ("hotel-meridian.example", "Callum Boyd", 180), ("quayside-offices.example", "Callum Boyd", 95),
    ):  # fmt: skip
        make_contact(
            stage.enrolments[_AGENCY], company_domain=domain, contact_name=name, since_on=today - timedelta(days=days),
            note="Orders and questions go through the agency.", now=end - timedelta(days=days), by=MANAGER,
        )  # fmt: skip


def _order(
    seller: Enrolment, number: int, at: datetime, domain: str, lines: list[tuple[str, int]], how: str, zone: str
) -> None:
    order = record_resale(
        seller, external_id=f"TR-{1000 + number}", ordered_on=local_day(at, zone), lines=lines, company_domain=domain,
        is_confirmed=False, now=at, by=seller.partner.email,
    )  # fmt: skip
    if how == "confirm":
        confirm_resale(order, now=at + timedelta(hours=20), by=MANAGER)
    if how == "decline":
        reason = "This order was cancelled by the customer on the same day."
        decline_resale(order, reason=reason, now=at + timedelta(hours=20), by=MANAGER)


def _deals(stage: Stage, calendar: DemoCalendar) -> None:
    end, program = calendar.ends_at, stage.program
    big = {"field": "deal.amount", "op": "gte", "value": 300_000}
    keep_route(
        program, name="Large ones to Ruth", condition=big, owner=stage.manager, now=end - timedelta(days=90), by=MANAGER
    )

    def registered(code: str, days: float, domain: str, amount: int, note: str) -> Any:
        seller = stage.enrolments[code]
        return register_deal(
            seller, company_domain=domain, amount_minor=amount, note=note, now=end - timedelta(days=days),
            by=seller.partner.email,
        )  # fmt: skip

    won = registered(_AGENCY, 40, "hotel-meridian.example", 60_000, "Tea rooms, all new for spring.")
    approve_deal(won, now=end - timedelta(days=39), by=MANAGER)
    ending = registered(_CHANNEL, 30, "garden-centre.example", 180_000, "They want shelves of ours from March on.")
    approve_deal(ending, days=33, now=end - timedelta(days=29), by=MANAGER)
    registered(_AGENCY, 6, "quayside-offices.example", 420_000, "Presents for 300 people; they decide this month.")
    registered(_CHANNEL, 4, "quayside-offices.example", 400_000, "Met their office manager at the fair.")
    registered(_MARKET, 1, "herbaciarnia.example", 90_000, "A second tea house opens in May.")
    lost = registered(_MARKET, 25, "gift-wholesale.example", 250_000, "Large buyer.")
    decline_deal(lost, reason="They have bought from us directly for years.", now=end - timedelta(days=24), by=MANAGER)


def _challenges(stage: Stage, calendar: DemoCalendar) -> None:
    end, program = calendar.ends_at, stage.program
    today = local_day(end, calendar.zone)

    def challenge(days: int, length: int, **fields: Any) -> Any:
        at, first = end - timedelta(days=days), today - timedelta(days=days)
        row = keep_challenge(
            program, starts_on=first, ends_on=first + timedelta(days=length), now=at, by=MANAGER, **fields
        )
        return open_challenge(row, now=at, by=MANAGER)

    past = challenge(
        75, 30, name="The harbour in autumn", text="Sell for £2,500 in thirty days; returns do not count.",
        metric="value", target=250_000, prize_minor=5_000,
    )  # fmt: skip
    now_on = challenge(
        12, 24, name="Ten sales before the lights go on", metric="conversions", target=10, prize_minor=2_500,
        text="Ten sales that are kept, in twenty-four days. The first fifteen win.", most_winners=15,
    )  # fmt: skip
    film = challenge(
        20, 40, name="The first film of the season", metric="proof", prize_minor=4_000, gift="A box of everything new",
        text="Show one of our things in use, for at least twenty seconds. Send us the link.",
    )  # fmt: skip
    keep_challenge(
        program, name="New faces in spring", metric="new_customers", target=15, prize_minor=10_000,
        starts_on=today + timedelta(days=10), ends_on=today + timedelta(days=70),
        audience={"field": "enrolment.tier", "op": "in", "value": ["growth", "casual"]},
        now=end - timedelta(days=1), by=MANAGER,
    )  # fmt: skip
    notice_reached(past, end - timedelta(days=44))
    settle_due(past, end, 100)
    notice_reached(now_on, end - timedelta(hours=1))
    _proofs(stage, film, end)


def _proofs(stage: Stage, film: Any, end: datetime) -> None:
    for code, days, decided in (("KESTREL", 9, "yes"), ("TINSEL", 5, "no"), ("PAPIER", 2, ""), ("THISTLE", 1, "")):
        enrolment = stage.enrolments[code]
        if enrolment.status != Enrolment.Status.ACTIVE:
            continue
        entry = send_proof(
            film, enrolment, link=f"https://video.example/{code.lower()}/season", now=end - timedelta(days=days),
            by=enrolment.partner.email,
        )  # fmt: skip
        if decided == "yes":
            accept_entry(entry, note="Lovely light.", now=end - timedelta(days=days - 1), by=MANAGER)
        if decided == "no":
            reason = "The film does not say that it is paid. Add that, and send it again."
            decline_entry(entry, reason=reason, now=end - timedelta(days=days - 1), by=MANAGER)
