"""Hostile text in every free field a person or a shop can reach: shown as text everywhere, harmless in files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.async_api import Page
from playwright.sync_api import Browser

from tests.browser import crawl
from tests.browser import demo as demos
from tests.browser.addresses import Address, name_of, walk
from tests.browser.conftest import ARGUMENTS, CHROMIUM, state_of
from tests.browser.demo import FINANCE, MANAGER, PARTNER, Demo
from tests.browser.forms import Form, forms_of
from tests.served import BROWSER

MARK = "<img src=x onerror=alert(1)>"
HOSTILE = f"=1+1{MARK}\"'></title><script>alert(2)</script>🧵مرحبا{{{{7*7}}}}" + "W" * 60
FACTS = [
    {"external_id": f"{MARK}-order", "customer": {"external_id": f"{MARK}-customer", "is_new": True}},
    {"external_id": "=1+1", "coupon": MARK, "customer": {"external_id": "=cmd|' /C calc'!A0"}},
    {"external_id": "W" * 200, "metadata": {"note": HOSTILE}},
]
STARTS = {
    MANAGER: ["/console/", "/console/claims", "/console/recruit", f"/console/why?kind=order&q={MARK}-order"],
    FINANCE: ["/console/money/payouts"],
    PARTNER: ["/p/", f"/p/why?q={MARK}"],
    "": ["/join/harbour-pine", "/sign-in", "/shop/harbour-pine"],
}


# no page, the end of the program, and a change of what is agreed, which is refused
NOT_SENT = {"", "console:program_archive", "console:deliverable_edit"}
ELSEWHERE = {"/console/content/feeds/new"}  # forms that first read another site
# a project that is answered cannot be changed; previews may put words under an embargo; at last another program opens
ORDER = {"console:joint_edit": -1, "console:preview_new": 1, "console:preview_edit": 1, "console:program_new": 2}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, template: Any) -> Iterator[Demo]:
    """Serve a demo of its own, which nobody else has to live with."""
    with demos.serving(template, tmp_path_factory.mktemp("attacked")) as product:
        yield product


@pytest.fixture(scope="module")
def clients(attacked: Demo, chromium: Browser) -> Iterator[dict[str, tuple[Any, httpx.Client]]]:
    """Sign everybody in: their browser's state, and a client with the same cookies."""
    found: dict[str, tuple[Any, httpx.Client]] = {}
    for person in STARTS:
        state = state_of(attacked, chromium, person) if person else None
        jar = {row["name"]: row["value"] for row in state["cookies"]} if state else {}
        found[person] = state, httpx.Client(base_url=attacked.url, cookies=jar, timeout=30)
    yield found
    for _state, client in found.values():
        client.close()


def fill_everything(client: httpx.Client, starts: list[str]) -> list[str]:
    """Send every form that a person finds, each once; return what went wrong."""
    wrong, found = [], dict[tuple[str, frozenset[str]], tuple[Form, str]]()
    for _name, page in list(walk(client, starts)):
        for form in forms_of(page.text, page.request.url.raw_path.decode()):
            found.setdefault((name_of(form.action), frozenset(form.free)), (form, str(page.url)))
    rows = sorted(found.items(), key=lambda row: ORDER.get(row[0][0], 0))
    for number, ((name, fields), (form, referer)) in enumerate(rows):
        if name in NOT_SENT or form.action in ELSEWHERE:
            continue
        text = HOSTILE.replace("=1", f"={number}", 1)  # most names may be given once only
        answer = client.post(form.action, data=form.filled(text), headers={"referer": referer})
        if answer.status_code not in (200, 302, 303):
            said = re.findall(r'class="err"[^>]*>.*?<span>(.*?)</span>', answer.text, re.S)
            wrong.append(f"{answer.status_code} {form.action} {sorted(fields)} {said}")
        if MARK in answer.text:
            wrong.append(f"unescaped in the answer of {form.action}")
    return wrong if found else [f"no form was found from {starts[0]}"]


