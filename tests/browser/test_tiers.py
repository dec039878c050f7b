"""A manager and the tiers: a move is decided, a rule is tried and published; the partner reads what it means."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, PARTNER


def test_a_move_is_decided_and_a_rule_tried_and_published(sit: Sit) -> None:
    seat = sit(MANAGER)
    page = seat.open("/console/tiers")
    expect(page.get_by_role("heading", name="The same rule on the past months")).to_be_visible(timeout=20_000)
    expect(page.locator('[data-chart="field"] svg').first).to_be_visible()
    seat.check()
    page.get_by_role("button", name="Decide").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Ill since October; back after Christmas.")
    dialog.get_by_role("button", name="Leave them").click()
    seat.see("you are asked again in 30 days")
    seat.open("/console/tiers/rule")
    page.locator("[name=number-0]").fill("15")
    seat.press("Try it")
    seat.see("would move tonight")
    expect(page.locator('[data-chart="sizes"] svg').first).to_be_visible()
    seat.check()
    page.get_by_label("Why", exact=True).fill("More of the best, for the season")
    seat.press("Publish")
    seat.see("Version 3")
    expect(page.locator(".rule")).to_contain_text("15%")
    seat.open("/console/tiers/decisions?kind=kept")
    seat.see("Ill since October; back after Christmas.")
    seat.open("/console/tiers/promises")
    seat.check()
    partner = sit(PARTNER)
    partner.open("/p/tier")
    expect(partner.page.get_by_role("heading", level=1)).to_be_visible()
    partner.check()
