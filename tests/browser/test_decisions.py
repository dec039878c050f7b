"""A manager's day, what Today asks for: applications, a contradiction, a payout run that a second person approves."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import FINANCE, MANAGER, Demo


def test_an_applicant_becomes_a_partner_with_a_link_and_is_let_in_by_mail(demo: Demo, sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/")
    seat.unfold("They wait for an answer")
    seat.check()
    seat.page.get_by_role("link", name=re.compile("^Review (five|six|seven|eight|nine)$")).first.click()
    henry = seat.page.get_by_role("listitem").filter(has=seat.page.get_by_role("heading", name="Henry Oduya"))
    henry.get_by_role("button", name="Take in").click()
    seat.see("Henry Oduya is a partner now; the welcome is on its way")
    seat.check()
    seat.page.get_by_role("link", name="Approved").click()
    henry.get_by_role("link", name="Partner page").click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Henry Oduya")
    expect(seat.page.get_by_role("rowheader").filter(has_text="/henry")).to_be_visible()
    newcomer = sit(phone=True)
    newcomer.open(demo.mailed_path("henry@applicants.example", "/sign-in/"))
    newcomer.press("Sign in")
    expect(newcomer.page).to_have_url(re.compile("/p/"))
    assert "Henry" in newcomer.page.inner_text("main")
    newcomer.check()


def test_an_applicant_is_asked_and_declined_with_words_they_read(demo: Demo, sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/recruit")
    deals = seat.page.get_by_role("listitem").filter(has=seat.page.get_by_role("heading", name="Best Deals 4U"))
    deals.get_by_role("button", name="Decline").click()
    seat.page.get_by_label("Reason they will read").filter(visible=True).fill("We give no codes to coupon pages.")
    seat.check()
    seat.page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    seat.see("Best Deals 4U was declined, with your reason")
    assert demo.mail_to("deals@applicants.example", "We give no codes to coupon pages.")


def test_a_contradiction_is_compared_and_decided(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/")
    seat.press("Compare them", "link")
    seat.see("Known first, and counted")
    seat.check()
    seat.press("Take the new version")
    dialog = seat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("It replaces what was known first.")
    seat.check()
    dialog.get_by_role("button", name="Take the new version").click()
    seat.page.wait_for_load_state()
    expect(seat.page.get_by_role("button", name="Take the new version")).to_have_count(0)
    seat.open("/console/")
    expect(seat.page.get_by_text("contradicts what is known")).to_have_count(0)


def test_a_drafted_run_is_approved_by_a_second_person_opened_and_read_back(sit: Sit, tmp_path: Path) -> None:
    ruth = sit(MANAGER)
    ruth.open("/console/")
    ruth.press("Check the run", "link")
    address = ruth.page.url
    expect(ruth.page.get_by_role("heading", level=1)).to_contain_text("R-")
    ruth.check()

    ben = sit(FINANCE)
    ben.page.goto(address)
    ben.press("Approve")
    dialog = ben.page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("Approve £")).click()
    ben.see("is approved. Open it to send the money on its way.")
    ben.press("Open")
    dialog.get_by_role("button", name=re.compile("Open £")).click()
    ben.see("is on its way.")
    ben.check()
    with ben.page.expect_download() as download:
        ben.press("Bank file", "link")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert len(rows) > 5
    answer = tmp_path / "answer.csv"
    lines = [f"{row['payout']},paid,BANK-{number},\n" for number, row in enumerate(rows[1:])]
    failed = f"{rows[0]['payout']},failed,,account closed\n"
    answer.write_text("payout,state,reference,reason\n" + "".join(lines) + failed + "pay_unknown,paid,,\n")
    ben.press("Read back")
    dialog.get_by_label("File").set_input_files(answer)
    dialog.get_by_role("button", name="Read back").click()
    ben.see("1 row was not taken")
    ben.see("account closed")
    ben.check()
    assert "Closed" in ben.page.inner_text("h1")


def test_what_is_above_the_ceiling_is_approved_or_voided_with_a_reason(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/")
    seat.press("Review", "link")
    expect(seat.page.get_by_text("Above the amount that is approved by itself").first).to_be_visible()
    seat.page.locator("tbody tr a[href*='/com_']").first.click()
    seat.see("A person is needed")
    seat.check()
    seat.page.get_by_role("button", name="Approve").first.click()
    seat.page.get_by_role("dialog").get_by_role("button", name=re.compile("Approve £")).click()
    expect(seat.page.get_by_text("A person is needed")).to_have_count(0)
    assert MANAGER in seat.page.inner_text("main")
