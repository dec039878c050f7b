"""A manager and a fault that watch found: Today's first card, its evidence, and the button that mends it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER


def test_orders_without_their_click_are_mended_by_the_button_on_today(sit: Sit) -> None:
    seat = sit(MANAGER)
    page = seat.open("/console/")
    first = page.locator("article.first")
    expect(first).to_contain_text("14 orders since Wednesday reached us without a click token")
    expect(first).to_contain_text("pay.harbourandpine.example")
    first.get_by_role("link", name="Show evidence").click()
    expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
    seat.check()
    seat.open("/console/traffic/watch")
    seat.see("14 orders wait for this host to be listed")
    seat.check()
    page = seat.open("/console/")
    page.get_by_role("button", name="Add the domain and re-check 14 orders").click()
    seat.see("14 orders are being looked at again")
    expect(page.locator(".acts")).to_contain_text("Mended", timeout=60_000)  # the page follows by itself
    expect(page.locator(".lede")).to_contain_text(re.compile(r"14 orders were credited after all"))
