"""Statements and invoices as PDF, set by Typst from the stored content: the same content is the same file.

Fonts that come with Typst cover Latin, Greek and Cyrillic; only papers in other scripts look for fonts of the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import typst
from babel.dates import format_date

from hanse.kernel.money import rate_text
from hanse.money.statements.content import paper_day, plain_amount, reference_of

_SUMS = ("held_minor", "payable_minor", "in_transit_minor", "paid_minor")


def pdf_of(content: Mapping[str, Any]) -> bytes:
    """Return a paper as PDF."""
    data = statement_data(content) if content["kind"] == "statement" else invoice_data(content)
    text = json.dumps(data, ensure_ascii=False)
    name = "statement.typ" if content["kind"] == "statement" else "invoice.typ"
    folder = files("hanse.money.statements").joinpath("paper")
    source = folder.joinpath("common.typ").read_text("utf-8") + folder.joinpath(name).read_text("utf-8")
    made: object = typst.compile(
        source.encode(), format="pdf", sys_inputs={"data": text}, ignore_system_fonts=_is_covered(text)
    )
    assert isinstance(made, bytes)
    return made


def _is_covered(text: str) -> bool:
    return all(ord(character) < 0x0530 or 0x1E00 <= ord(character) < 0x2300 for character in text)


def statement_data(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template prints of a statement."""
    currency, zone, language = content["currency"], content["zone"], content["language"]
    opening, closing = content["opening"], content["closing"]
    shows_advance = bool(opening["advance_minor"] or any(row[5][4] for row in content["rows"]))
    earned = sum(row[5][1] for row in content["rows"] if not row[1].startswith("payout_"))

    def amounts(sums: Mapping[str, int]) -> list[str]:
        shown = [sums[name] for name in _SUMS] + ([sums["advance_minor"]] if shows_advance else [])
        return [plain_amount(amount, currency) for amount in shown]

    def moved(pots: list[int]) -> list[str]:
        return [plain_amount(amount, currency) if amount else "" for amount in pots[: 5 if shows_advance else 4]]

    labels = content["labels"]
    heads = [labels[name] for name in ("held", "payable", "in_transit", "paid")]
    last_day = paper_day(_before(content["ends_at"]), zone, language)
    return {
        "language": language[:2], "labels": labels, "program": content["program"], "currency": currency,
        "number": content["number"], "issued": _day(content["issued_on"], language),
        "period": f"{paper_day(content['starts_at'], zone, language)} – {last_day}", "parties": content["parties"],
        "heads": heads + ([labels["advance"]] if shows_advance else []),
        "opening": amounts(opening), "closing": amounts(closing),
        "sums": [
            [labels["earned"], plain_amount(earned, currency)],
            [labels["paid_out"], plain_amount(closing["paid_minor"] - opening["paid_minor"], currency)],
            [labels["payable"], plain_amount(closing["payable_minor"], currency)],
            [labels["held"], plain_amount(closing["held_minor"], currency)],
        ],
        "rows": [
            [paper_day(row[3], zone, language), _said(row, content), reference_of(row), *moved(row[5])]
            for row in content["rows"]
        ],
    }  # fmt: skip


def invoice_data(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template prints of an invoice or credit note."""
    currency, language = content["currency"], content["language"]
    return {
        **{name: content[name] for name in ("labels", "parties", "notes", "nature", "number", "original", "currency")},
        "language": language[:2], "program": content["program"], "issued": _day(content["issued_on"], language),
        "period": f"{_day(content['from_on'], language)} – {_day(content['until_on'], language)}",
        "rate": rate_text(content["rate_ppm"]),
        "net": plain_amount(content["net_minor"], currency), "vat": plain_amount(content["vat_minor"], currency),
        "gross": plain_amount(content["gross_minor"], currency),
    }  # fmt: skip


def _said(row: Sequence[Any], content: Mapping[str, Any]) -> str:
    """Return what a row was booked for, with the note where it says more than the order or the run."""
    said, note = str(content["causes"][row[1]]), str(row[2])
    return f"{said}: {note[:80]}" if note and not row[8] and note != row[7] else said


def _day(day: str, language: str) -> str:
    return str(format_date(date.fromisoformat(day), "d MMM y", locale=language.replace("-", "_")))


def _before(moment: str) -> str:

    return (datetime.fromisoformat(moment) - timedelta(seconds=1)).isoformat()
