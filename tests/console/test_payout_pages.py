"""Payouts: from a draft to money read back, each step by somebody who may."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from hanse.kernel.ids import text_id
from hanse.money.ledger.verify import verify_books
from hanse.money.payouts.models import Payout, PayoutRun
from tests import make
from tests.console.conftest import Browser, Stage
from tests.money import books


def _text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def _opened(browser: Browser, stage: Stage) -> Payout:
    client = browser("owner")
    client.post(f"{stage.run_path}/approve")
    client.post(f"{stage.run_path}/open")
    return Payout.objects.get(run=stage.run)


def test_a_draft_says_who_would_be_paid_and_who_not(browser: Browser, stage: Stage) -> None:
    poor = make.enrolment(make.partner("Poor"), stage.cast.program)
    sold = books.sell(poor, 5_000, at=make.at(0))
    books.price(sold, now=make.at(1))
    from hanse.money.commissions.actions import release_holds
    from tests.console.conftest import NOW

    release_holds(NOW, 10)
    PayoutRun.objects.filter(pk=stage.run.pk)
    client = browser("manager")
    page = _text(client.get("/console/money/payouts/new"))
    assert "Poor" in page
    assert "no payout details" in page


def test_a_drafted_run_takes_each_line_once(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    answer = client.post("/console/money/payouts/new", {"rail": "csv"})
    assert answer.status_code == 303
    second = PayoutRun.objects.order_by("-drafted_at", "-id").first()
    assert second is not None
    assert Payout.objects.filter(run=second).count() == 0


def test_an_unknown_rail_drafts_nothing(browser: Browser, stage: Stage) -> None:
    browser("manager").post("/console/money/payouts/new", {"rail": "pigeon"})
    assert PayoutRun.objects.count() == 1


def test_a_manager_drafts_but_does_not_approve(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    assert client.post(f"{stage.run_path}/approve").status_code == 403
    assert client.post(f"{stage.run_path}/open").status_code == 403
    stage.run.refresh_from_db()
    assert stage.run.state == "drafted"


def test_above_the_limit_a_second_person_approves(browser: Browser, stage: Stage) -> None:
    program = stage.cast.program
    program.second_person_above_minor = 5_000
    program.save()
    PayoutRun.objects.filter(pk=stage.run.pk).update(drafted_by="finance@harbour.example")
    finance = browser("finance")
    assert "approved by a second person" in _text(finance.get(stage.run_path))
    finance.post(f"{stage.run_path}/approve")
    stage.run.refresh_from_db()
    assert stage.run.state == "drafted"
    browser("owner").post(f"{stage.run_path}/approve")
    stage.run.refresh_from_db()
    assert stage.run.state == "approved"


def test_a_run_goes_from_draft_to_paid_and_the_books_stay_whole(browser: Browser, stage: Stage) -> None:
    payout = _opened(browser, stage)
    client = browser("finance")
    file = client.get(f"{stage.run_path}/file").content.decode()
    assert text_id("pay", payout.pk) in file
    assert "100.00" in file
    client.post(f"/console/money/payments/{text_id('pay', payout.pk)}/settle", {"reason": "BANK-1"})
    payout.refresh_from_db()
    assert (payout.state, payout.reference) == ("settled", "BANK-1")
    stage.run.refresh_from_db()
    assert stage.run.state == "closed"
    assert books.pots(stage.cast.anas).paid_minor == 10_000
    client.post(f"/console/money/payments/{text_id('pay', payout.pk)}/return", {"reason": "Account closed"})
    assert books.pots(stage.cast.anas).payable_minor == 10_000
    assert verify_books() == []
    assert "Account closed" in _text(client.get(stage.run_path))


def test_only_an_opened_run_has_a_file(browser: Browser, stage: Stage) -> None:
    assert browser("finance").get(f"{stage.run_path}/file").status_code == 404
    _opened(browser, stage)
    assert browser("viewer").get(f"{stage.run_path}/file").status_code == 403


def test_a_banks_answer_is_read_back_and_bad_rows_are_named(browser: Browser, stage: Stage) -> None:
    payout = _opened(browser, stage)
    rows = f"payout,state,reference,reason\n{text_id('pay', payout.pk)},failed,,Closed\npay_1,paid,X,\n"
    answer = browser("finance").post(
        f"{stage.run_path}/read-back", {"answer": SimpleUploadedFile("bank.csv", rows.encode())}
    )
    page = _text(answer)
    assert answer.status_code == 200
    assert "1 row was not taken" in page
    assert "Row 3" in page
    payout.refresh_from_db()
    assert (payout.state, payout.reason) == ("failed", "Closed")
    assert books.pots(stage.cast.anas).payable_minor == 10_000


def test_a_file_that_is_no_text_changes_nothing(browser: Browser, stage: Stage) -> None:
    payout = _opened(browser, stage)
    answer = browser("finance").post(
        f"{stage.run_path}/read-back", {"answer": SimpleUploadedFile("bank.csv", b"\xff\xfe\x00\x01")}, follow=True
    )
    assert "not UTF-8" in _text(answer)
    payout.refresh_from_db()
    assert payout.state == "in_transit"


def test_a_cancelled_run_frees_its_lines(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post(f"{stage.run_path}/cancel", {"reason": "Too early"})
    stage.run.refresh_from_db()
    assert stage.run.state == "cancelled"
    assert "£100.00" in _text(client.get("/console/money/payouts/new"))


def test_a_failed_payment_needs_a_reason(browser: Browser, stage: Stage) -> None:
    payout = _opened(browser, stage)
    browser("finance").post(f"/console/money/payments/{text_id('pay', payout.pk)}/fail", {"reason": " "})
    payout.refresh_from_db()
    assert payout.state == "in_transit"
