"""A newcomer's first minutes: the printed link, a commission that explains itself, a test sale, an own program."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, Demo
from tests.browser.seat import Seat


def test_the_printed_link_opens_a_today_that_looks_lived_in(demo: Demo, sit: Sit) -> None:
    seat = sit()
    seat.open(demo.links()["manager"])
    expect(seat.page).to_have_url(re.compile("/console/$"))
    seat.check()
    text = seat.page.inner_text("main")
    for words in ("This is the demo", "so far", "Active partners", "Effective rate"):
        assert words in text
    assert seat.page.locator("main h3").count() >= 3  # things to do
    assert len(set(re.findall(r"£[\d,]+\.\d\d", text))) >= 5


def test_a_commission_says_why_it_is_what_it_is(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/")
    seat.press("Money", "link")
    seat.press("Commissions", "link")
    seat.page.locator("tbody tr a[href*='/money/commissions/com_']").first.click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Why this amount?")
    explains_itself(seat)
    seat.check()


def explains_itself(seat: Seat) -> None:
    """Expect the order, the evidence, the clause and the arithmetic on a commission's page."""
    for heading in ("The order", "Why it is theirs", "Under which terms", "The arithmetic"):
        expect(seat.page.get_by_role("heading", name=heading)).to_be_visible()


def test_a_link_is_tried_end_to_end(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/")
    seat.press("Try a link", "link")
    seat.check()
    seat.press("Follow the link")
    expect(seat.page).to_have_url(re.compile(r"/shop/harbour-pine\?hz_click=[\w-]{27}"))
    seat.see("You came by a partner’s link.")
    seat.check()
    seat.page.get_by_role("button", name="Buy Moss teapot").click()
    seat.see("Thank you for your order")
    why = seat.page.get_by_role("link", name=re.compile("See why it is £"))
    why.wait_for(timeout=30_000)
    seat.check()
    earned = str(re.search(r"£[\d.]+", why.inner_text()).group())  # type: ignore[union-attr]
    why.click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Why this amount?")
    explains_itself(seat)
    assert earned in seat.page.inner_text("main")
    assert "Moss teapot".lower() in seat.page.inner_text("main").lower() or "TEST-TEAPOT" in seat.page.inner_text(
        "main"
    )
    seat.check()


def test_an_own_program_has_a_link_a_snippet_and_a_test_sale(demo: Demo, sit: Sit) -> None:
    seat = sit()  # with a session of its own: from now on it works in the new program
    seat.open(demo.sign_in_path(MANAGER))
    seat.press("Start my own program", "link")
    seat.check()
    seat.allow(422)
    seat.page.get_by_label("What is your shop called?").fill("Marlow Tea")
    seat.page.get_by_label("Where shall links lead?").fill("marlow")
    seat.page.get_by_label("What does a partner earn of each sale?").fill("120%")
    seat.press("Start the program")
    seat.see("Nothing was changed.")
    seat.check()
    seat.page.get_by_label("Where shall links lead?").fill("https://marlow-tea.example/")
    seat.page.get_by_label("What does a partner earn of each sale?").fill("12,5 %")
    seat.page.get_by_label("Who is the first partner?").fill("Ruth herself")
    seat.page.get_by_label("The partner’s e-mail").fill("ruth@partners.example")
    seat.press("Start the program")
    seat.see("Marlow Tea is ready for its first sale")
    seat.check()
    text = seat.page.inner_text("main")
    assert "hz.js" in text
    assert "waiting for it" in text
    with seat.context.expect_page() as opened:
        seat.press("Click and buy in the test shop", "link")
    shop = opened.value
    shop.get_by_role("button", name="Follow the link").click()
    shop.get_by_role("button", name="Buy Moss teapot").click()
    shop.get_by_role("link", name=re.compile("See why it is")).wait_for(timeout=30_000)
    seat.see("The click arrived")
    seat.see("It earned €4.75")
    seat.check()
    seat.press("See why this amount", "link")
    seat.see("12.5%")
    explains_itself(seat)
    assert httpx.get(f"{demo.url}/join/marlow-tea").status_code == 200
