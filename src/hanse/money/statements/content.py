"""The content of a statement: numbers as booked and words as said, so that it is printed alike for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from hanse.kernel.clock import local_day
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text
from hanse.money.payouts.statements import Statement, StatementRow, Sums
from hanse.money.payouts.words import cause_words
from hanse.money.statements.models import BillingProfile
from hanse.people.partners.models import TaxProfile
from hanse.programs.enrolments.models import Enrolment

_POTS = ("held_minor", "payable_minor", "in_transit_minor", "advance_minor", "paid_minor")


def statement_content(
    enrolment: Enrolment, found: Statement, number: str, month: str, issued_at: datetime, parties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything that stands on a statement, in the partner's language."""
    zone, language = enrolment.program.time_zone, enrolment.partner.language
    with override(language):
        causes = {row.cause: cause_words(row.cause) for row in found.rows}
        labels = _labels()
    return {
        "kind": "statement", "number": number, "month": month, "language": language, "zone": zone,
        "currency": found.currency, "enrolment": text_id("enr", enrolment.pk), "program": enrolment.program.name,
        "starts_at": found.starts_at.isoformat(), "ends_at": found.ends_at.isoformat(),
        "issued_on": local_day(issued_at, zone).isoformat(), "opening": _sums(found.opening),
        "closing": _sums(found.closing), "rows": [_row(row) for row in found.rows], "causes": causes,
        "labels": labels, "parties": dict(parties),
    }  # fmt: skip


def parties_of(
    enrolment: Enrolment, profile: TaxProfile | None, payer: BillingProfile | None
) -> dict[str, dict[str, str]]:
    """Return who pays and who is paid, with the addresses that are known."""
    columns = ("street", "postal_code", "city", "country", "vat_id")
    partner = {name: getattr(profile, name) for name in columns} if profile else {}
    business = {name: getattr(payer, name) for name in columns} if payer else {}
    names = (profile.legal_name if profile else "", payer.legal_name if payer else "")
    return {
        "partner": {
            "name": names[0] or enrolment.partner.name, "tax_number": profile.tax_number if profile else "", **partner,
        },
        "payer": {"name": names[1] or enrolment.program.name, **business},
    }  # fmt: skip


def statement_of(content: Mapping[str, Any]) -> Statement:
    """Return the statement that a content was made of."""
    rows = tuple(
        StatementRow(
            number, cause, note, datetime.fromisoformat(posted), datetime.fromisoformat(occurred), Sums(*moved),
            parse_id("com", commission) if commission else None, order, run,
        )
        for number, cause, note, posted, occurred, moved, commission, order, run in content["rows"]
    )  # fmt: skip
    opening, closing = Sums(**content["opening"]), Sums(**content["closing"])
    starts, ends = (datetime.fromisoformat(content[name]) for name in ("starts_at", "ends_at"))
    enrolment_id: UUID = parse_id("enr", content["enrolment"])
    return Statement(enrolment_id, content["currency"], starts, ends, opening, rows, closing)


def _sums(sums: Sums) -> dict[str, int]:
    return {name: getattr(sums, name) for name in _POTS}


def _row(row: StatementRow) -> list[Any]:
    moved = row.moved
    pots = [moved.held_minor, moved.payable_minor, moved.in_transit_minor, moved.paid_minor, moved.advance_minor]
    commission = text_id("com", row.commission_id) if row.commission_id else ""
    return [
        row.number, row.cause, row.note, row.posted_at.isoformat(), row.occurred_at.isoformat(), pots, commission,
        row.order, row.run_number,
    ]  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "title": _("Statement"), "for": _("For"), "from": _("From"), "number": _("Number"), "issued": _("Issued"),
        "period": _("Period"), "booked": _("Booked"), "what": _("What"), "reference": _("Order or run"),
        "held": _("On hold"), "payable": _("Payable"), "in_transit": _("On its way"), "paid": _("Paid"),
        "advance": _("Advance"), "opening": _("Opening balance"), "closing": _("Closing balance"),
        "earned": _("Became payable"), "paid_out": _("Paid out"), "vat_id": _("VAT number"), "page": _("Page"),
        "nothing": _("Nothing was booked in this time."),
        "foot": _("By the day of booking. An issued statement never changes; what comes later stands on a later one."),
    }  # fmt: skip


def plain_amount(amount_minor: int, currency: str) -> str:
    """Write an amount for paper: 1,734.77, and a minus sign before what is taken."""
    text = decimal_text(abs(amount_minor), currency)
    whole, point, fraction = text.partition(".")
    return f"{'-' if amount_minor < 0 else ''}{int(whole):,}{point}{fraction}"


def paper_day(moment: str, zone: str, language: str) -> str:
    """Write a booking's local day in a language."""
    day = local_day(datetime.fromisoformat(moment), zone)
    return str(format_date(day, "d MMM y", locale=language.replace("-", "_")))


def reference_of(row: Sequence[Any]) -> str:
    """Return what a row is called: the order, or the run it was paid in."""
    return str(row[7] or row[8] or "")
