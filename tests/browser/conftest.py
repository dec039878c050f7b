"""What the browser tests share: the demo, Chromium, and seats for its people."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import demo as demos
from tests.browser.demo import FOLDER, PARTNER, Demo
from tests.browser.seat import Seat

CHROMIUM = "/usr/bin/chromium-headless-shell"  # half the work of the whole browser: no windows are drawn
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
Sit = Callable[..., Seat]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here, and give the first one time to load the demo."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demo into a data folder that nobody serves, to be copied; `./test` has loaded it meanwhile."""
    base = tmp_path_factory.getbasetemp()
    if FOLDER in os.environ:
        return demos.load(Path(os.environ[FOLDER]))
    return demos.load(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="session")
def demo(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Serve a copy of the demo."""
    with demos.serving(template, tmp_path_factory.mktemp("served")) as product:
        yield product


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser that all tests of a process share."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"These tests need Chromium at {CHROMIUM}: apt-get install chromium-headless-shell", pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def state_of(product: Demo, chromium: Browser, person: str) -> Any:
    """Sign a person in by a link and return the browser's cookies."""
    context = chromium.new_context(base_url=product.url)
    page = context.new_page()
    page.goto(product.sign_in_path(person))
    assert "/sign-in" not in page.url
    if person == PARTNER:  # whose portal speaks Polish
        page.goto("/p/profile")
        page.locator("main select[name=language]").select_option("en")
        page.locator("main form button[type=submit]").first.click()
        page.locator("html[lang=en]").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def signed_in(demo: Demo, chromium: Browser) -> Callable[[str], Any]:
    """Give the cookies of a person; each signs in once."""
    kept: dict[str, Any] = {}

    def cookies(person: str) -> Any:
        if person not in kept:
            kept[person] = state_of(demo, chromium, person)
        return kept[person]

    return cookies


@pytest.fixture
def sit(demo: Demo, chromium: Browser, signed_in: Callable[[str], Any]) -> Iterator[Sit]:
    """Give seats: `sit(person, phone=…)`. In the end nobody may have anything to complain about."""
    seats: list[Seat] = []

    def take(person: str = "", *, phone: bool = False, **options: Any) -> Seat:
        context = chromium.new_context(
            base_url=demo.url,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # a size
            has_touch=phone,
            is_mobile=phone,
            locale=options.pop("locale", "en-GB"),
            storage_state=signed_in(person) if person else None,
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        seats.append(Seat(context))
        return seats[-1]

    yield take
    complaints = [complaint for seat in seats for complaint in seat.complaints]
    for seat in seats:
        seat.context.close()
    assert complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the pages that were slower than they should be."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "slow pages" and value:
                terminalreporter.write_line(f"slower than 150 ms: {', '.join(value)}")
