"""From JSON to facts: domain.md §3's shape, checked completely before anything is stored."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.fact_types import ConversionFact, CustomerFact, LineFact, RefundFact
from hanse.kernel.money import MAX_AMOUNT_MINOR, is_currency
from hanse.kernel.reading import ObjectReader, unsound_text
from hanse.kernel.signing import email_hash

MAX_ID, MAX_LINES, MAX_METADATA, MAX_METADATA_TEXT, MAX_QUANTITY = 200, 2_000, 50, 500, 1_000_000_000
MAX_AHEAD = timedelta(days=1)
_EARLIEST_YEAR = 1970
_COUNTRY = re.compile(r"[A-Z]{2}")
_CONVERSION_KEYS = frozenset({
    "goal", "external_id", "program", "occurred_at", "amount", "currency", "lines", "customer", "click", "visitor",
    "coupon", "partner", "metadata", "is_test", "revision",
})  # fmt: skip
_REFUND_KEYS = frozenset({
    "external_id", "program", "conversion", "goal", "kind", "reverses", "occurred_at", "amount", "currency", "lines",
})  # fmt: skip
_LINE_KEYS = frozenset({"sku", "category", "quantity", "amount"})
_CUSTOMER_KEYS = frozenset({"external_id", "email", "country", "is_new"})


@dataclass(frozen=True, slots=True)
class FactDefaults:
    """What a sender may leave out, and what a fact is checked against. `goals` None: any goal is taken."""

    currency: str
    received_at: datetime
    email_key: bytes
    goals: Collection[str] | None = None


def parse_conversion(value: object, defaults: FactDefaults, pointer: str = "") -> ConversionFact:
    """Return the conversion a JSON object describes. Raises Invalid with every problem, pointers below `pointer`.

    Amounts are integers in minor units; without `occurred_at` the time of receipt counts; without lines the order is
    one line of quantity 1; without `amount` the lines' sum is the amount.
    """
    reader = ObjectReader(value, pointer, [], _CONVERSION_KEYS)
    goal = reader.text("goal", 60, required=True) or ""
    if goal and defaults.goals is not None and goal not in defaults.goals:
        reader.refuse("goal", "is not a goal of this program", "unknown_goal")
    occurred_at = _moment(reader, defaults.received_at)
    lines = _lines(reader) or None
    amount_minor = _amount(reader, lines, required=lines is None)
    fact = ConversionFact(
        goal=goal,
        external_id=reader.text("external_id", MAX_ID, required=True) or "",
        occurred_at=occurred_at or defaults.received_at,
        amount_minor=amount_minor,
        currency=_currency(reader, defaults.currency),
        lines=lines or (LineFact("", "", 1, amount_minor),),
        customer=_customer(reader, defaults.email_key),
        click=reader.text("click", 100),
        visitor=reader.text("visitor", 100),
        coupon=reader.text("coupon", 100),
        partner=reader.text("partner", MAX_ID),
        metadata=_metadata(reader),
        is_test=reader.boolean("is_test") or False,
        revision=reader.integer("revision", 0, 1_000_000) or 0,
        dated=occurred_at is not None,
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return fact


def parse_refund(value: object, defaults: FactDefaults, pointer: str = "") -> RefundFact:
    """Return the refund, chargeback or won dispute a JSON object describes. Raises Invalid with every problem.

    A won dispute names the chargeback it `reverses`; its amount may be left out, since it gives back all of that.
    """
    reader = ObjectReader(value, pointer, [], _REFUND_KEYS)
    kind = reader.text("kind", 20) or "refund"
    if kind not in ("refund", "chargeback", "dispute_won"):
        reader.refuse("kind", "must be refund, chargeback or dispute_won", "unknown_kind")
    reverses = reader.text("reverses", MAX_ID, required=kind == "dispute_won")
    if reverses and kind != "dispute_won":
        reader.refuse("reverses", "belongs to a won dispute only", "not_here")
    goal = reader.text("goal", 60)
    if goal and defaults.goals is not None and goal not in defaults.goals:
        reader.refuse("goal", "is not a goal of this program", "unknown_goal")
    occurred_at = _moment(reader, defaults.received_at)
    lines = _lines(reader, units=0) or None
    fact = RefundFact(
        external_id=reader.text("external_id", MAX_ID, required=True) or "",
        conversion=reader.text("conversion", MAX_ID, required=True) or "",
        goal=goal,
        kind=kind,  # type: ignore[arg-type]  # checked above; the problem list refuses any other text
        reverses=reverses,
        occurred_at=occurred_at or defaults.received_at,
        amount_minor=_amount(reader, lines, required=lines is None and kind != "dispute_won"),
        currency=_currency(reader, defaults.currency),
        lines=lines,
        dated=occurred_at is not None,
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return fact


def _moment(reader: ObjectReader, received_at: datetime) -> datetime | None:
    text = reader.text("occurred_at", 40)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or "T" not in text.upper().replace(" ", "T") or moment.tzinfo is None:
        reader.refuse("occurred_at", "must be an ISO 8601 time with a zone, like 2026-05-04T12:30:00Z", "bad_time")
    elif not _EARLIEST_YEAR <= moment.year < 9999:
        reader.refuse("occurred_at", f"must be in or after the year {_EARLIEST_YEAR}", "out_of_range")
    elif moment > received_at + MAX_AHEAD:
        reader.refuse("occurred_at", "is more than a day in the future", "in_the_future")
    else:
        return moment.astimezone(UTC)
    return None


def _currency(reader: ObjectReader, default: str) -> str:
    code = reader.text("currency", 10)
    if code is not None and not is_currency(code):
        reader.refuse("currency", "must be an ISO 4217 code in capitals, like EUR", "bad_currency")
    return code or default


def _amount(reader: ObjectReader, lines: tuple[LineFact, ...] | None, *, required: bool) -> int:
    """Read `amount`, an integer ≥ 0; with lines it must be their sum (and may be left out)."""
    amount_minor = reader.integer("amount", 0, MAX_AMOUNT_MINOR, required=required)
    if lines is None:
        return amount_minor or 0
    total_minor = sum(line.amount_minor for line in lines)
    if amount_minor is None and total_minor > MAX_AMOUNT_MINOR:
        reader.refuse("lines", "add up to more than an amount can be", "out_of_range")
    elif amount_minor is not None and amount_minor != total_minor and not reader.problems:
        reader.refuse("amount", f"is {amount_minor}, but the lines add up to {total_minor}", "amount_not_sum")
    return total_minor


def _lines(reader: ObjectReader, units: int = 1) -> tuple[LineFact, ...]:
    """Read lines; `units` is the quantity of one that does not say it (0: refunds go by value then)."""
    entries = reader.array("lines", MAX_LINES) or []
    at = f"{reader.pointer}/lines"
    return tuple(_line(entry, f"{at}/{index}", reader.problems, units) for index, entry in enumerate(entries))


def _line(value: object, pointer: str, problems: list[Problem], units: int) -> LineFact:
    reader = ObjectReader(value, pointer, problems, _LINE_KEYS)
    quantity = reader.integer("quantity", 1, MAX_QUANTITY)
    return LineFact(
        sku=reader.text("sku", MAX_ID) or "",
        category=reader.text("category", MAX_ID) or "",
        quantity=units if quantity is None else quantity,
        amount_minor=reader.integer("amount", 0, MAX_AMOUNT_MINOR, required=True) or 0,
    )


def _customer(reader: ObjectReader, email_key: bytes) -> CustomerFact | None:
    value = reader.get("customer")
    if value is None:
        return None
    inner = ObjectReader(value, f"{reader.pointer}/customer", reader.problems, _CUSTOMER_KEYS)
    country, email = inner.text("country", 20), inner.text("email", 254)
    if country is not None and not _COUNTRY.fullmatch(country):
        inner.refuse("country", "must be two capital letters, like PL", "bad_country")
    if email is not None and not (0 < email.strip().find("@") < len(email.strip()) - 1):
        inner.refuse("email", "must be an e-mail address", "bad_email")
    return CustomerFact(
        external_id=inner.text("external_id", MAX_ID, required=True) or "",
        email_hash=email_hash(email_key, email) if email else "",
        country=country or "",
        is_new=inner.boolean("is_new"),
    )


def _metadata(reader: ObjectReader) -> dict[str, str | int | bool]:
    """Read up to 50 named texts, numbers or booleans; a number with a fraction is kept as its text."""
    value = reader.get("metadata")
    if value is None:
        return {}
    inner = ObjectReader(value, f"{reader.pointer}/metadata", reader.problems, value if isinstance(value, dict) else ())
    if len(inner.values) > MAX_METADATA:
        reader.refuse("metadata", f"has more than {MAX_METADATA} entries", "too_long")
        return {}
    kept: dict[str, str | int | bool] = {}
    for key, entry in inner.values.items():
        if not 0 < len(key) <= 100 or unsound_text(key):
            inner.refuse(key, "must have a name of 1 to 100 sound characters", "bad_text")
        elif isinstance(entry, float) and math.isfinite(entry):
            kept[key] = int(entry) if entry.is_integer() and abs(entry) < 1 << 63 else repr(entry)
        elif entry is not None and not (isinstance(entry, str | int) and _keepable(entry)):
            inner.refuse(
                key, f"must be a text of up to {MAX_METADATA_TEXT} characters, a number or a boolean", "wrong_type"
            )
        elif isinstance(entry, str | int):
            kept[key] = entry
    return kept


def _keepable(entry: str | int) -> bool:
    if isinstance(entry, str):
        return len(entry) <= MAX_METADATA_TEXT and unsound_text(entry) is None
    return abs(entry) < 1 << 63  # booleans are ints too, and welcome here
