"""Rules of tax papers: numbers and dates come from `data/tax.json`, so that a new law is a new figure, not new code."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import stdnum.eu.vat
from stdnum import get_cc_module

US_FORMS = ("w9", "w8ben", "w8bene", "w8eci", "w8exp", "w8imy")
EU = frozenset(stdnum.eu.vat.MEMBER_STATES)


@lru_cache(maxsize=1)
def figures() -> dict[str, Any]:
    """Return the figures of tax laws."""
    found: dict[str, Any] = json.loads((files("hanse.people.partners") / "data" / "tax.json").read_text("utf-8"))
    return found


def vat_problem(vat_id: str, country: str) -> bool:
    """Say whether a VAT id cannot be one of its country (ISO code; format and check digits). Unknown kinds pass."""
    module = get_cc_module(country.lower(), "vat")
    return module is not None and not module.is_valid(vat_id)


def compact_vat(vat_id: str, country: str) -> str:
    """Return a VAT id as it is printed: with its country's prefix, no blanks."""
    plain = "".join(character for character in vat_id.upper() if character.isalnum())
    prefix = "EL" if country == "GR" else country
    return plain if plain.startswith(prefix) else f"{prefix}{plain}"


def form_lapses_on(form: str, signed_on: date) -> date | None:
    """Return the last day of an American form: a W-8 lapses on 31 December of the third calendar year; a W-9 never."""
    if form == "w9" or form not in US_FORMS:
        return None
    return date(signed_on.year + int(figures()["us_w8_calendar_years"]), 12, 31)


def vat_rate_ppm(country: str, on: date) -> int | None:
    """Return the standard rate of a country on a day; None where it is not known."""
    rows = [rate for since, rate in figures()["vat_standard"].get(country, ()) if date.fromisoformat(since) <= on]
    return rows[-1] if rows else None


def consent_months(country: str) -> int | None:
    """Return after how many months a self-billing agreement has to be made anew; None: it holds until ended."""
    months = figures()["consent_months"].get(country)
    return int(months) if months is not None else None
