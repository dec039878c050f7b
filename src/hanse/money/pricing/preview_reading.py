"""Reading the request of a dry run: every value checked, every mistake told with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM, is_currency, parse_rate_ppm
from hanse.kernel.reading import ObjectReader
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import DatedTerms, TermsBody
from hanse.traffic.conversions.folding import refunded_value
from hanse.traffic.conversions.types import SoldConversion, SoldLine, Taken

MAX_CONVERSIONS = 10_000
MAX_LINES = 1_000
_ROOT = UUID(int=0)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = ("terms", "currency", "time_zone", "enrolment", "conversions", "refunds", "from", "until")
_SOLD = (
    "id", "goal", "occurred_at", "amount", "currency", "lines", "customer", "coupon", "metadata", "share",
)  # fmt: skip
_REFUND = ("id", "conversion", "kind", "reverses", "occurred_at", "amount", "currency", "lines")


@dataclass(frozen=True, slots=True)
class DryRun:
    """A request as values. `until` is the present for open periods; `has_until` says whether it was sent."""

    terms: DatedTerms
    currency: str
    time_zone: str
    tier: str
    types: tuple[str, ...]
    country: str
    since: datetime | None
    conversions: tuple[tuple[SoldConversion, int], ...]
    starts_at: datetime | None
    until: datetime
    has_until: bool


def read_dry_run(request: object) -> DryRun:
    """Return the request as values. Raises Invalid with all problems."""
    problems: list[Problem] = []
    reader = ObjectReader(request, "", problems, _KEYS)
    currency, zone = reader.text("currency", 3) or "USD", reader.text("time_zone", 60) or "UTC"
    if not is_currency(currency):
        reader.refuse("currency", _("is no currency of ISO 4217"), "bad_currency")
    if zone not in available_timezones():
        reader.refuse("time_zone", _("is no time zone"), "bad_time_zone")
    body = _terms(reader, currency)
    enrolment = ObjectReader(
        _object(reader, "enrolment"), "/enrolment", problems, ("tier", "types", "since", "country")
    )
    types = enrolment.array("types", 50) or []
    sold = _conversions(reader, currency)
    taken = _refunds(reader, {one.external_id for one, _share in sold})
    starts_at, until = _instant(reader, "from"), _instant(reader, "until")
    since = _instant(enrolment, "since")
    if problems or body is None:
        raise Invalid(problems)
    return DryRun(
        DatedTerms(_ROOT, _ROOT, None, None, 1, _EVER, None, body), currency, zone, enrolment.text("tier", 40) or "",
        tuple(str(one) for one in types), enrolment.text("country", 2) or "", since,
        tuple((_refunded(one, taken.get(one.external_id, [])), share) for one, share in sold), starts_at,
        until or max([_EVER, *(one.occurred_at for one, _share in sold)]), until is not None,
    )  # fmt: skip


def _terms(reader: ObjectReader, currency: str) -> TermsBody | None:
    try:
        return parse_terms(reader.get("terms", required=True), currency=currency, goals=None, with_periods=True)
    except Invalid as error:
        inside = (Problem(f"/terms{one.pointer}", one.message, one.code) for one in error.problems)
        reader.problems.extend(inside)
        return None


def _conversions(reader: ObjectReader, currency: str) -> list[tuple[SoldConversion, int]]:
    found, seen = [], set[str]()
    for index, value in enumerate(reader.array("conversions", MAX_CONVERSIONS) or []):
        inner = ObjectReader(value, f"/conversions/{index}", reader.problems, _SOLD)
        sold = _conversion(inner, currency)
        if sold.external_id in seen:
            inner.refuse("id", _("is given twice"), "twice")
        seen.add(sold.external_id)
        found.append((sold, _share(inner)))
    return found


def _conversion(reader: ObjectReader, currency: str) -> SoldConversion:
    external_id = reader.text("id", 200, required=True) or ""
    lines = _lines(reader) or ()
    amount = reader.integer("amount", 0, MAX_AMOUNT_MINOR)
    if not lines:
        lines = (SoldLine("", "", 1, amount or 0),)
    if amount is not None and amount != sum(line.amount_minor for line in lines):
        reader.refuse("amount", _("is not the sum of the lines"), "amount_differs")
    metadata = _object(reader, "metadata")
    if not isinstance(metadata, dict):
        reader.refuse("metadata", _("must be a JSON object"), "wrong_type")
        metadata = {}
    customer = ObjectReader(
        _object(reader, "customer"), f"{reader.pointer}/customer", reader.problems,
        ("external_id", "is_new", "country", "email"),
    )  # fmt: skip
    buyer = customer.text("external_id", 200)
    return SoldConversion(
        id=uuid5(_ROOT, external_id), program_id=_ROOT, goal=reader.text("goal", 40) or "sale", external_id=external_id,
        occurred_at=_instant(reader, "occurred_at", required=True) or _EVER,
        amount_minor=sum(line.amount_minor for line in lines), currency=reader.text("currency", 3) or currency,
        lines=lines, refunded_minor=0, lines_left=tuple(line.amount_minor for line in lines),
        quantities_left=tuple(Fraction(line.quantity) for line in lines),
        customer_id=uuid5(_ROOT, f"customer {buyer}") if buyer else None, is_new=customer.boolean("is_new"),
        country=customer.text("country", 2) or "", coupon_code=reader.text("coupon", 100) or "", metadata=metadata,
        is_test=False,
    )  # fmt: skip


def _lines(reader: ObjectReader) -> tuple[SoldLine, ...] | None:
    found = reader.array("lines", MAX_LINES)
    if found is None:
        return None
    lines = []
    for index, value in enumerate(found):
        known = ("sku", "category", "quantity", "amount")
        inner = ObjectReader(value, f"{reader.pointer}/lines/{index}", reader.problems, known)
        quantity = inner.integer("quantity", 0, 10**9)
        amount = inner.integer("amount", -MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR, required=True)
        sku, category = inner.text("sku", 200) or "", inner.text("category", 200) or ""
        lines.append(SoldLine(sku, category, 1 if quantity is None else quantity, amount or 0))
    return tuple(lines)


def _share(reader: ObjectReader) -> int:
    text = reader.text("share", 20)
    try:
        share_ppm = PPM if text is None else parse_rate_ppm(text)
    except Invalid:
        share_ppm = -1
    if not 0 <= share_ppm <= PPM:
        reader.refuse("share", _("must be a percentage from 0% to 100%, written like “25%”"), "bad_rate")
    return share_ppm


def _refunds(reader: ObjectReader, known: set[str]) -> Mapping[str, list[Taken]]:
    found: dict[str, list[Taken]] = {}
    for index, value in enumerate(reader.array("refunds", MAX_CONVERSIONS) or []):
        inner = ObjectReader(value, f"/refunds/{index}", reader.problems, _REFUND)
        conversion = inner.text("conversion", 200, required=True) or ""
        if conversion and conversion not in known:
            inner.refuse("conversion", _("is none of the conversions"), "unknown_conversion")
        kind = inner.text("kind", 20) or "refund"
        if kind not in ("refund", "chargeback", "dispute_won"):
            inner.refuse("kind", _("must be refund, chargeback or dispute_won"), "not_an_option")
        lines, amount = _lines(inner), inner.integer("amount", 0, MAX_AMOUNT_MINOR)
        _instant(inner, "occurred_at")
        total = sum(line.amount_minor for line in lines or ())
        if amount is None and lines is None:
            inner.refuse("amount", _("is required"), "required")
        outside_id, reverses = inner.text("id", 200) or f"refund {index}", inner.text("reverses", 200) or ""
        found.setdefault(conversion, []).append(
            Taken(kind, outside_id, reverses, total if amount is None else amount, lines)
        )
    return found


def _refunded(sold: SoldConversion, taken: Iterable[Taken]) -> SoldConversion:
    value = refunded_value(sold.lines, list(taken))
    left = tuple(line.amount_minor - back for line, back in zip(sold.lines, value.line_amounts, strict=True))
    return replace(sold, refunded_minor=value.amount_minor, lines_left=left, quantities_left=value.quantities_left)


def _object(reader: ObjectReader, key: str) -> object:
    value = reader.get(key)
    return {} if value is None else value


def _instant(reader: ObjectReader, key: str, *, required: bool = False) -> datetime | None:
    text: Any = reader.text(key, 40, required=required)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        reader.refuse(key, _("must be an instant like 2026-10-02T20:14:00Z"), "bad_time")
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
