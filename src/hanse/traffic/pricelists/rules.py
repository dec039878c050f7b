"""Rules of price lists: reading lines, prices from margins, which list and version hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from hanse.kernel.errors import Invalid
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM, parse_amount_minor, parse_rate_ppm, round_half_away
from hanse.spine.checks import Checks
from hanse.traffic.pricelists.types import InForce, Price

Version = TypeVar("Version", bound=InForce)
MOST_LINES = 2_000
LONGEST_TEXT = 500_000
COLUMNS = ("sku", "name", "list", "partner")


def partner_price(list_minor: int, margin_ppm: int) -> int:
    """Return what the partner pays when a part of the list price stays with them; the margin is rounded half away."""
    return list_minor - round_half_away(list_minor * margin_ppm, PPM)


def read_prices(lines: object) -> list[Price]:
    """Read lines as JSON: `{"sku", "name", "list", "partner"}` in minor units, or `"margin": "30%"` instead of the
    partner's price. Raises Invalid with the place of everything that cannot be."""
    checks = Checks()
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        checks.refuse("lines", f"Between 1 and {MOST_LINES} lines, please.", "out_of_range")
        checks.done()
    assert isinstance(lines, list)
    found = [_price(checks, place, line) for place, line in enumerate(lines)]
    seen: set[str] = set()
    for place, price in enumerate(found):
        if price.sku in seen:
            checks.refuse_at(f"/lines/{place}/sku", "This product stands on another line, too.", "taken")
        seen.add(price.sku)
    checks.done()
    return found


def _price(checks: Checks, place: int, line: object) -> Price:
    part = Checks(f"/lines/{place}")
    given: Mapping[str, Any] = line if isinstance(line, Mapping) else {}
    if not isinstance(line, Mapping) or set(given) - {*COLUMNS, "margin"}:
        part.refuse("", "A line has sku, name, list and partner or margin.", "wrong_type")
    sku = part.text("sku", str(given.get("sku", "")), 200, required=True)
    name = part.text("name", str(given.get("name", "")), 300)
    listed = part.whole_number("list", given.get("list"), 0, MAX_AMOUNT_MINOR)
    partner = 0
    if ("partner" in given) == ("margin" in given):
        part.refuse("partner", "Give either the partner's price or a margin.", "required")
    elif "margin" in given:
        try:
            margin = parse_rate_ppm(str(given["margin"]))
            partner = partner_price(listed, part.whole_number("margin", margin, 0, PPM))
        except Invalid:
            part.refuse("margin", "A margin is written like 30%.", "bad_rate")
    else:
        partner = part.whole_number("partner", given["partner"], 0, MAX_AMOUNT_MINOR)
        if not part.problems and partner > listed:
            part.refuse("partner", "The partner would pay more than the list price.", "out_of_range")
    checks.problems += part.problems
    return Price(sku, name, listed, partner)


def lines_from_text(text: str, currency: str) -> list[dict[str, object]]:
    """Read a table as people paste it: sku, name, list price, partner price or margin; comma, semicolon or tab between.

    A first line of headings is left out. Raises Invalid with the row of everything that cannot be read.
    """
    checks = Checks()
    if len(text) > LONGEST_TEXT:
        checks.refuse("lines", "This is too long.", "too_long")
        checks.done()
    rows = [row for row in _rows(checks, text) if any(cell.strip() for cell in row)]
    if rows and rows[0][0].strip().lower() == "sku":
        rows = rows[1:]
    found: list[dict[str, object]] = []
    for place, row in enumerate(rows[: MOST_LINES + 1]):
        cells = [cell.strip() for cell in row]
        if len(cells) != len(COLUMNS):
            checks.refuse_at(
                f"/lines/{place}",
                "Four columns: product number, name, list price, partner price or margin.",
                "wrong_type",
            )
            continue
        found.append(_cells(checks, place, cells, currency))
    checks.done()
    return found


def _cells(checks: Checks, place: int, cells: Sequence[str], currency: str) -> dict[str, object]:
    sku, name, listed, partner = cells
    line: dict[str, object] = {
        "sku": sku,
        "name": name,
        "list": _amount(checks, f"/lines/{place}/list", listed, currency),
    }
    if partner.endswith("%"):
        return line | {"margin": partner}
    return line | {"partner": _amount(checks, f"/lines/{place}/partner", partner, currency)}


def _amount(checks: Checks, pointer: str, text: str, currency: str) -> int:
    try:
        return parse_amount_minor(text, currency)
    except Invalid as refused:
        checks.refuse_at(pointer, " ".join(problem.message for problem in refused.problems), "bad_amount")
        return 0


def _rows(checks: Checks, text: str) -> list[list[str]]:
    head = text.lstrip().partition("\n")[0]
    mark = max(("\t", ";", ","), key=head.count)
    try:
        return list(csv.reader(io.StringIO(text.strip()), delimiter=mark))
    except csv.Error as error:  # a lone quotation mark that swallows all the rest, a bare carriage return
        checks.refuse("lines", f"This cannot be read as a table: {error}.", "wrong_type")
        checks.done()
        raise AssertionError("a problem was kept") from error


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """Return the version that holds on a day: of those in force the one with the highest number."""
    holding = [one for one in versions if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until)]
    return max(holding, key=lambda one: one.number, default=None)
