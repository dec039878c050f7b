"""The Budget tab: a plan, an offer beyond it, an approval, the month-end file."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from hanse.growth.budgets.models import Budget, Overrun
from hanse.growth.negotiations.models import Proposal
from hanse.kernel.ids import text_id
from hanse.programs.tiers.models import Tier
from tests import make
from tests.api.caller import Caller
from tests.console.conftest import Browser, Stage
from tests.money.books import pots

pytestmark = pytest.mark.django_db
PAGE = "/console/money/budget"
QUARTER = "2026-Q3"  # the stage's present is the middle of July 2026


def plan(client: Client, amount: str, **more: str) -> object:
    return client.post(f"{PAGE}/plan", {"quarter": QUARTER, "amount": amount, **more})


def write_terms(client: Client, stage: Stage, clauses: str, does: str = "propose") -> object:
    scope = text_id("enr", stage.cast.anas.pk)
    return client.post(
        f"/console/programs/{stage.cast.program.slug}/terms/edit?scope={scope}",
        {"scope": scope, "view": "json", "json": clauses, "reason": "A series", "do": does},
    )


def test_finance_plans_and_everybody_in_the_team_reads(stage: Stage, browser: Browser) -> None:
    finance = browser("finance")
    assert plan(finance, "1,000.00").status_code == 303  # type: ignore[attr-defined]  # an answer
    plan(finance, "250.00", type="affiliate", tier="new", note="Tight")
    assert Budget.objects.count() == 2
    assert Budget.objects.exclude(looked_at=None).count() == 2
    for role in ("owner", "manager", "finance", "viewer"):
        page = browser(role).get(PAGE) if role != "finance" else finance.get(PAGE)
        text = page.content.decode()
        assert page.status_code == 200
        assert "£1,000.00" in text
        assert "Affiliate in New" in text
        assert ('data-dialog="plan-new"' in text) is (role in ("owner", "finance"))
    for role in ("manager", "viewer"):
        client = Client()
        client.force_login(make.manager(f"{role}-2@harbour.example", role))
        assert plan(client, "1").status_code == 403  # type: ignore[attr-defined]  # an answer
    assert browser("nobody").get(PAGE).status_code == 302


def test_wrong_words_are_told_and_change_nothing(stage: Stage, browser: Browser) -> None:
    client = browser("owner")
    for amount, quarter in (("x", QUARTER), ("-1", QUARTER), ("1", "2026-Q9"), ("1", "<b>")):
        assert client.post(f"{PAGE}/plan", {"quarter": quarter, "amount": amount}).status_code == 303
    plan(client, "1", tier="nobody")
    plan(client, "1", type="nobody")
    assert Budget.objects.count() == 0
    for path in (
        f"{PAGE}?quarter=2026-Q9",
        f"{PAGE}?quarter=%00",
        f"{PAGE}?quarter=1970-Q1",
        f"{PAGE}?quarter=2199-Q4",
    ):
        assert client.get(path).status_code == 200
    assert client.get("/console/money/accruals/2026-99.csv").status_code == 303
    assert client.get("/console/money/accruals/2027-01.csv").status_code == 303
    assert client.post(f"{PAGE}/bud_x/drop").status_code == 404
    assert client.post(f"{PAGE}/beyond/ovr_x", {"verdict": "approve"}).status_code == 404


def test_a_refused_proposal_is_put_before_finance_and_passes_once_approved(stage: Stage, browser: Browser) -> None:
    finance, owner = browser("finance"), browser("owner")
    plan(finance, "10.00")
    finance.post(f"{PAGE}/rule", {"when_over": "approve", "quarter": QUARTER})
    fee = '{"clauses": [{"kind": "percent", "rate": "20%"}, {"kind": "fee", "amount": 90000, "due": "signing"}]}'
    answer = write_terms(owner, stage, fee)
    assert answer.status_code == 422, answer.content.decode()[:500]  # type: ignore[attr-defined]  # an answer
    assert "beyond the budget of 2026-Q3" in answer.content.decode()  # type: ignore[attr-defined]  # an answer
    assert Proposal.objects.count() == 0
    (row,) = Overrun.objects.all()
    assert (row.state, row.asked_by, row.amount_minor) == ("asked", "owner@harbour.example", 90_000)
    assert "Waits for approval" in finance.get(PAGE).content.decode()
    assert "Approve or decline" in finance.get("/console/").content.decode()
    finance.post(f"{PAGE}/beyond/{text_id('ovr', row.pk)}", {"verdict": "approve", "reason": "It replaces the fair"})
    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by) == ("approved", "It replaces the fair", "finance@harbour.example")
    assert write_terms(owner, stage, fee).status_code == 303  # type: ignore[attr-defined]  # an answer
    assert Proposal.objects.count() == 1
    assert "Approved and made" in finance.get(PAGE).content.decode()


def test_where_it_only_warns_the_offer_goes_out_with_a_word(stage: Stage, browser: Browser) -> None:
    owner = browser("owner")
    plan(owner, "10.00")
    owner.get(PAGE)
    fee = '{"clauses": [{"kind": "percent", "rate": "20%"}, {"kind": "fee", "amount": 90000, "due": "signing"}]}'
    shown = write_terms(owner, stage, fee, "show").content.decode()  # type: ignore[attr-defined]  # an answer
    assert "this adds £900.00 and goes £905.00 beyond the budget" in shown
    assert Overrun.objects.count() == 0
    assert write_terms(owner, stage, fee).status_code == 303  # type: ignore[attr-defined]  # an answer
    assert "goes £905.00 beyond a budget" in owner.get(PAGE).content.decode()
    assert Overrun.objects.get().state == "warned"


def test_the_month_end_file_holds_what_the_ledger_holds(stage: Stage, browser: Browser) -> None:
    answer = browser("viewer").get("/console/money/accruals/2026-07.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="accruals-harbour-2026-07.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    held = next(row for row in rows if row["account"] == "held" and row["partner"] == "Ana")
    assert held["closing"] == f"{pots(stage.cast.anas).held_minor / 100:.2f}"
    told = Caller("read").get("/accruals?month=2026-07")
    assert told["csv"] == answer.content.decode()
    assert told["equals_ledger"] is True
    assert Caller("read").get("/accruals?month=2027-07", 422)["errors"][0]["pointer"] == "/query/month"


def test_budgets_over_the_api_from_plan_to_approval(stage: Stage) -> None:
    keys, small = Caller("all"), Caller("write")
    tier = text_id("tie", Tier.objects.get(program=stage.cast.program, key="new").pk)
    made = small.post("/budgets", {"quarter": QUARTER, "amount": 50_000})
    small.post("/budgets", {"quarter": QUARTER, "amount": 1_000, "type": "affiliate", "tier": tier})
    assert made["looked_at"] is None
    assert len(small.get("/budgets")["data"]) == 2
    found = small.get(f"/budgets/standing?quarter={QUARTER}")
    for name in ("accrued", "in_kind", "committed", "expected", "paid"):
        assert sum(cell[name] for cell in found["cells"]) == found[name]
    assert [one["amount"] for one in found["plans"]] == [50_000, 1_000]
    body = {"clauses": [{"kind": "percent", "rate": "20%"}, {"kind": "fee", "amount": 90_000, "due": "signing"}]}
    offer = {"enrolment": text_id("enr", stage.cast.bens.pk), "body": body}
    tried = small.post("/budgets/preview", {**offer, "is_proposal": True}, 200)
    assert (tried["adds"], tried["needs_approval"]) == (90_000, False)
    assert {(one["type"], one["tier"]) for one in tried["breaches"]} == {("", ""), ("affiliate", "new")}
    small.send("PUT", "/budgets/rule", {"when_over": "approve"})
    assert small.get("/budgets/rule") == {"when_over": "warn"}
    keys.send("PUT", "/budgets/rule", {"when_over": "approve"})
    assert small.post("/proposals", offer, 409)["type"].endswith("over_budget")
    asked = small.post("/overruns", {**offer, "is_proposal": True})
    path = f"/overruns/{asked['id']}/decide"
    small.post(path, {"approve": True, "reason": "x"}, 403)
    assert keys.post(path, {"approve": True, "reason": "The season"}, 200)["state"] == "approved"
    keys.post(path, {"approve": True, "reason": "Twice"}, 409)
    small.post("/proposals", offer)
    assert small.get("/overruns")["data"][0]["reason"] == "The season"
    cheap = {"clauses": [{"kind": "percent", "rate": "20%"}]}
    small.post("/overruns", {"enrolment": offer["enrolment"], "body": cheap}, 409)
    small.post("/budgets/preview", {}, 422)
    assert small.send("DELETE", f"/budgets/{made['id']}").status_code == 204
