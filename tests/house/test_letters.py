"""What letters may not forget."""

from __future__ import annotations

import re

from tests.house.sources import product_files, short

_PORTAL = re.compile(r"absolute_url\(f?[\"']/p(?!/profile|/calendar/\{)[/\"'?]")  # these two are not of one program


def test_a_way_from_a_letter_into_the_portal_says_into_which_program() -> None:
    """A partner of two programs would land in the wrong one, or nowhere: `portal_address` says it."""
    wings = ("growth", "money", "runtime", "insight")
    found = [
        f"{short(path)}:{number}: {line.strip()}"
        for path in product_files()
        if set(wings) & set(path.parts)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _PORTAL.search(line)
    ]
    assert found == []
