"""Money: receipts, cases, adjustments, and what a person may do to a commission."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hanse.kernel.ids import text_id
from hanse.money.commissions.actions import adjust
from hanse.money.commissions.models import Commission
from hanse.money.holds.models import Case
from hanse.money.ledger.models import Transaction
from hanse.money.ledger.verify import verify_books
from hanse.programs.enrolments.actions import change_status
from tests.console.conftest import NOW, Browser, Stage
from tests.money import books


def _text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    return " ".join(content.decode().split())


def test_the_receipt_tells_order_evidence_terms_arithmetic_and_movements(browser: Browser, stage: Stage) -> None:
    page = _text(browser("viewer").get(stage.commission_path))
    for words in (
        "£100.00", "tea", "kitchen", "£500.00", "won", "lost", "valid, but earlier: this program pays the last click",
        "20% of each sale", "£500.00 × 20% = 100", "Earned", "Hold ended", "Balance of this commission",
    ):  # fmt: skip
        assert words in page, words


def test_the_receipt_as_json_has_the_same_amounts(browser: Browser, stage: Stage) -> None:
    said = browser("viewer").get(f"{stage.commission_path}.json").json()
    assert (said["earned_minor"], said["owed_minor"], said["payable_minor"]) == (10_000, 10_000, 10_000)
    assert [piece["verdict"] for piece in said["evidence"]] == ["won", "lost"]
    assert sum(line["amount_minor"] for line in said["earned"]) == 10_000


def test_a_return_is_shown_between_earned_and_left(browser: Browser, stage: Stage) -> None:
    commission = Commission.objects.get(conversion__external_id="HP-2")
    page = _text(browser("viewer").get(f"/console/money/commissions/{text_id('com', commission.pk)}"))
    assert "£20.00" in page
    assert "−£5.00" in page
    assert "£15.00" in page


def test_a_viewer_gets_no_buttons_and_can_send_nothing(browser: Browser, stage: Stage) -> None:
    client = browser("viewer")
    assert 'data-dialog="void"' not in _text(client.get(stage.commission_path))
    for act in ("hold", "void", "approve", "let-go"):
        assert client.post(f"{stage.commission_path}/{act}", {"reason": "x"}).status_code == 403
    stage.commission.refresh_from_db()
    assert stage.commission.owed_minor == 10_000


def test_holding_needs_a_reason_and_can_be_undone(browser: Browser, stage: Stage) -> None:
    client = browser("manager")
    client.post(f"{stage.commission_path}/hold", {"reason": "  "})
    assert not Case.objects.exists()
    client.post(f"{stage.commission_path}/hold", {"reason": "Looks odd"})
    assert Case.objects.get().detail["text"] == "Looks odd"
    page = _text(client.get(stage.commission_path))
    assert f"{stage.commission_path}/let-go" in page
    client.post(f"{stage.commission_path}/let-go")
    assert Case.objects.get().decided_at is not None


def test_voiding_takes_everything_back_with_the_reason_and_the_books_stay_whole(browser: Browser, stage: Stage) -> None:
    client = browser("finance")
    client.post(f"{stage.commission_path}/void", {"reason": "Bought by a friend"})
    stage.commission.refresh_from_db()
    assert (stage.commission.owed_minor, stage.commission.void_reason) == (0, "Bought by a friend")
    assert books.pots(stage.cast.anas).payable_minor == 0
    assert verify_books() == []
    assert "Bought by a friend" in _text(client.get(stage.commission_path))
    again = client.post(f"{stage.commission_path}/void", {"reason": "Twice"}, follow=True)
    assert "voided" in _text(again)


def test_a_case_is_approved_from_the_list(browser: Browser, stage: Stage) -> None:
    client = browser("finance")
    client.post(f"{stage.commission_path}/hold", {"reason": "Check the shop"})
    page = _text(client.get("/console/money/cases"))
    assert "Check the shop" in page
    assert "£100.00" in page
    answer = client.post(f"{stage.commission_path}/approve", {"back": "cases"})
    assert answer.headers["Location"] == "/console/money/cases"
    assert Case.objects.filter(decision="approved").count() == 1


def test_a_case_of_an_enrolment_is_released(browser: Browser, stage: Stage) -> None:
    case = Case.objects.create(
        program=stage.cast.program, enrolment=stage.cast.anas, reason="takeover", opened_at=stage.commission.occurred_at
    )
    browser("manager").post(f"/console/money/cases/{text_id('cas', case.pk)}/release", {"reason": "All well"})
    case.refresh_from_db()
    assert (case.decision, case.decision_reason) == ("approved", "All well")


@pytest.mark.parametrize(
    ("amount", "reason"), [("", "why"), ("0", "why"), ("12.345", "why"), ("abc", "why"), ("5.00", "")]
)
def test_a_wrong_adjustment_books_nothing(browser: Browser, stage: Stage, amount: str, reason: str) -> None:
    before = Transaction.objects.count()
    form = {"enrolment": text_id("enr", stage.cast.anas.pk), "amount": amount, "reason": reason, "id": uuid4()}
    answer = browser("finance").post("/console/money/adjustments", form)
    assert answer.status_code == 422
    assert Transaction.objects.count() == before


def test_an_adjustment_sent_twice_is_booked_once(browser: Browser, stage: Stage) -> None:
    client = browser("finance")
    form = {"enrolment": text_id("enr", stage.cast.bens.pk), "amount": "-12.50", "reason": "Sent twice", "id": uuid4()}
    assert client.post("/console/money/adjustments", form).status_code == 303
    client.post("/console/money/adjustments", form)
    assert books.pots(stage.cast.bens).payable_minor == -1_250
    page = _text(client.get("/console/money/adjustments"))
    assert page.count("Sent twice") == 1
    assert "−£12.50" in page
    assert verify_books() == []


def test_what_somebody_owes_who_has_left_is_written_off_from_the_list_with_a_reason(
    browser: Browser, stage: Stage
) -> None:
    client, ben = browser("finance"), stage.cast.bens
    adjust(ben, -1_250, "Paid twice", stage.commission.occurred_at, "olga")
    page = _text(client.get("/console/money/adjustments"))
    assert "Left, and owing" not in page
    change_status(ben, "ended", at=NOW, reason="Moved abroad", by="olga")
    page = _text(client.get("/console/money/adjustments"))
    path = f"/console/money/adjustments/{text_id('enr', ben.pk)}/write-off"
    assert f'action="{path}"' in page
    assert "Write off £12.50 of Ben?" in page
    for form, said in (
        ({"amount": "1250", "reason": " "}, "Say why"),
        ({"amount": "1200", "reason": "Gone"}, "changed meanwhile"),
        ({"amount": "9" * 99, "reason": "Gone"}, "changed meanwhile"),
        ({"amount": "-1250", "reason": "Gone"}, "changed meanwhile"),
    ):
        assert said in _text(client.post(path, form, follow=True))
    assert books.pots(ben).payable_minor == -1_250
    assert browser("viewer").post(path, {"amount": "1250", "reason": "Gone"}).status_code == 403
    page = _text(client.post(path, {"amount": "1250", "reason": "Not worth a letter"}, follow=True))
    assert "£12.50 of Ben is written off." in page
    assert "Not worth a letter" in page
    assert "Left, and owing" not in page
    assert books.pots(ben).payable_minor == 0
    assert verify_books() == []
    sheet = client.get("/console/money/adjustments?format=csv").getvalue().decode()
    assert "Written off" in sheet


def test_a_long_list_of_debts_says_how_many_it_leaves_out(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hanse.faces.console.money.adjustments.DEBTORS_SHOWN", 1)
    for who in (stage.cast.anas, stage.cast.bens):
        adjust(who, -90_000, "Paid twice", stage.commission.occurred_at, "olga")
        change_status(who, "ended", at=NOW, reason="Moved abroad", by="olga")
    assert "1 more owes less." in _text(browser("finance").get("/console/money/adjustments"))


def test_what_somebody_owes_waits_while_something_is_on_hold_for_them(browser: Browser, stage: Stage) -> None:
    ana = stage.cast.anas
    adjust(ana, -50_000, "Paid twice", stage.commission.occurred_at, "olga")
    change_status(ana, "ended", at=NOW, reason="Moved abroad", by="olga")
    page = _text(browser("finance").get("/console/money/adjustments"))
    assert "Something is still on hold for them" in page
    assert "/write-off" not in page


def test_balances_add_up_to_the_books(browser: Browser, stage: Stage) -> None:
    page = _text(browser("viewer").get("/console/money"))
    assert "<b>£100.00</b> is payable, £15.00 is on hold" in page


def test_a_statement_sums_from_opening_to_closing(browser: Browser, stage: Stage) -> None:
    path = f"/console/money/statements/{text_id('enr', stage.cast.anas.pk)}?month=all"
    text = browser("finance").get(f"{path}&format=csv").content.decode()
    rows = [line.split(",") for line in text.strip().splitlines()]
    head = rows[0]
    for pot, closing in (("payable", "100.00"), ("on_hold", "15.00")):
        place = head.index(pot)
        amounts = [round(float(row[place]) * 100) for row in rows[1:]]
        assert sum(amounts[:-1]) == amounts[-1] == round(float(closing) * 100)


def test_commissions_are_found_by_state_and_order(browser: Browser, stage: Stage) -> None:
    client = browser("viewer")
    held = _text(client.get("/console/money/commissions?state=held&days=all"))
    assert "HP-2" in held
    assert "HP-1" not in held
    assert "HP-1" in _text(client.get("/console/money/commissions?q=HP-1&days=all"))
