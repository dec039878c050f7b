"""Joining: the public page, an application, its confirmation by mail, the manager's yes, the first visit."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, Demo

NAME, ADDRESS = "Oriel Penhaligon", "oriel@applicants.example"


def test_a_stranger_becomes_a_partner(demo: Demo, sit: Sit) -> None:
    seat = sit(phone=True)
    seat.allow(422)
    seat.open("/join/harbour-pine")
    seat.check()
    seat.press("Send application")
    expect(seat.page.locator(".err").first).to_be_visible()
    seat.check()
    form = seat.page.locator("form.col")
    form.locator("input[name=name]").fill(NAME)
    form.locator("input[name=email]").fill(ADDRESS)
    form.locator("[name=channels]").fill("A newsletter on tea, 4,000 readers")
    form.locator("[name=message]").fill("The moss teapot, in use, at my table.")
    form.locator("input[name=accepts]").check()
    seat.press("Send application")
    seat.see("One more click")
    seat.check()
    application = demo.mailed_path(ADDRESS, "/apply/")
    seat.open(application)
    seat.see(f"Is this you, {NAME}?")
    seat.check()
    seat.press("Yes, this is my application")
    seat.see("We have your application")
    seat.check()

    manager = sit(MANAGER)
    manager.open("/console/recruit")
    row = manager.page.get_by_role("listitem").filter(has=manager.page.get_by_role("heading", name=NAME))
    row.get_by_role("button", name="Ask").click()
    dialog = manager.page.get_by_role("dialog")
    dialog.get_by_label("Question").fill("How often do you write?")
    manager.check()
    dialog.get_by_role("button", name="Ask").click()
    manager.see(f"{NAME} was asked")

    seat.open(application)
    seat.see("How often do you write?")
    seat.check()
    seat.page.locator("[name=answer]").fill("Every second Sunday.")
    seat.press("Send my answer")
    seat.see("We have your application")

    manager.open("/console/recruit")
    expect(row).to_contain_text("Every second Sunday.")
    row.get_by_role("button", name="Take in").click()
    manager.see(f"{NAME} is a partner now")

    seat.open(application)
    seat.see("You are in")
    seat.check()
    seat.open(demo.mailed_path(ADDRESS, "/sign-in/"))
    seat.see("Hello")
    seat.check()
    seat.press("Sign in")
    expect(seat.page).to_have_url(re.compile("/p/"))
    assert "Your next step" in seat.page.inner_text("main")
    seat.check()


def test_who_forgot_everything_gets_a_link_by_mail(demo: Demo, sit: Sit) -> None:
    seat = sit(phone=True)
    seat.open("/console/partners")
    expect(seat.page).to_have_url(re.compile(r"/sign-in\?next="))
    seat.page.locator("input[name=login]").fill(MANAGER)
    seat.press("Mail me a link")
    seat.check()
    seat.open(demo.mailed_path(MANAGER, "/sign-in/"))
    seat.press("Sign in")
    expect(seat.page).to_have_url(re.compile("/console/"))
