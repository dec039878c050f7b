"""A partner does a lesson, takes a place in line and accepts an embargo; the manager sees who learned and who knows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, PARTNER

SECRET = "Firefly"


def test_a_lesson_a_seat_and_a_secret(sit: Sit) -> None:
    partner = sit(PARTNER)
    page = partner.open("/p/resources/lessons")
    partner.check()
    page.locator("section.seap a.btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("One sentence that sells")
    partner.check()
    page.get_by_label("The price").check()
    page.locator("form button[type=submit]").filter(visible=True).last.click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_label("For whom it is").check()
    page.locator("form button[type=submit]").filter(visible=True).last.click()
    expect(page.get_by_text("Somebody who sees a person in it reads on.")).to_be_visible()
    partner.open("/p/resources/lessons")
    page.locator('form button[value="take"]').first.click()
    expect(page.locator('form button[value="back"]')).to_have_count(2)
    partner.open("/p/resources/coming")
    expect(page.locator("body")).not_to_contain_text(SECRET)
    partner.check()
    page.get_by_role("heading", name="Something for the darkest evenings").locator("xpath=../..").locator("a").click()
    expect(page.locator("body")).not_to_contain_text(SECRET)
    partner.check()
    page.locator('form[action$="/accept"] button').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SECRET)
    partner.check()
    manager = sit(MANAGER)
    desk = manager.open("/console/resources/training")
    expect(desk.get_by_role("heading", name="Does training lead to a first sale?")).to_be_visible()
    manager.check()
    desk.get_by_role("link", name="One sentence that sells").click()
    expect(desk.get_by_role("link", name="Agnieszka Wróbel")).to_be_visible()
    manager.open("/console/resources/roadmap")
    manager.check()
    desk.get_by_role("link", name=SECRET).click()
    row = desk.get_by_role("row").filter(has_text="Agnieszka Wróbel")
    expect(row).to_contain_text(PARTNER)
