"""Terms written as sentences: a rate changed, a bad one refused where it stands, tried on last year, published."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER


def test_terms_are_changed_refused_tried_and_published(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.allow(422)
    seat.open("/console/programs")
    seat.press("Change the terms", "link")
    version = int(re.search(r"draft of version (\d+)", seat.page.inner_text("h1"))[1])  # type: ignore[index]
    seat.check()
    rate = seat.page.locator("input[name='c1-rate']")
    assert rate.input_value() == "6%"
    rate.fill("120%")
    seat.press("Try on last year’s orders")
    expect(seat.page.locator(".clause.bad .err")).to_be_visible()
    seat.check()
    rate.fill("7%")
    seat.press("Try on last year’s orders")
    seat.page.get_by_role("heading", name="On last year’s real orders").wait_for(timeout=30_000)
    expect(seat.page.locator("main .lede")).to_contain_text("would have cost")
    expect(seat.page.locator("ins")).to_contain_text("7%")
    seat.check()
    seat.page.get_by_label("Why the change").fill("Better for everybody from today")
    seat.press("Publish")
    dialog = seat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("A version is never changed afterwards")
    seat.check()
    dialog.get_by_role("button", name="Publish").click()
    seat.see(f"Version {version}")
    seat.see("7% of each sale")
    seat.open("/console/programs/harbour-pine/terms")
    seat.see("Better for everybody from today")
    seat.check()


def test_a_clause_is_added_and_told_in_words_before_anything_is_stored(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/programs/harbour-pine/terms/edit")
    before = seat.page.locator(".clause").count()
    seat.press("Add a clause")
    seat.check()
    seat.page.locator("#kinds button").first.click()
    expect(seat.page.locator(".clause")).to_have_count(before + 1)
    seat.page.get_by_role("button", name=f"Remove clause {before + 1}").click()
    expect(seat.page.locator(".clause")).to_have_count(before)
    seat.press("As JSON")
    expect(seat.page.get_by_label("The same terms as JSON")).to_be_visible()
    seat.check()
    seat.press("Back to sentences")
    expect(seat.page.locator(".clause")).to_have_count(before)