def report_facts(product: Demo) -> None:
    """Let a shop and a visitor send what they should not."""
    key = product.hanse("keys", "create", "hostile", "--scopes", "all")["key"]
    with product.client(key) as api:
        click = api.get(
            "/papermoon", headers={"user-agent": f"{BROWSER} {MARK}", "referer": f"https://x.example/{MARK}"}
        )
        token = re.search(r"hz_click=([\w-]+)", click.headers["location"])
        for fact in FACTS:
            line = {"sku": MARK, "category": HOSTILE[:80], "quantity": 1, "amount": 5000}
            body = {"goal": "sale", "amount": 5000, "currency": "GBP", "lines": [line], "click": token and token[1]}
            answer = api.post("/v1/conversions?wait=1", json={**body, **fact})
            assert answer.status_code in (200, 422), answer.text
        refund = {"external_id": f"{MARK}-refund", "conversion": f"{MARK}-nowhere", "amount": 5, "currency": "GBP"}
        api.post("/v1/refunds?wait=1", json=refund)


async def look_for_harm(page: Page, address: Address) -> list[str]:
    """Open a page on a phone; return what hostile text did to it."""
    await page.set_viewport_size(crawl.PHONE)  # type: ignore[arg-type]  # a size
    answer = await page.goto(address.path)
    found = [] if answer and answer.status < 500 else [f"answered {answer and answer.status}"]
    await crawl.whole(page)
    if await page.evaluate("document.querySelectorAll('img[src=x], title + script').length"):
        found.append("hostile text became an element")
    return [*found, *await crawl.too_wide(page, "phone")]


def formulas_in(client: httpx.Client, pages: list[httpx.Response]) -> tuple[int, list[str]]:
    """Open every file that the pages offer; return how many there were, and the cells that a table would run."""
    links = {
        str(page.url.join(link.replace("&amp;", "&")))
        for page in pages for link in re.findall(r'href="([^"]*format=csv[^"]*|[^"]*/file)"', page.text)
    }  # fmt: skip
    files, bad = 0, list[str]()
    for link in sorted(links):
        answer = client.get(link)
        if answer.status_code == 302 and link.endswith("/file"):
            continue  # refused with a reason: a payout in it was answered for meanwhile
        files += 1
        if answer.status_code != 200:
            bad.append(f"{link}: {answer.status_code}")
        for row in csv.reader(io.StringIO(answer.text)):
            cells = [cell for cell in row if cell.startswith(("=", "+", "@", "\t")) or re.match(r"-[^\d]", cell)]
            bad += [f"{link}: {cell}" for cell in cells[:3]]
    return files, bad


def test_hostile_text_stays_text_everywhere_and_no_file_holds_a_formula(
    attacked: Demo, clients: dict[str, tuple[Any, httpx.Client]]
) -> None:
    report_facts(attacked)
    wrong = []
    for person, (_state, client) in clients.items():
        wrong += fill_everything(client, STARTS[person])
    assert not wrong, "\n".join(wrong)
    shown: dict[str, Address] = {}  # one page of each kind; its tabs are the same template
    pages: dict[str, list[httpx.Response]] = {}
    for person, (_state, client) in clients.items():
        for name, page in walk(client, STARTS[person]):
            path = page.request.url.raw_path.decode()
            assert MARK not in page.text, path
            pages.setdefault(person, []).append(page)
            is_mail = "sandbox" in page.headers.get("content-security-policy", "")  # no script of ours runs in it
            if "&lt;img src=x onerror=alert(1)&gt;" in page.text and "<html" in page.text and not is_mail:
                shown.setdefault(name, Address(name, path, person, 0))
    assert len(shown) > 25, "the text is to be seen on many pages"
    files, bad = formulas_in(clients[MANAGER][1], pages[MANAGER])
    assert bad == []
    assert files > 5
    states = {person: state for person, (state, _client) in clients.items()}
    chromium = {"executable_path": CHROMIUM, "args": ARGUMENTS}
    found = crawl.faults(attacked.url, states, chromium, list(shown.values()), look_for_harm)
    assert not found, f"{len(found)} faults on {len(shown)} pages:\n" + "\n".join(found)
