"""Several tabs at once look at many pages: light and dark, on a desk and on a phone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser import axe
from tests.browser.addresses import Address
from tests.browser.seat import CSP_ALOUD

TABS = 3
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
Looks = tuple[tuple[dict[str, int], str, tuple[tuple[str, list[str] | None], ...]], ...]
LOOKS: Looks = (  # what is dark on a desk is dark on a phone: colours are looked at once in each light
    (DESK, "desk", (("light", None), ("dark", axe.CONTRAST))),
    (PHONE, "phone", (("light", axe.LAYOUT),)),
)
BARS: Looks = ((PHONE, "phone", (("light", axe.CONTRAST), ("dark", axe.CONTRAST))),)  # alike on every page
_WIDTH = "() => [document.documentElement.scrollWidth, innerWidth]"
_WIDEST = """() => [...document.body.querySelectorAll('*')]
  .filter(e => !e.closest('.scroll-x') && e.getBoundingClientRect().right > innerWidth + 1)
  .slice(-4).map(e => e.tagName.toLowerCase() + '.' + e.getAttribute('class')).join(', ')"""
_WHOLE = "() => !document.querySelector('[hx-get][hx-trigger=load]')"
_HEADS = "() => [[...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length, document.title]"

Look = Callable[[Page, Address], Awaitable[list[str]]]


def faults(
    url: str, cookies: dict[str, Any], chromium: dict[str, Any], addresses: Sequence[Address], look: Look
) -> list[str]:
    """Open every address and return what is wrong, each with its address. Runs beside the test's own browser."""
    found: list[str] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            found.extend(asyncio.run(_all(url, cookies, chromium, addresses, look)))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return found


async def _all(
    url: str, cookies: dict[str, Any], chromium: dict[str, Any], addresses: Sequence[Address], look: Look
) -> list[str]:
    waiting, found = list(reversed(addresses)), list[str]()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(**chromium)

        async def tab() -> None:
            contexts: dict[str, BrowserContext] = {}
            while waiting:
                address = waiting.pop()
                if address.person not in contexts:
                    contexts[address.person] = await _context(browser, url, cookies[address.person])
                page = await contexts[address.person].new_page()
                heard = _listen(page)
                try:
                    wrong = await look(page, address)
                except Exception as error:
                    wrong = [f"did not open: {str(error).splitlines()[0]}"]
                found.extend(f"{address}: {fault}" for fault in [*wrong, *heard])
                await page.close()

        await asyncio.gather(*(tab() for _ in range(TABS)))
        await browser.close()
    return found


async def _context(browser: Browser, url: str, cookies: Any) -> BrowserContext:
    context = await browser.new_context(
        base_url=url,
        storage_state=cookies,
        locale="en-GB",
        reduced_motion="reduce",
        viewport=DESK,  # type: ignore[arg-type]
    )
    await context.add_init_script(CSP_ALOUD)
    return context


def _listen(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))

    async def dismiss(dialog: Any) -> None:
        heard.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    page.on("dialog", dismiss)
    return heard


async def look_over(page: Page, address: Address) -> list[str]:
    """Look at one more tab of a page that is looked at closely elsewhere: does it open, does it fit?"""
    answer = await page.goto(address.path)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    await whole(page)
    headings, _title = await page.evaluate(_HEADS)
    found = [f"{headings} h1"] if headings != 1 else []
    for size, name, _looks in LOOKS:
        await page.set_viewport_size(size)  # type: ignore[arg-type]  # a size
        found += await too_wide(page, name)
    return found


async def look_at_bars(page: Page, address: Address) -> list[str]:
    """Look at the colours of what only a phone shows; return the faults."""
    return await look_closely(page, address, BARS)


async def look_closely(page: Page, address: Address, at: Looks = LOOKS) -> list[str]:
    """Look at a page in every light and at both widths; return its faults."""
    found = []
    answer = await page.goto(address.path)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    await whole(page)
    headings, title = await page.evaluate(_HEADS)
    found += [f"{headings} h1"] if headings != 1 else []
    found += [f"title “{title}”"] if len(title.split(" · ")[0].strip()) < 2 else []
    await page.evaluate(axe.source())
    for size, name, looks in at:
        await page.set_viewport_size(size)  # type: ignore[arg-type]  # a size
        for scheme, rules in looks:
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a scheme
            told = axe.lines(await page.evaluate(axe.RUN, rules))
            found += [f"{name}, {scheme}: {line}" for line in told]
        found += await too_wide(page, name)
    return found


async def whole(page: Page) -> None:
    """Wait for the parts that a page asks for after itself."""
    await page.wait_for_function(_WHOLE)


async def too_wide(page: Page, name: str) -> list[str]:
    """Say whether a page scrolls sideways, and what makes it."""
    width, seen = await page.evaluate(_WIDTH)
    return [f"{name}: {width} px wide in {seen} ({await page.evaluate(_WIDEST)})"] if width > seen + 1 else []
