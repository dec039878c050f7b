"""The same facts through the pipeline and through the dry run of terms give the same cents, whatever the terms.

Sales, leads, refunds, chargebacks and won disputes arrive in any order, in the program's currency or another one, for
one partner or two who share; with floors and advances, and with a recruiter who earns beside.
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hanse.journal.sqlite import SqliteJournal
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.commissions.verify import verify_commissions
from hanse.money.ledger.verify import verify_books
from hanse.money.pricing.preview import preview
from hanse.money.promises.models import Promise
from hanse.money.promises.verify import verify_promises
from hanse.money.referrals.verify import verify_referrals
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import AttributionPolicy, Program
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.types import DailyRate
from hanse.spine.parked.models import ParkedFact
from tests import cast, make
from tests.money.books import close_periods, pots
from tests.rules import invented
from tests.rules.naive import Case
from tests.sending import World

pytestmark = pytest.mark.django_db
START, END = datetime(2026, 1, 31, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Tokyo", "UTC"])
FLOOR = st.fixed_dictionaries({
    "kind": st.just("floor"), "mode": st.sampled_from(["added", "greater_of", "recoupable"]), "carry": st.booleans(),
    "period": st.sampled_from(["month", "quarter"]), "amount": st.integers(1, 9_000),
})  # fmt: skip
FEE: Case = {"kind": "fee", "amount": 321, "due": "2026-03-10"}
REFERRAL: Case = {"kind": "referral", "rate": "10%", "months": 24}


NUMBERS = itertools.count(1_000)


class Undone(Exception):
    """Ends a trial and takes it back."""


@st.composite
def returns(draw: st.DrawFn, sold: list[Case]) -> list[Case]:
    found: list[Case] = []
    for number, one in enumerate(draw(st.lists(st.sampled_from(sold), max_size=4))):
        line = draw(st.sampled_from(one["lines"]))
        most = sum(each["amount"] for each in one["lines"]) + 300
        found.append({
            "id": f"r{number}", "conversion": one["id"], "kind": draw(st.sampled_from(["refund", "chargeback"])),
            "amount": draw(st.integers(1, most)),
        })  # fmt: skip
        if line["amount"] and draw(st.booleans()):
            back = {**line, "quantity": draw(st.integers(1, line["quantity"]))}
            if draw(st.booleans()):
                del back["quantity"]  # by value then
            found[-1] |= {"lines": [back], "amount": line["amount"]}
        elif found[-1]["kind"] == "chargeback" and draw(st.booleans()):
            won = {"id": f"w{number}", "kind": "dispute_won", "reverses": f"r{number}"}
            found.append({**found[-1], **won})
    return found


@st.composite
def worlds(draw: st.DrawFn) -> Case:
    """Terms, what was sold and what came back, and in which order it is told."""
    clauses, sold, _back = draw(invented.cases())
    clauses += draw(st.lists(FLOOR, max_size=2)) + draw(st.lists(st.just(FEE), max_size=1))
    for one in sold:
        one["goal"] = draw(st.sampled_from(["sale", "sale", "lead"]))
        one["share"] = draw(st.sampled_from(["100%", "50%"]))
        if "is_new" not in one["customer"]:  # live, what is not sent is derived from all that is known of a customer
            del one["customer"]
        if len(one["lines"]) == 1 and draw(st.booleans()):  # several lines part a refund in the order's own currency
            one["currency"] = "USD"
    back = draw(returns(sold))
    return {
        "clauses": clauses, "sold": sold, "back": back, "zone": draw(ZONES),
        "order": draw(st.permutations(range(len(sold) + len(back)))), "pause": draw(st.integers(0, 9)),
    }  # fmt: skip


def dry(case: Case) -> Case:
    return preview({
        "terms": {"clauses": case["clauses"]}, "currency": "GBP", "time_zone": case["zone"],
        "enrolment": {"since": make.BEGINNING.isoformat(), "tier": "new", "types": ["affiliate"]},
        "conversions": case["sold"], "refunds": case["back"], "from": make.BEGINNING.isoformat(),
        "until": END.isoformat(),
    })  # fmt: skip


def doubled(of: Case) -> Case:
    """Return a fact in dollars, two of which are a pound."""
    lines = [{**line, "amount": line["amount"] * 2} for line in of["lines"]] if "lines" in of else []
    return {**of, **({"amount": of["amount"] * 2} if "amount" in of else {}), **({"lines": lines} if lines else {})}


def send_sale(world: World, sold: Case) -> None:
    at = datetime.fromisoformat(sold["occurred_at"])
    said = doubled(sold) if sold.get("currency") == "USD" else sold
    fact = {key: value for key, value in said.items() if key not in ("id", "share")} | {"external_id": sold["id"]}
    fact["amount"] = sum(line["amount"] for line in said["lines"])
    visitor = f"visitor of {sold['id']}"
    mine, other = world.cast.anas_link.number, world.cast.bens_link.number
    token = world.click(mine, at - timedelta(hours=3), visitor)
    if sold["share"] == "50%":
        token = world.click(other, at - timedelta(hours=2), visitor)
    world.send("conversion", {"currency": "GBP", **fact, "click": token.text})


def send_return(world: World, back: Case, sold: Case) -> None:
    currency = sold.get("currency", "GBP")
    said = doubled(back) if currency == "USD" else back
    fact = {key: value for key, value in said.items() if key != "id"} | {"external_id": back["id"]}
    world.send("refund", {**fact, "occurred_at": END.isoformat(), "currency": currency, "goal": sold["goal"]})


def world_of(case: Case, journal: SqliteJournal) -> World:
    crew = cast.build()
    for link in (crew.anas_link, crew.bens_link):  # what is kept of links by their numbers outlives a trial
        link.number = next(NUMBERS)
        link.save(update_fields=["number"])
    Program.objects.update(time_zone=case["zone"])
    AttributionPolicy.objects.update(model="linear")
    Partner.objects.filter(id=crew.ana.id).update(recruited_by=crew.ben)
    make.terms(crew.program, *case["clauses"], enrolment=Enrolment.objects.get(id=crew.anas.id))
    make.terms(crew.program, {"kind": "percent", "rate": "0%"}, REFERRAL, enrolment=crew.bens)
    days = ((START - timedelta(days=9)).date() + timedelta(days=n) for n in range(0, 160, 3))
    rates = [DailyRate(code, day, rate) for day in days for code, rate in (("USD", "2"), ("GBP", "1"))]
    keep_rates(rates, source="tests", now=END, by="tests")
    return World(crew, journal, END)


def live(case: Case, journal: SqliteJournal) -> Case:
    """Tell everything in the case's order, work now and then, and return what is booked."""
    world, sold = world_of(case, journal), {one["id"]: one for one in case["sold"]}
    for step, place in enumerate(case["order"]):
        if place < len(sold):
            send_sale(world, case["sold"][place])
        else:
            back = case["back"][place - len(sold)]
            send_return(world, back, sold[back["conversion"]])
        if step % 3 == case["pause"] % 3:
            world.run(END)
            close_periods(END - timedelta(days=10 * case["pause"]))
    world.run(END)
    release_holds(END, 1_000)
    close_periods(END)
    assert not ParkedFact.objects.filter(status="waiting").exists()
    assert verify_books() == verify_commissions() == verify_promises() == verify_referrals() == []
    anas = Commission.objects.filter(enrolment=world.cast.anas)
    found, promised = pots(world.cast.anas), Promise.objects.filter(enrolment=world.cast.anas).exclude(owed_minor=0)
    begun = sum(promised.filter(ends_at__gt=END).values_list("owed_minor", flat=True))  # of periods still open
    return {
        "commissions": {id: (earned, owed) for id, earned, owed in
                        anas.values_list("conversion__external_id", "earned_minor", "owed_minor")},
        "periods": sorted(
            promised.filter(ends_at__lte=END).values_list("kind", "clause", "starts_at", "owed_minor")
        ),
        "total": found.held_minor + found.payable_minor - begun,
    }  # fmt: skip


def expected(case: Case) -> Case:
    answer = dry(case)
    return {
        "commissions": {one["conversion"]: (one["amount"], one["owed"]) for one in answer["commissions"]},
        "periods": sorted(
            (line["kind"], line["clause"], datetime.fromisoformat(line["from"]), line["amount"])
            for line in answer["periods"] if line["amount"] and line["kind"] != "recouped"  # booked with commissions
        ),
        "total": answer["total"],
    }  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a failing world is told as it is: shrinking takes minutes
)  # fmt: skip
@given(case=worlds())
def test_the_pipeline_books_what_the_dry_run_says(db: None, tmp_path: Path, case: dict[str, Any]) -> None:
    journal, found = SqliteJournal(tmp_path / f"{make.fresh('live')}.sqlite3"), {}
    try:
        with transaction.atomic():
            found = live(case, journal)
            raise Undone
    except Undone:
        journal.close()
    assert found == expected(case), json.dumps(case)
