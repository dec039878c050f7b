"""Payouts through the API: steps in their order, reasons where they are needed, accounts never shown whole."""

from __future__ import annotations

import pytest

from hanse.people.partners.models import PayoutDetails
from hanse.spine.audit.models import AuditEntry
from tests import make
from tests.api.caller import Caller
from tests.api.everything import everything_in

pytestmark = pytest.mark.django_db
DETAILS = {"rail": "sepa", "account_name": "Ana", "account": "DE89 3704 0044 0532 0130 00"}


@pytest.fixture
def ids() -> dict[str, str]:
    return everything_in(make.program("harbour"), "Ana")


def test_a_run_goes_from_draft_to_closed_in_this_order_only(ids: dict[str, str]) -> None:
    api = Caller("write")
    run = api.post("/payout-runs", {"program": ids["program_id"], "rail": "csv"})
    assert (run["state"], run["rail"], run["drafted_by"]) == ("drafted", "csv", "key:tests")
    assert api.post(f"/payout-runs/{run['id']}/open", status=409)["type"].endswith("wrong_state")
    assert api.post(f"/payout-runs/{run['id']}/approve", status=200)["approved_by"] == "key:tests"
    assert api.post(f"/payout-runs/{run['id']}/open", status=200)["state"] == "closed"  # nobody to wait for
    assert api.post(f"/payout-runs/{run['id']}/cancel", {}, 409)["type"].endswith("wrong_state")
    assert AuditEntry.objects.filter(actor="key:tests", subject_kind="payoutrun").count() == 3


def test_a_draft_is_given_up_and_an_unknown_rail_is_refused(ids: dict[str, str]) -> None:
    api = Caller("write")
    assert api.post(f"/payout-runs/{ids['run_id']}/cancel", {"reason": "too early"}, 200)["state"] == "cancelled"
    problem = api.post("/payout-runs", {"program": ids["program_id"], "rail": "pigeon"}, 422)
    assert [error["pointer"] for error in problem["errors"]] == ["/rail"]


def test_a_payment_on_its_way_cannot_be_settled_before_it_is_sent_and_fails_with_a_reason(ids: dict[str, str]) -> None:
    api = Caller("write")
    path = f"/payouts/{ids['payout_id']}"
    assert api.post(f"{path}/settle", {"reference": "bank 1"}, 409)["type"].endswith("wrong_state")
    assert api.post(f"{path}/fail", {"reason": " "}, 422)["errors"][0]["pointer"] == "/reason"
    assert api.post(f"{path}/return", {}, 422)["errors"][0]["pointer"] == "/reason"


def test_an_account_is_checked_kept_and_never_shown_whole(ids: dict[str, str]) -> None:
    api = Caller("write")
    path = f"/partners/{ids['partner_id']}/payout-details"
    wrong = api.post(path, DETAILS | {"account": "DE89 3704 0044 0532 0130 01", "bic": "no"}, 422)
    assert sorted(error["pointer"] for error in wrong["errors"]) == ["/account", "/bic"]
    assert not PayoutDetails.objects.exists()
    told = api.post(path, DETAILS, 200)
    assert told["account_ending"] == "3000"
    assert "account" not in told
    assert PayoutDetails.objects.get().account == "DE89370400440532013000"


def test_only_a_key_that_reaches_all_of_a_partner_says_where_the_money_goes(ids: dict[str, str]) -> None:
    from hanse.people.partners.models import Partner

    other = make.program("orchard")
    make.enrolment(Partner.objects.get(name="Ana"), other)
    restricted = Caller("all", program=other)
    restricted.post(f"/partners/{ids['partner_id']}/payout-details", DETAILS, 403)
    assert not PayoutDetails.objects.exists()


def test_a_key_that_only_reads_gets_no_file_with_everybodys_accounts(ids: dict[str, str]) -> None:
    assert Caller("read", "facts:write").get(f"/payout-runs/{ids['run_id']}/files", 403)["status"] == 403
    assert "data" in Caller("write").get(f"/payout-runs/{ids['run_id']}/files")
