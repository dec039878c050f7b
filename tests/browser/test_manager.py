"""A manager's day at the desk: finding by keyboard, a partner's page, why not, terms, keys, colleagues, files."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.demo import MANAGER, Demo
from tests.browser.seat import Seat
from tests.served import BROWSER, until


def partner_page(seat: Seat, name: str) -> str:
    """Find a partner by the keyboard alone; return the address of their page."""
    seat.open("/console/")
    seat.find(name)
    expect(seat.page.get_by_role("option", selected=True)).to_contain_text(name)
    seat.page.keyboard.press("Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text(name)
    return seat.page.url


def test_everything_is_found_from_the_keyboard(sit: Sit) -> None:
    seat = sit(MANAGER)
    partner_page(seat, "Marlowe & Finch")
    seat.find("536324")
    expect(seat.page.get_by_role("option").filter(has_text="536324").first).to_be_visible()
    seat.check()
    seat.page.keyboard.press("ArrowDown")
    seat.page.keyboard.press("ArrowUp")
    seat.page.keyboard.press("Enter")
    expect(seat.page.get_by_role("heading", level=1)).to_contain_text("536324")
    seat.find("")
    seat.page.keyboard.press("Escape")
    expect(seat.page.get_by_role("dialog")).to_have_count(0)


def test_a_partner_is_noted_paused_and_resumed(sit: Sit) -> None:
    seat = sit(MANAGER)
    partner_page(seat, "Thistle & Twine")
    seat.page.get_by_label("Note for your colleagues").fill("Met at the fair; call in March.")
    seat.press("Keep")
    seat.see("Met at the fair; call in March.")
    more = seat.page.get_by_role("button", name="More: portal, standing")
    more.click()
    seat.check()
    seat.press("Pause")
    dialog = seat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("nothing new is credited")
    dialog.get_by_label("Reason").fill("Their page moves house")
    dialog.get_by_role("button", name="Pause").click()
    seat.see("Their page moves house")
    more.click()
    seat.page.get_by_role("button", name=re.compile("Resume|Activate|Make active|active")).filter(
        visible=True
    ).first.click()
    dialog.get_by_role("button", name=re.compile("Resume|Activate|active")).click()
    expect(seat.page.locator("main .top")).not_to_contain_text("Paused")
    seat.check()


def test_a_partner_gets_a_link_that_works_and_a_code(demo: Demo, sit: Sit) -> None:
    seat = sit(MANAGER)
    partner_page(seat, "Paper Moon Studio")
    seat.press("Link")
    dialog = seat.page.get_by_role("dialog")
    dialog.get_by_label("Ending").fill("moon-spring")
    dialog.get_by_label("Label").fill("Spring letter")
    seat.check()
    dialog.get_by_role("button", name="Make the link").click()
    seat.see("/moon-spring")

    def leads() -> bool:
        answer = httpx.get(f"{demo.url}/moon-spring", headers={"user-agent": BROWSER})
        return answer.status_code == 302 and "hz_click=" in answer.headers["location"]

    until(leads)
    seat.press("Code")
    dialog.get_by_label("Code", exact=True).fill("moon7")
    dialog.get_by_role("button", name="Give the code").click()
    seat.see("MOON7")
    seat.press("Link")
    dialog.get_by_label("Leads to").fill("https://elsewhere.example/")
    dialog.get_by_role("button", name="Make the link").click()
    expect(seat.page.get_by_role("status").filter(has_text="may lead to: harbourandpine.example")).to_be_visible()
    seat.check()


def test_an_order_that_earned_nothing_says_why_and_what_would_help(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/traffic/conversions?which=none")
    seat.page.locator("tbody tr a[href*='/cnv_']").first.click()
    order = re.sub(r"\D", "", seat.page.get_by_role("heading", level=1).inner_text())
    seat.find(order)
    seat.page.get_by_role("option", name=re.compile("did not|not earn")).first.click()
    expect(seat.page.locator("ol.checks li.fail")).not_to_have_count(0)
    seat.check()


def test_what_is_seen_is_exported(sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/partners?q=a")
    shown = seat.page.locator("tbody tr").count()
    with seat.page.expect_download() as download:
        seat.page.locator("a[href*='format=csv'], a[href*='csv']").first.click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) >= shown > 0


def test_a_key_is_shown_once_and_works_until_it_is_revoked(demo: Demo, sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.allow(422)
    seat.open("/console/settings/keys")
    seat.press("Make a key")
    seat.see("Nothing was changed.")
    seat.check()
    seat.page.get_by_label("Name").fill("Till in the shop")
    seat.page.locator("select[name=scopes]").select_option("read")
    seat.press("Make a key")
    secret = seat.page.locator(".code.once").inner_text()
    assert secret.startswith("hz_")
    seat.press("Copy key")
    assert seat.page.evaluate("navigator.clipboard.readText()") == secret
    seat.check()
    asked = {"headers": {"authorization": f"Bearer {secret}"}}
    assert httpx.get(f"{demo.url}/v1/programs", **asked).status_code == 200
    seat.open("/console/settings/keys")
    assert secret not in seat.page.content()
    row = seat.page.get_by_role("row").filter(has_text="Till in the shop")
    row.get_by_role("button", name="Revoke").click()
    seat.page.get_by_role("dialog").get_by_role("button", name="Revoke the key").click()
    expect(row).to_contain_text("Revoked")
    assert httpx.get(f"{demo.url}/v1/programs", **asked).status_code == 401


def test_a_colleague_is_invited_and_comes_in(demo: Demo, sit: Sit) -> None:
    seat = sit(MANAGER)
    seat.open("/console/settings")
    seat.page.get_by_label("Name", exact=True).fill("Vera Look")
    seat.page.get_by_label("E-mail").fill("vera@harbourandpine.example")
    seat.page.locator("select[name=role], input[name=role][value=viewer]").last.evaluate(
        "e => { if (e.tagName === 'SELECT') e.value = 'viewer'; else e.checked = true; }"
    )
    seat.press("Invite")
    seat.see("Vera Look is invited")
    seat.check()
    vera = sit()
    vera.open(demo.mailed_path("vera@harbourandpine.example", "/sign-in/"))
    vera.press("Sign in")
    expect(vera.page).to_have_url(re.compile("/console/"))
    vera.open("/console/money/payouts")
    expect(vera.page.get_by_role("link", name="Prepare a payout run")).to_have_count(0)
    vera.allow(403)
    vera.open("/console/money/payouts/new")
    vera.check()
