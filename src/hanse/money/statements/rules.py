"""Rules of statements and invoices: months, VAT, when a consent holds, digests."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from hanse.kernel.clock import add_months, day_starts_at
from hanse.kernel.money import PPM, round_half_away
from hanse.money.ledger.rules import LONGEST_WAIT
from hanse.people.partners.tax_rules import consent_months, vat_rate_ppm

REST = LONGEST_WAIT  # what is being booked at midnight still comes in
AGREEMENT_VERSION = "2026-1"
Treatment = Literal["standard", "reverse_charge", "not_registered"]
LeftOut = Literal[
    "no_tax_profile", "no_consent", "consent_expired", "vat_id_changed", "no_billing_profile", "no_customer_vat_id",
    "no_vat_rate", "no_original",
]  # fmt: skip


def month_span(month: str, zone: str) -> tuple[datetime, datetime]:
    """Return the half-open span of a local month written like 2026-05. Raises ValueError."""
    if not re.fullmatch(r"\d{4}-\d{2}", month):
        raise ValueError(month)
    first = date.fromisoformat(f"{month}-01")
    return day_starts_at(first, zone), day_starts_at(add_months(first, 1), zone)


def may_issue(month: str, zone: str, now: datetime) -> bool:
    """Say whether a month is closed: nothing will be booked into it any more."""
    return month_span(month, zone)[1] + REST <= now


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the hash of a paper's content, however its JSON is stored."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an invoice, as far as VAT is concerned."""

    country: str
    vat_id: str


@dataclass(frozen=True, slots=True)
class Vat:
    """How an amount is taxed. `net_minor + vat_minor = gross_minor`; VAT that is added is paid on top of the amount."""

    treatment: Treatment
    rate_ppm: int
    net_minor: int
    vat_minor: int
    is_added: bool = False

    @property
    def gross_minor(self) -> int:
        """What is paid in all."""
        return self.net_minor + self.vat_minor


def treatment_of(supplier: Party, customer: Party) -> Treatment | Literal["no_customer_vat_id"]:
    """Return how services between two businesses are taxed, or what is missing to tell.

    Who has no VAT id charges none. Within one country the supplier charges the standard rate. Across a border the
    customer owes the VAT (reverse charge), for which both ids have to be known.
    """
    if not supplier.vat_id:
        return "not_registered"
    if supplier.country == customer.country:
        return "standard"
    return "reverse_charge" if customer.vat_id else "no_customer_vat_id"


def taxed(amount_minor: int, treatment: Treatment, country: str, on: date, *, adds_vat: bool) -> Vat | None:
    """Divide an amount into net and VAT (or add VAT to it). None where the country's rate is not known."""
    rate = vat_rate_ppm(country, on) if treatment == "standard" else 0
    return None if rate is None else taxed_at(amount_minor, treatment, rate, adds_vat=adds_vat)


def taxed_at(amount_minor: int, treatment: Treatment, rate_ppm: int, *, adds_vat: bool) -> Vat:
    """Divide an amount (or add to it) at a rate: a credit note is taxed as the invoice that it takes back from."""
    if adds_vat:
        return Vat(treatment, rate_ppm, amount_minor, round_half_away(amount_minor * rate_ppm, PPM), is_added=True)
    net = round_half_away(amount_minor * PPM, PPM + rate_ppm)
    return Vat(treatment, rate_ppm, net, amount_minor - net)


def consent_until(starts_on: date, country: str) -> date | None:
    """Return the last day of a self-billing agreement: in the UK a year, elsewhere none."""
    months = consent_months(country)
    return add_months(starts_on, months) - timedelta(days=1) if months is not None else None
