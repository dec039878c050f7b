"""A newcomer's first minutes."""

from __future__ import annotations

from tests.browser.conftest import Sit
from tests.browser.demo import Demo


def test_the_printed_link_opens_a_today_that_looks_lived_in(demo: Demo, sit: Sit) -> None:
    seat = sit()
    seat.open(demo.links()["manager"])
    seat.page.wait_for_url("**/console/")
    seat.check()
