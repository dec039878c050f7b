"""Takes the README's pictures from a fresh demo: serves one on a free port, signs in, and photographs five pages.

Needs Debian's chromium-headless-shell and requirements/dev.txt: `.venv/bin/python scripts/pictures.py`
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "pictures"
ARGUMENTS = ["--no-sandbox", "--font-render-hinting=none"]
SIZE = {"width": 1440, "height": 1000}


def main() -> None:
    """Serve, photograph, stop."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HANSE_LOG": "error"}
        command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--demo", "--json", "--data", folder]
        product = subprocess.Popen([*command, "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            links = _ready(product)
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path="/usr/bin/chromium-headless-shell", args=ARGUMENTS)
                _console(browser, f"http://127.0.0.1:{port}", links["manager"])
                _portal(browser, links["partner"])
        finally:
            product.terminate()
            product.wait(timeout=20)


def _ready(product: subprocess.Popen[str]) -> dict[str, str]:
    assert product.stdout is not None
    for line in product.stdout:
        if line.startswith("{") and (told := json.loads(line)).get("ready"):
            return dict(told["links"])
    raise SystemExit("The product ended before it was ready.")


def _console(browser: Browser, base: str, link: str) -> None:
    page = browser.new_context(viewport=SIZE, color_scheme="light").new_page()
    page.goto(link)
    for name, path in (("today", "/console/"), ("overview", "/console/overview")):
        page.goto(base + path)
        page.wait_for_timeout(800)
        page.screenshot(path=TARGET / f"{name}.png")
    page.goto(f"{base}/console/partners?q=Agnieszka")
    page.get_by_role("link", name="Agnieszka Wróbel").first.click()
    page.wait_for_timeout(800)
    page.screenshot(path=TARGET / "partner.png")
    page.goto(f"{base}/console/why?q=494653")
    page.locator("a[href*='/money/commissions/']").first.click()
    page.wait_for_timeout(800)
    page.set_viewport_size({"width": 1440, "height": 1750})
    page.screenshot(path=TARGET / "commission.png")


def _portal(browser: Browser, link: str) -> None:
    page = browser.new_context(viewport=SIZE, color_scheme="light", locale="en-GB").new_page()
    page.goto(link)
    page.locator("select[name=language]").first.select_option("en")
    page.wait_for_timeout(1200)
    page.screenshot(path=TARGET / "portal-home.png")


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    main()
