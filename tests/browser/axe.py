"""What axe says of a page, in lines that a person can act on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import axe_core_python
from playwright.sync_api import Page

CONTRAST = ["color-contrast"]
LAYOUT = ["scrollable-region-focusable", "region", "page-has-heading-one", "aria-hidden-focus", "label"]
RUN = (  # without `preload`: it fetches every style sheet again for one rule about turned screens, which we do not have
    "rules => axe.run(document, {resultTypes: ['violations'], preload: false, ...(rules ? {runOnly: rules} : {})})"
)


@cache
def source() -> str:
    """Return axe itself."""
    return Path(axe_core_python.__file__).with_name("axe.min.js").read_text()


def faults_of(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return each violation with the first places where it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    return lines(page.evaluate(RUN, rules))


def lines(found: dict[str, Any]) -> list[str]:
    """Write axe's result down, a line for each violation."""
    told = []
    for violation in found["violations"]:
        places = [f"{' '.join(node['target'])} {_why(node)}" for node in violation["nodes"]]
        told.append(f"axe {violation['id']} ×{len(places)}: {'; '.join(places[:3])}")
    return told


def _why(node: dict[str, Any]) -> str:
    messages = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"({messages[0][:160]})" if messages else ""
