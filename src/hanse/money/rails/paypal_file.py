"""The rail `paypal_csv`: files for PayPal's Payouts page. No header, at most 5,000 rows, one currency a file.

Cells are written as PayPal reads them: no apostrophe against formulas, an account that would begin one is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.kernel.money import decimal_text
from hanse.money.rails.rules import in_parts, is_email, unsafe_cell
from hanse.money.rails.types import Payment, RailFile, RunFacts, SettingsField

ROWS = 5_000
NOTE = 4_000
# What PayPal pays out in; amounts of HUF, JPY and TWD have no decimals there.
CURRENCIES = frozenset(
    (
        "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR", "NOK", "NZD",
        "PHP", "PLN", "RUB", "SEK", "SGD", "THB", "TND", "TWD", "USD",
    )
)  # fmt: skip
_WHOLE = frozenset(("HUF", "JPY", "TWD"))


class PayPalFile:
    """Files that a person uploads to PayPal."""

    key = "paypal_csv"
    name = gettext_noop("PayPal, files to upload (Payouts CSV)")
    fields: tuple[SettingsField, ...] = (
        SettingsField("note", gettext_noop("Note to the recipient"), limit=1000),
        SettingsField(
            "decimal_mark", gettext_noop("Decimal mark of your PayPal account"), "choice", default=".",
            options=((".", gettext_noop("Point: 100.45")), (",", gettext_noop("Comma: 100,45"))),
        ),
    )  # fmt: skip

    def takes(self, details: Mapping[str, str]) -> bool:
        """Those who want PayPal."""
        return details["rail"] == "paypal"

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """The account is an e-mail address; the amount fits the currency's decimals at PayPal."""
        return paypal_trouble(payment) or unsafe_cell(payment.account)

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """PayPal pays out in some currencies only."""
        return currency_problems(currency)

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """Return as many files as 5,000 rows need."""
        found, count = [], -(-len(payments) // ROWS)
        for number, part in enumerate(in_parts(payments, ROWS), run.file_number):
            name = f"{run.number}-paypal.csv" if count == 1 and number == 1 else f"{run.number}-paypal-{number}.csv"
            body = "".join(_line(payment, values, run) for payment in part)
            found.append(RailFile(name, "text/csv", body, tuple(one.payout_id for one in part)))
        return found


def paypal_amount(amount_minor: int, currency: str) -> str:
    """Write an amount with the decimals that PayPal has for a currency."""
    text = decimal_text(amount_minor, currency)
    return text.partition(".")[0] if currency in _WHOLE else text


def paypal_trouble(payment: Payment) -> str:
    """Say why PayPal would refuse a payment, or ""."""
    if not is_email(payment.account):
        return _("PayPal pays to an e-mail address; %(account)s is none.") % {"account": payment.account}
    fraction = decimal_text(payment.amount_minor, payment.currency).partition(".")[2]
    if payment.currency in _WHOLE and fraction.strip("0"):
        return _("PayPal pays whole %(currency)s only.") % {"currency": payment.currency}
    return ""


def currency_problems(currency: str) -> list[str]:
    """Say that PayPal does not pay out in a currency, if so."""
    if currency in CURRENCIES:
        return []
    return [_("PayPal does not pay out in %(currency)s.") % {"currency": currency}]


def plain_note(text: str) -> str:
    """Return a note on one line, within PayPal's length: 4,000 characters of ASCII, 1,000 of anything else."""
    text = " ".join(text.split())
    return text[:NOTE] if text.isascii() else text[:1000]


def _line(payment: Payment, values: Mapping[str, str], run: RunFacts) -> str:
    note = plain_note(values.get("note") or f"{run.program_name}, {run.number}")
    mark = values.get("decimal_mark") or "."
    amount = paypal_amount(payment.amount_minor, payment.currency).replace(".", mark)
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(
        (payment.account, amount, payment.currency, payment.id, f" {note}" if unsafe_cell(note) else note, "PAYPAL")
    )
    return buffer.getvalue()
