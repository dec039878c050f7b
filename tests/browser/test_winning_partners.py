"""A manager's morning: answers come in, somebody keeps being named, is won, and sells for the first time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, Demo
from tests.served import until

NAME, PERSON, ADDRESS = "Thistledown Table", "Mirrin Sallow", "mirrin@thistledown.example"
ANSWERS = "answer,respondent\n" + "".join(
    f'"{text}",T{number}\n'
    for number, text in enumerate([NAME, "@thistledowntable", "the thistledown table, The Slow Larder"] * 8)
)  # fmt: skip
BROKEN = "answer,date\nThistledown Table,someday\n"


def test_from_an_answer_to_the_first_sale(demo: Demo, sit: Sit) -> None:
    manager = sit(MANAGER)
    manager.allow(422)
    manager.open("/console/mentions/new")
    manager.page.locator("#file_file").set_input_files(_csv(BROKEN))
    manager.press("Import")
    manager.see("1 row cannot be taken; nothing was imported.")
    manager.page.locator("#file_file").set_input_files(_csv(ANSWERS))
    manager.press("Import")
    manager.see("24 answers kept")
    manager.open(f"/console/candidates?q={NAME.split()[0]}")
    manager.press(NAME, "link")
    manager.see("Named 24 times")
    manager.press("Into the pipeline")
    manager.see(f"{NAME} is in the pipeline now")
    manager.press("Invite", "link")
    form = manager.page.locator("form").filter(has=manager.page.get_by_label("E-mail"))
    form.get_by_label("E-mail").fill(ADDRESS)
    form.get_by_label("What you say to them").fill("Twenty-four of our customers named you.")
    manager.check()
    form.get_by_role("button", name="Invite").click()
    manager.see("1 person is invited")

    guest = sit(phone=True)
    guest.open(demo.mailed_path(ADDRESS, "Twenty-four of our customers"))
    guest.see(f"An invitation for {NAME}")
    fields = guest.page.locator("form.col")
    expect(fields.locator("[name=email]")).to_have_value(ADDRESS)
    fields.locator("[name=name]").fill(PERSON)
    fields.locator("[name=channels]").fill("@thistledowntable")
    fields.locator("[name=message]").fill("A winter table, with your candles.")
    fields.locator("[name=accepts]").check()
    guest.check()
    guest.press("Send application")
    guest.see("One more click")
    manager.open("/console/recruit")
    row = manager.page.get_by_role("listitem").filter(has=manager.page.get_by_role("heading", name=PERSON))
    expect(row).to_contain_text("invited")
    row.get_by_role("button", name="Take in").click()
    manager.see(f"{PERSON} is a partner now")

    guest.open(demo.mailed_path(ADDRESS, "/sign-in/"))
    guest.press("Sign in")
    expect(guest.page).to_have_url(re.compile("/p/"))
    guest.see("Your next step")
    guest.open("/p/terms")
    expect(guest.page.locator("main")).to_contain_text("accepted")
    _buy(demo)
    guest.open("/p/earnings")
    expect(guest.page.locator("main")).to_contain_text("THISTLE-1", timeout=20_000)
    manager.open("/console/")
    manager.unfold("New partners")
    manager.see(f"{PERSON} has made the first sale")
    until(lambda: _stage_of(demo) == "active", seconds=30)
    manager.open("/console/prospects?view=list&stage=active&q=Thistledown")
    expect(manager.page.locator("main")).to_contain_text(NAME)


def _csv(text: str) -> FilePayload:
    return {"name": "answers.csv", "mimeType": "text/csv", "buffer": text.encode()}


def _buy(demo: Demo) -> None:
    """Follow the new partner's link and report the order that came of it."""
    key = demo.hanse("keys", "create", "morning", "--program", "harbour-pine")["key"]
    with demo.client(key) as shop:
        partner = next(one["id"] for one in shop.get("/v1/partners").json()["data"] if one["email"] == ADDRESS)
        enrolment = shop.get(f"/v1/enrolments?partner={partner}").json()["data"][0]["id"]
        (link,) = shop.get(f"/v1/links?enrolment={enrolment}").json()["data"]
        landed = shop.get("/" + link["slug"], follow_redirects=False)
        click = parse_qs(urlsplit(landed.headers["location"]).query)["hz_click"][0]
        order = {
            "goal": "sale", "external_id": "THISTLE-1", "occurred_at": datetime.now(UTC).isoformat(), "click": click,
            "amount": 4200, "currency": "GBP",
            "lines": [{"sku": "LAMP", "category": "home", "quantity": 1, "amount": 4200}],
        }  # fmt: skip
        assert shop.post("/v1/conversions?wait=1", json=order).json()["status"] == "credited"


def _stage_of(demo: Demo) -> str:
    key = demo.hanse("keys", "create", "stage", "--scopes", "read")["key"]
    with demo.client(key) as shop:
        found = shop.get("/v1/prospects").json()["data"]
        return str(next(one["stage"] for one in found if one["name"] == NAME))
