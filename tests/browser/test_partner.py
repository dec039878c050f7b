"""A partner's day on a phone: links, money and its reasons, payout details, another language, nobody else's things."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.crawl import PHONE
from tests.browser.demo import MANAGER, PARTNER, Demo
from tests.browser.seat import Seat
from tests.served import BROWSER, until


def fits(seat: Seat) -> None:
    """Expect a page that axe likes and that does not scroll sideways."""
    seat.check()
    assert seat.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_printed_link_opens_a_home_in_the_partners_language(demo: Demo, sit: Sit) -> None:
    seat = sit(phone=True)
    seat.open(demo.links()["partner"])
    expect(seat.page).to_have_url(re.compile("/p/$"))
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("Agnieszka")
    fits(seat)


def test_home_says_what_is_earned_and_the_next_step(sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.open("/p/")
    text = seat.page.inner_text("main")
    for words in ("Earned in", "Coming", "Your next step", "What you earn"):
        assert words in text
    fits(seat)


def test_a_link_is_copied_drawn_and_made(demo: Demo, sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.open("/p/links")
    fits(seat)
    seat.press("Copy")
    copied = seat.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(demo.url)
    seat.see("Copied")
    seat.page.get_by_role("button", name=re.compile("QR code of")).first.click()
    picture = seat.page.get_by_role("dialog").get_by_role("img")
    expect(picture).to_be_visible()
    until(lambda: picture.evaluate("e => e.complete && e.naturalWidth > 50"))
    fits(seat)
    with seat.page.expect_download() as download:
        seat.page.get_by_role("dialog").get_by_role("link", name="PNG").click()
    assert download.value.suggested_filename.endswith(".png")
    seat.press("Close")
    seat.allow(422)
    form = seat.page.locator("form").filter(has=seat.page.get_by_role("button", name="Make the link"))
    form.locator("input[name=destination_url]").fill("https://elsewhere.example/")
    form.get_by_role("button", name="Make the link").click()
    expect(form.locator(".err")).to_be_visible()
    fits(seat)
    form.locator("input[name=destination_url]").fill("")
    form.locator("input[name=slug]").fill("dusza-zima")
    form.locator("input[name=label]").fill("Zimowy wpis")
    form.get_by_role("button", name="Make the link").click()
    seat.see("dusza-zima")

    def leads() -> bool:
        answer = httpx.get(f"{demo.url}/dusza-zima", headers={"user-agent": BROWSER})
        return answer.status_code == 302 and "hz_click=" in answer.headers["location"]

    until(leads)


def test_every_amount_explains_itself_and_statements_sum(sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.open("/p/earnings")
    fits(seat)
    row = seat.page.locator("a.r[href*='/com_']").first
    amount = str(re.search(r"£[\d,.]+\d", row.inner_text())[0])  # type: ignore[index]
    row.click()
    seat.see("Why this amount?")
    assert amount in seat.page.inner_text("main")
    seat.see("The arithmetic")
    fits(seat)
    seat.open("/p/payouts")
    fits(seat)
    seat.page.locator("a[href^='/p/statements/']").nth(2).click()
    seat.see("Before")
    fits(seat)


def test_a_wrong_iban_is_refused_in_its_place_and_a_right_one_kept(sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.allow(422)
    seat.open("/p/payouts/details")
    seat.page.get_by_label("Bank account (IBAN)").check()
    seat.page.get_by_label("Name on the account").fill("Agnieszka Wróbel")
    account = seat.page.get_by_label("IBAN, e-mail address or how else")
    account.fill("PL61 1090 1014 0000 0712 1981 2875")
    seat.press("Pay me there")
    seat.see(
        "This IBAN’s check digits do not fit" if seat.page.get_by_text("IBAN’s").count() else "check digits do not fit"
    )
    expect(account).to_have_attribute("aria-invalid", "true")
    fits(seat)
    account.fill("PL61 1090 1014 0000 0712 1981 2874")
    seat.press("Pay me there")
    seat.see("We pay there from two days from now on.")
    assert "PL61 … 2874" in seat.page.inner_text("main")


def test_the_portal_speaks_polish_when_asked(sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.open("/p/profile")
    seat.page.locator("main select[name=language]").select_option("pl")
    seat.press("Save")
    seat.page.wait_for_load_state()
    expect(seat.page.locator("html")).to_have_attribute("lang", "pl")
    fits(seat)
    seat.open("/p/")
    assert "Your next step" not in seat.page.inner_text("main")
    fits(seat)
    seat.open("/p/profile")
    seat.page.locator("main select[name=language]").select_option("en")
    seat.page.locator("main form button[type=submit]").first.click()
    expect(seat.page.locator("html")).to_have_attribute("lang", "en")


def test_a_missing_sale_is_looked_up_and_claimed(demo: Demo, sit: Sit) -> None:
    seat = sit(PARTNER, phone=True)
    seat.open("/p/why")
    seat.page.get_by_label("Order number, or a day like 2026-11-08").fill("HP-2026-LOST")
    seat.press("Look")
    fits(seat)
    seat.page.locator("textarea[name=note]").fill("My reader showed me the receipt.")
    seat.press("Claim this sale")
    seat.see("You claimed this sale")
    fits(seat)
    manager = sit(MANAGER)
    manager.open("/console/claims")
    claim = manager.page.locator("section").filter(has=manager.page.get_by_role("heading", name="HP-2026-LOST"))
    expect(claim).to_contain_text("My reader showed me the receipt.")
    manager.check()
    claim.get_by_label("Your answer, by mail").fill("We found the receipt, and you are right.")
    claim.get_by_role("button").first.click()
    assert demo.mail_to(PARTNER, "We found the receipt")


def test_nobody_elses_commission_is_there(sit: Sit) -> None:
    manager = sit(MANAGER)
    manager.open("/console/money/cases")
    foreign = manager.page.locator("a[href*='/com_']").first.get_attribute("href") or ""
    seat = sit(PARTNER, phone=True)
    seat.allow(403, 404)
    answer = seat.page.goto(f"/p/earnings/{foreign.rsplit('/', 1)[1]}")
    assert answer is not None
    assert answer.status == 404
    seat.check()
    answer = seat.page.goto(foreign)
    assert answer is not None
    assert answer.status == 403
