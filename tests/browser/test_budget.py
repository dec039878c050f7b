"""The demo's budgets: finance decides about an offer, plans a part, and takes month-end files that are the ledger."""

from __future__ import annotations

import csv
import io
import sqlite3
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import FINANCE, Demo


def test_an_offer_is_approved_and_every_month_is_the_ledger(sit: Sit, demo: Demo) -> None:
    seat = sit(FINANCE)
    page = seat.open("/console/money/budget")
    expect(page.locator('[data-chart="trend"] svg, [data-chart="trend"] canvas').first).to_be_visible()
    expect(page.get_by_text("Beyond the plan", exact=True).filter(visible=True).first).to_be_visible()
    seat.check()
    page.get_by_role("button", name="Decide").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The season is ours.")
    dialog.get_by_role("button", name="Approve").click()
    seat.see("Approved. It can be made now, within thirty days.")
    seat.see("The season is ours.")
    page.get_by_role("button", name="Plan an amount").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type").select_option("agency")
    dialog.get_by_label("Amount").fill("2,000.00")
    seat.check()
    dialog.get_by_role("button", name="Plan it").click()
    seat.see("Planned.")
    seat.see("£2,000.00")
    files = page.locator("ul.files a")
    assert files.count() == 6
    closing = Decimal(0)
    for place in reversed(range(6)):
        text = page.request.get(str(files.nth(place).get_attribute("href"))).text()
        total = next(row for row in csv.DictReader(io.StringIO(text)) if row["row"] == "total")
        assert closing in (0, Decimal(total["opening"]))
        closing = Decimal(total["closing"])
    assert closing == _owed_by_ledger(demo)


def _owed_by_ledger(demo: Demo) -> Decimal:
    """What the partners' pots hold, asked of the database itself."""
    with sqlite3.connect(f"file:{demo.data}/main.sqlite3?mode=ro", uri=True) as database:
        (minor,) = database.execute(
            "SELECT SUM(e.amount_minor) FROM money_entry e JOIN money_account a ON a.id = e.account_id"
            " WHERE a.enrolment_id IS NOT NULL"
        ).fetchone()
    return Decimal(minor) / 100
