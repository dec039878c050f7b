"""Reads an order file line by line: any of the usual column names, plain, gzip or xz, in bounded memory."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from hanse.bridges.files.countries import country_code
from hanse.bridges.files.types import OrderLine, Skip, SkippedLine
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import MAX_AMOUNT_MINOR, digits, round_half_away

COLUMNS: dict[str, tuple[str, ...]] = {
    "order": ("invoice", "invoiceno", "order", "order_id", "order id", "order number", "name", "external_id"),
    "sku": ("stockcode", "sku", "lineitem sku", "product_id", "product"),
    "quantity": ("quantity", "qty", "lineitem quantity"),
    "at": ("invoicedate", "occurred_at", "created at", "created_at", "date", "order date"),
    "price": ("price", "unitprice", "unit_price", "lineitem price"),
    "customer": ("customer id", "customerid", "customer_id", "customer"),
    "country": ("country", "shipping country", "billing country"),
    "name": ("description", "product name", "lineitem name", "title"),
    "category": ("category", "product category", "lineitem category"),
}
REQUIRED = ("order", "quantity", "at", "price")
MICRO = 1_000_000
_LONGEST_TEXT = 200
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_MONTH_FIRST, _DAY_FIRST = "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"
_SLASHES = re.compile(r"\s*(\d{1,2})/(\d{1,2})/\d{4}\b")
_QUANTITY_LIMIT = 10**9


def open_text(path: Path) -> IO[str]:
    """Open an order file as text; gzip and xz by their names. UTF-8, with stray bytes of older code pages kept."""
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", errors="surrogateescape", newline="")
    if path.suffix == ".xz":
        return io.TextIOWrapper(lzma.open(path), encoding="utf-8-sig", errors="surrogateescape", newline="")
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


class OrderFileReader:
    """Turns the rows of one file into lines or named reasons.

    Order numbers that begin with C are refund documents, as the exporting shop writes them. `category_of` gives an
    article's category where the file has no such column. Raises Invalid when a needed column is missing.
    """

    def __init__(self, path: Path, currency: str, zone: str, category_of: Callable[[str], str] | None = None) -> None:
        self._path, self._zone = path, ZoneInfo(zone)
        self._scale = 10 ** digits(currency)
        self._category_of = category_of or (lambda _sku: "")
        self._formats: tuple[str, ...] = _FORMATS

    def lines(self, after_row: int = 0) -> Iterator[OrderLine | SkippedLine]:
        """Yield every data row after a row number (1 is the first below the header)."""
        with open_text(self._path) as file:
            rows = csv.reader(file)
            places = find_columns(next(rows, []))
            self._formats = (*_FORMATS, self._with_slashes(places["at"]))
            for number, cells in enumerate(rows, start=1):
                if number > after_row:
                    yield self._line(number, cells, places)

    def _with_slashes(self, place: int) -> str:
        """Return how days with slashes are written in this file: the first that fits one way only decides for all.

        Read row by row, 01/02 and 13/02 of one file would lie a month apart.
        """
        with open_text(self._path) as file:
            rows = csv.reader(file)
            next(rows, None)
            for cells in rows:
                found = _SLASHES.match(cells[place]) if place < len(cells) else None
                if found is None and place < len(cells) and cells[place].strip():
                    break  # no file that writes its days like that
                if found and (int(found[1]) > 12) != (int(found[2]) > 12):
                    return _DAY_FIRST if int(found[1]) > 12 else _MONTH_FIRST
        return _MONTH_FIRST

    def _line(self, row: int, cells: Sequence[str], places: dict[str, int]) -> OrderLine | SkippedLine:
        def cell(name: str) -> str:
            place = places.get(name, -1)
            return _sound(cells[place]) if 0 <= place < len(cells) else ""

        order, sku = cell("order"), cell("sku")
        quantity, price, at = _whole(cell("quantity")), _decimal(cell("price")), self._moment(cell("at"))
        reason = _unreadable(cells, places, order, quantity, price, at)
        if reason or quantity is None or price is None or at is None:
            text = ",".join(_sound(part) for part in cells)
            return SkippedLine(row, order, reason or Skip.BAD_PRICE, 0, text[:500])
        is_refund = order[:1] in ("C", "c")
        exact_micro = int(quantity * price * self._scale * MICRO)
        amount_minor = round_half_away(exact_micro, MICRO)
        reason = None if abs(amount_minor) <= MAX_AMOUNT_MINOR else Skip.BAD_PRICE
        reason = reason or _left_out(is_refund, quantity, price)
        if reason:
            return SkippedLine(row, order, reason, amount_minor, ",".join(_sound(part) for part in cells)[:500])
        customer = cell("customer").removesuffix(".0")
        category = cell("category") or self._category_of(sku)
        country = country_code(cell("country"))
        return OrderLine(
            row, order, sku, category, quantity, amount_minor, exact_micro, at, customer, country, is_refund
        )

    def _moment(self, text: str) -> datetime | None:
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        for form in self._formats:
            try:
                return datetime.strptime(text, form).replace(tzinfo=self._zone).astimezone(UTC)
            except ValueError:
                continue
        return None


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Return where each known column stands. Raises Invalid naming the missing ones and what was found."""
    names = [_sound(name).lower() for name in header]
    places = {
        key: next(names.index(alias) for alias in aliases if alias in names)
        for key, aliases in COLUMNS.items()
        if any(alias in names for alias in aliases)
    }
    missing = [key for key in REQUIRED if key not in places]
    if missing:
        wanted = "; ".join(f"{key} (one of: {', '.join(COLUMNS[key])})" for key in missing)
        raise Invalid(
            [Problem("", f"The first line must name these columns: {wanted}. Found: {', '.join(names)[:300]}")]
        )
    return places


def _unreadable(
    cells: Sequence[str],
    places: dict[str, int],
    order: str,
    quantity: int | None,
    price: Decimal | None,
    at: datetime | None,
) -> Skip | None:
    if len(cells) <= max(places[key] for key in REQUIRED):
        return Skip.COLUMNS_MISSING
    if not order:
        return Skip.NO_ORDER_NUMBER
    if at is None:
        return Skip.BAD_DATE
    if quantity is None:
        return Skip.BAD_QUANTITY
    return Skip.BAD_PRICE if price is None else None


def _left_out(is_refund: bool, quantity: int, price: Decimal) -> Skip | None:
    """Name why a readable line is no sale and no refund: shops export stock corrections and bad debt alike."""
    if price < 0:
        return Skip.BAD_DEBT
    if is_refund:
        return Skip.CHARGE_ON_REFUND if quantity >= 0 else None
    if quantity <= 0:
        return Skip.STOCK_CORRECTION if price == 0 else Skip.NEGATIVE_QUANTITY
    return None


def _sound(text: str) -> str:
    """Strip, cut, and replace what no database takes: NUL, other controls and undecodable bytes."""
    clean = text.strip()[:_LONGEST_TEXT]
    if clean.isprintable():
        return clean
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "\ufffd" for c in clean)


def _whole(text: str) -> int | None:
    number = _decimal(text)
    if number is None or number != number.to_integral_value() or abs(number) > _QUANTITY_LIMIT:
        return None
    return int(number)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < MAX_AMOUNT_MINOR else None
