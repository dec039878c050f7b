"""The page behind every amount: it carries the whole way from the order to the payment."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import translation

from hanse.kernel.errors import NotFound
from hanse.kernel.ids import new_id
from hanse.money.commissions.actions import release_holds
from hanse.money.commissions.models import Commission
from hanse.money.commissions.queries import explanation_of
from hanse.money.commissions.verify import verify_commissions
from hanse.money.payouts.actions import approve_run, draft_run, open_run, settle_payout
from hanse.money.payouts.models import Payout
from hanse.programs.terms.models import Terms
from hanse.traffic.attribution.models import Attribution, Evidence
from hanse.traffic.conversions.models import Conversion
from tests import cast, make
from tests.money.books import commission_of, price, refund, sell
from tests.money.test_payouts import ready

pytestmark = pytest.mark.django_db
LINES = (("Teapot", "kitchen", 1, 3780), ("Candles", "own", 6, 2160), ("Tea towels", "kitchen", 2, 1710))
CLAUSES = (
    {"kind": "percent", "rate": "12%", "when": {"field": "line.category", "op": "eq", "value": "own"}},
    {"kind": "percent", "rate": "8%"},
    {"kind": "multiplier", "factor": "1.5", "when": {"field": "customer.is_new", "op": "eq", "value": True}},
    {"kind": "cap", "per": "conversion", "amount": 6000},
)


@pytest.fixture
def crew() -> cast.Cast:
    crew = cast.build()
    ready(crew.anas, crew)
    make.terms(crew.program, *CLAUSES, tier=crew.anas.tier, name="Growth terms")
    return crew


def bought(crew: cast.Cast) -> Conversion:
    sold = sell(crew.anas, lines=LINES, name="HP-48213", is_new=True, country="PL", coupon_code="ANA10")
    policy = crew.program.policies.get()
    Attribution.objects.create(conversion=sold, policy=policy, level="click", model="last", decided_at=make.at())
    for position, (who, verdict) in enumerate([(crew.anas, "won"), (crew.bens, "lost"), (crew.bens, "excluded")]):
        Evidence.objects.create(
            conversion=sold, position=position, kind="click", enrolment=who, verdict=verdict, reason="x"
        )
    price(sold)
    return sold


def test_the_receipt_of_the_mock_adds_up_line_by_line(crew: cast.Cast) -> None:
    sold = bought(crew)
    refund(sold, 1710, lines=[LINES[2]], at=make.at(days=7))
    price(sold, now=make.at(days=7))
    release_holds(make.at(days=30), 10)
    run = draft_run(crew.program, "csv", as_of=make.at(days=45), now=make.at(days=45), by="ruth")
    approve_run(run, now=make.at(days=45), by="ruth")
    open_run(run, now=make.at(days=45), by="ruth")
    settle_payout(Payout.objects.get(), "B1", now=make.at(days=46), by="ruth")
    receipt = explanation_of(commission_of(sold, crew.anas).id)
    assert [(line.label, line.formula, line.amount_minor) for line in receipt.earned] == [
        ("Teapot", "£37.80 × 8% × 1.5 for new customers = 4.536", 454),
        ("Candles", "£21.60 × 12% × 1.5 for new customers = 3.888", 389),
        ("Tea towels", "£17.10 × 8% × 1.5 for new customers = 2.052", 205),
        ("A cap that is not reached", "£60.00 for one conversion", 0),
    ]
    assert [(line.label, line.formula, line.amount_minor) for line in receipt.changes] == [
        ("Tea towels came back", "£17.10 of its value", -205)
    ]
    assert (receipt.earned_minor, receipt.owed_minor, receipt.state) == (1048, 843, "paid")
    assert [(move.cause, move.held_minor, move.payable_minor, move.paid_minor) for move in receipt.movements] == [
        ("accrual", 1048, 0, 0), ("refund", -205, 0, 0), ("release", -843, 843, 0), ("payout_opened", 0, -843, 0),
        ("payout_settled", 0, 0, 843),
    ]  # fmt: skip
    assert (receipt.held_minor, receipt.payable_minor, receipt.in_transit_minor, receipt.paid_minor) == (0, 0, 0, 843)
    assert receipt.movements[-1].run_number == run.number
    assert receipt.terms is not None
    assert (receipt.terms.scope, receipt.terms.tier_name, receipt.terms.sentences[0]) == (
        "tier", "New", "12% of each conversion, on lines of category own"
    )  # fmt: skip
    assert [line.left_minor for line in receipt.order.lines] == [3780, 2160, 0]


def test_a_partner_sees_no_other_partners(crew: cast.Cast) -> None:
    commission_id = commission_of(bought(crew), crew.anas).id
    whole, own = explanation_of(commission_id), explanation_of(commission_id, for_partner=True)
    assert [len(one.evidence) for one in (whole, own)] == [3, 1]
    assert own.others == {"lost": 1, "excluded": 1}


def test_an_unknown_commission_is_not_found(crew: cast.Cast) -> None:
    with pytest.raises(NotFound):
        explanation_of(new_id())


def test_the_receipt_speaks_the_readers_language(crew: cast.Cast) -> None:
    commission_id = commission_of(bought(crew), crew.anas).id
    with translation.override("pl"):
        assert explanation_of(commission_id).earned[0].formula.startswith("37,80\xa0GBP × 8% × 1,5")


def test_receipts_cost_a_fixed_number_of_queries(
    crew: cast.Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    commission_id = commission_of(bought(crew), crew.anas).id
    with django_assert_max_num_queries(11):
        explanation_of(commission_id)


def test_sound_commissions_pass_the_proof(crew: cast.Cast) -> None:
    sold = bought(crew)
    refund(sold, 1710)
    other = sell(crew.bens, 5000)
    price(sold, other)
    release_holds(make.at(days=30), 1)
    assert verify_commissions() == []


def test_a_changed_commission_or_terms_fail_the_proof(crew: cast.Cast) -> None:
    sold = bought(crew)
    Commission.objects.update(owed_minor=1049)
    assert {finding.check for finding in verify_commissions()} == {"commission price", "commission books"}
    Commission.objects.update(owed_minor=1048)
    assert verify_commissions() == []
    with connection.cursor() as cursor:
        body = json.dumps({"clauses": [{"kind": "percent", "rate": "9%"}]})
        cursor.execute("UPDATE programs_terms SET body = %s, body_hash = 'forged'", [body])
    assert Terms.objects.count() == 2
    assert [finding.check for finding in verify_commissions()] == ["commission price"]
    assert sold.amount_minor == 7650


def test_a_ladder_promised_for_the_month_is_explained_by_the_version_that_paid_it() -> None:
    crew = cast.build()
    ladder = {
        "kind": "ladder", "metric": "value", "period": "month", "mode": "marginal",
        "steps": [{"from": 0, "rate": "4%"}],
    }  # fmt: skip
    promised = make.terms(crew.program, ladder, starts_at=make.at(-60))
    make.terms(crew.program, {"kind": "percent", "rate": "20%"}, starts_at=make.at(-2))
    sold = sell(crew.anas, 10_000)
    price(sold)
    receipt = explanation_of(commission_of(sold, crew.anas).id)
    assert receipt.owed_minor == 400
    assert receipt.terms is not None
    assert (receipt.terms.id, len(receipt.terms.sentences)) == (promised.id, 1)
    assert "4%" in receipt.terms.sentences[0]
    assert verify_commissions() == []
