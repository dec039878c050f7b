"""Reading the request of a dry run: every value checked, every mistake told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from hanse.kernel.clock import day_starts_at
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.money import MAX_AMOUNT_MINOR, PPM, is_currency, parse_rate_ppm
from hanse.kernel.reading import ObjectReader
from hanse.programs.terms.reading import deliverable_id
from hanse.programs.terms.rules import parse_terms
from hanse.programs.terms.types import DatedTerms, TermsBody
from hanse.traffic.conversions.folding import refunded_value
from hanse.traffic.conversions.types import SoldConversion, SoldLine, Taken

MAX_CONVERSIONS = 10_000
MAX_LINES = 1_000
_ROOT = UUID(int=0)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = ("terms", "currency", "time_zone", "enrolment", "conversions", "refunds", "deliverables", "from", "until")
MAX_DELIVERABLES = 1_000
_SOLD = (
    "id", "goal", "occurred_at", "amount", "currency", "lines", "customer", "coupon", "metadata", "share",
)  # fmt: skip
_REFUND = (
    "id", "external_id", "conversion", "kind", "reverses", "occurred_at", "amount", "currency", "lines",
)  # fmt: skip
_FIRST, _LAST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class DryRun:
    """A request as values. `until` is the present for open periods; `has_until` says whether it was sent; `accepted` is
    since when deliverables are accepted."""

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
    accepted: Mapping[UUID, datetime]


def read_dry_run(request: object) -> DryRun:
    """Return the request as values. Raises Invalid with all problems.

    Amounts of orders and refunds are in the currency of the terms, whatever `currency` an order names: that one only
    serves conditions. Days and moments without an offset are the time zone's.
    """
    problems: list[Problem] = []
    reader = _Reader(request, "", problems, _KEYS)
    currency, zone = reader.text("currency", 3) or "USD", reader.text("time_zone", 60) or "UTC"
    if not is_currency(currency):
        reader.refuse("currency", _("is no currency of ISO 4217"), "bad_currency")
    if zone not in available_timezones():
        reader.refuse("time_zone", _("is no time zone"), "bad_time_zone")
        zone = "UTC"
    reader.zone = zone
    body = _terms(reader, currency)
    enrolment = reader.inner("enrolment", ("tier", "types", "since", "country"))
    types, country = _types(enrolment), _country(enrolment)
    tier, since = enrolment.text("tier", 40) or "", enrolment.instant("since")
    sold = _conversions(reader, currency)
    taken = _refunds(reader, {one.external_id for one, _share in sold})
    accepted = _accepted(reader)
    starts_at, until = reader.instant("from"), reader.instant("until")
    if starts_at is not None and until is not None and until < starts_at:
        reader.refuse("until", _("comes before “from”"), "out_of_range")
    if problems or body is None:
        raise Invalid(problems)
    return DryRun(
        DatedTerms(_ROOT, _ROOT, None, None, 1, _EVER, None, body), currency, zone, tier, types, country, since,
        tuple((_refunded(one, taken.get(one.external_id, [])), share) for one, share in sold), starts_at,
        until or max(
            _EVER, since or _EVER, starts_at or _EVER, *accepted.values(), *(one.occurred_at for one, _share in sold)
        ),
        until is not None, accepted,
    )  # fmt: skip


class _Reader(ObjectReader):
    """Reads moments in the zone of the request, on top of plain values."""

    zone = "UTC"

    def inner(self, key: str, known: Iterable[str]) -> _Reader:
        """Return a reader of an object that may be left out."""
        value = self.get(key)
        return self.at({} if value is None else value, key, known)

    def at(self, value: object, place: str, known: Iterable[str]) -> _Reader:
        """Return a reader of a value that stands at a place of this object."""
        found = _Reader(value, f"{self.pointer}/{place}", self.problems, known)
        found.zone = self.zone
        return found

    def instant(self, key: str, *, required: bool = False) -> datetime | None:
        """Return a moment in UTC; a date alone is the first moment of that local day."""
        text = self.text(key, 40, required=required)
        if text is None:
            return None
        try:
            at = _moment(text.strip(), self.zone)
        except ValueError:
            self.refuse(key, _("must be an instant like 2026-10-02T20:14:00Z"), "bad_time")
            return None
        if not _FIRST <= at <= _LAST:
            self.refuse(key, _("is too far away"), "out_of_range")
            return None
        return at


def _moment(text: str, zone: str) -> datetime:
    if len(text) == 10:
        day = date.fromisoformat(text)
        return day_starts_at(day, zone) if _FIRST.date() < day < _LAST.date() else _EVER
    at = datetime.fromisoformat(text.upper())
    if not _FIRST.year < at.year < _LAST.year:
        return _EVER
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _types(enrolment: ObjectReader) -> tuple[str, ...]:
    types = enrolment.array("types", 50) or []
    if not all(isinstance(one, str) for one in types):
        enrolment.refuse("types", _("must be a list of texts"), "wrong_type")
    return tuple(str(one) for one in types)


def _country(reader: ObjectReader) -> str:
    country = reader.text("country", 20) or ""
    if country and not _COUNTRY.fullmatch(country):
        reader.refuse("country", _("must be two capital letters, like PL"), "bad_country")
    return country


def _terms(reader: ObjectReader, currency: str) -> TermsBody | None:
    try:
        return parse_terms(reader.get("terms", required=True), currency=currency, goals=None)
    except Invalid as error:
        reader.problems.extend(_inside_terms(one) for one in error.problems)
        return None


def _inside_terms(found: Problem) -> Problem:
    """Return a problem of the clauses with its place in the whole request, also where its message begins with it."""
    begins = bool(found.pointer) and found.message.startswith(found.pointer)
    return Problem(f"/terms{found.pointer}", f"/terms{found.message}" if begins else found.message, found.code)


def _accepted(reader: _Reader) -> dict[UUID, datetime]:
    """Read which deliverables are taken as accepted, and since when."""
    found: dict[UUID, datetime] = {}
    for index, value in enumerate(reader.array("deliverables", MAX_DELIVERABLES) or []):
        inner = reader.at(value, f"deliverables/{index}", ("id", "accepted_at"))
        text, at = inner.text("id", 40, required=True), inner.instant("accepted_at", required=True)
        if text is None or at is None:
            continue
        try:
            id = deliverable_id(text)
        except (ValueError, Invalid):
            inner.refuse("id", _("is not the id of a deliverable"), "bad_id")
            continue
        if id in found:
            inner.refuse("id", _("is given twice"), "twice")
        found[id] = at
    return found


def _conversions(reader: _Reader, currency: str) -> list[tuple[SoldConversion, int]]:
    found, seen = [], set[str]()
    for index, value in enumerate(reader.array("conversions", MAX_CONVERSIONS) or []):
        inner = reader.at(value, f"conversions/{index}", _SOLD)
        sold = _conversion(inner, currency)
        if sold.external_id and sold.external_id in seen:
            inner.refuse("id", _("is given twice"), "twice")
        seen.add(sold.external_id)
        found.append((sold, _share(inner)))
    return found


def _conversion(reader: _Reader, currency: str) -> SoldConversion:
    external_id = reader.text("id", 200, required=True) or ""
    lines = _lines(reader, units=1) or ()
    amount = reader.integer("amount", 0, MAX_AMOUNT_MINOR, required=not lines)
    lines = lines or (SoldLine("", "", 1, amount or 0),)
    if amount is not None and amount != sum(line.amount_minor for line in lines):
        reader.refuse("amount", _("is not the sum of the lines"), "amount_differs")
    paid_in = reader.text("currency", 3) or currency
    if not is_currency(paid_in):
        reader.refuse("currency", _("is no currency of ISO 4217"), "bad_currency")
    metadata = {} if reader.get("metadata") is None else reader.get("metadata")
    if not isinstance(metadata, dict):
        reader.refuse("metadata", _("must be a JSON object"), "wrong_type")
        metadata = {}
    customer = reader.inner("customer", ("external_id", "is_new", "country", "email"))
    buyer, country = customer.text("external_id", 200), _country(customer)
    customer.text("email", 254)
    return SoldConversion(
        id=uuid5(_ROOT, external_id), program_id=_ROOT, goal=reader.text("goal", 40) or "sale", external_id=external_id,
        occurred_at=reader.instant("occurred_at", required=True) or _EVER,
        amount_minor=sum(line.amount_minor for line in lines), currency=paid_in,
        lines=lines, refunded_minor=0, lines_left=tuple(line.amount_minor for line in lines),
        quantities_left=tuple(Fraction(line.quantity) for line in lines),
        customer_id=uuid5(_ROOT, f"customer {buyer}") if buyer else None, is_new=customer.boolean("is_new"),
        country=country, coupon_code=(reader.text("coupon", 100) or "").strip().upper(), metadata=metadata,
        is_test=False,
    )  # fmt: skip


def _lines(reader: _Reader, *, units: int) -> tuple[SoldLine, ...] | None:
    """Read lines; `units` is the quantity of one that does not say it (0: a refund goes by value then)."""
    found = reader.array("lines", MAX_LINES)
    if found is None:
        return None
    lines = []
    for index, value in enumerate(found):
        inner = reader.at(value, f"lines/{index}", ("sku", "category", "quantity", "amount"))
        quantity = inner.integer("quantity", 0, 10**9)
        amount = inner.integer("amount", 0, MAX_AMOUNT_MINOR, required=True)
        sku, category = inner.text("sku", 200) or "", inner.text("category", 200) or ""
        lines.append(SoldLine(sku, category, units if quantity is None else quantity, amount or 0))
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


def _refunds(reader: _Reader, known: set[str]) -> Mapping[str, list[Taken]]:
    """Read what came back, by conversion. The same refund sent twice is one."""
    found: dict[str, list[Taken]] = {}
    disputes: list[tuple[ObjectReader, str, Taken]] = []
    for index, value in enumerate(reader.array("refunds", MAX_CONVERSIONS) or []):
        inner = reader.at(value, f"refunds/{index}", _REFUND)
        conversion = inner.text("conversion", 200, required=True) or ""
        if conversion and conversion not in known:
            inner.refuse("conversion", _("is none of the conversions"), "unknown_conversion")
        one = _refund(inner, index)
        same = next((other for other in found.get(conversion, []) if other.external_id == one.external_id), None)
        if same is not None and same != one:
            inner.refuse("id", _("is given twice"), "twice")
        elif same is None and one.kind == "dispute_won" and not one.reverses:
            disputes.append((inner, conversion, one))
        elif same is None:
            found.setdefault(conversion, []).append(one)
    for place, conversion, one in disputes:
        of_one = found.setdefault(conversion, [])
        of_one.append(replace(one, reverses=_won_back(place, one, of_one)))
    return found


def _won_back(reader: ObjectReader, won: Taken, taken: Iterable[Taken]) -> str:
    """Return the chargeback that a dispute without `reverses` must mean: the only one, or the only amount of its size;
    "" where there is none to win back."""
    reversed_ids = {one.reverses for one in taken}
    back = [one for one in taken if one.kind == "chargeback" and one.external_id not in reversed_ids]
    meant = [one for one in back if len(back) == 1 or one.amount_minor == won.amount_minor]
    if back and not meant:
        reader.refuse("reverses", _("names the chargeback that was won"), "required")
    return meant[0].external_id if meant else ""


def _refund(reader: _Reader, index: int) -> Taken:
    kind = reader.text("kind", 20) or "refund"
    if kind not in ("refund", "chargeback", "dispute_won"):
        reader.refuse("kind", _("must be refund, chargeback or dispute_won"), "not_an_option")
    lines, amount = _lines(reader, units=0) or None, reader.integer("amount", 0, MAX_AMOUNT_MINOR)
    reader.instant("occurred_at")
    if reader.get("currency") is not None:
        reader.text("currency", 3)
    total = sum(line.amount_minor for line in lines or ())
    if amount is None and lines is None and kind != "dispute_won":
        reader.refuse("amount", _("is required"), "required")
    if amount is not None and lines is not None and amount != total:
        reader.refuse("amount", _("is not the sum of the lines"), "amount_differs")
    outside_id = reader.text("id", 200) or reader.text("external_id", 200) or f"refund {index}"
    reverses = reader.text("reverses", 200) or ""
    if reverses and kind != "dispute_won":
        reader.refuse("reverses", _("belongs to a won dispute only"), "field_not_possible")
    return Taken(kind, outside_id, reverses, total if lines is not None else amount or 0, lines)


def _refunded(sold: SoldConversion, taken: Iterable[Taken]) -> SoldConversion:
    value = refunded_value(sold.lines, list(taken))
    left = tuple(line.amount_minor - back for line, back in zip(sold.lines, value.line_amounts, strict=True))
    return replace(sold, refunded_minor=value.amount_minor, lines_left=left, quantities_left=value.quantities_left)
