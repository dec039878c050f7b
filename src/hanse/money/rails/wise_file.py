"""The rail `wise`: batch files after the header of one's own template, at most 1,000 rows each, every cell quoted.

Wise refuses a file whose header differs from the account's template, so the header is a setting and not ours to write.
Cells are written as Wise reads them; a payment with a cell that would begin a formula is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from stdnum import iban

from hanse.kernel.money import decimal_text
from hanse.money.rails.rules import in_parts, is_email, unsafe_cell
from hanse.money.rails.types import Payment, RailFile, RunFacts, SettingsField
from hanse.people.partners.rules import is_iban

ROWS = 1_000
BY_EMAIL = "name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency"
BY_IBAN = f"{BY_EMAIL},IBAN"
_Cell = Callable[[Payment, Mapping[str, str], RunFacts], str]


def _email(payment: Payment, _values: Mapping[str, str], _run: RunFacts) -> str:
    return payment.account if is_email(payment.account) else payment.email


def _of_address(name: str) -> _Cell:
    return lambda payment, _values, _run: payment.address.get(name, "")


CELLS: Mapping[str, _Cell] = {
    "name": lambda payment, _values, _run: payment.name,
    "recipientemail": _email,
    "paymentreference": lambda payment, _values, _run: payment.id,
    "referencenumber": lambda _payment, _values, run: run.number,
    "receivertype": lambda payment, _values, _run: "INSTITUTION" if payment.is_business else "PERSON",
    "recipienttype": lambda payment, _values, _run: "INSTITUTION" if payment.is_business else "PERSON",
    "amountcurrency": lambda _payment, values, _run: values.get("amount_currency") or "target",
    "amount": lambda payment, _values, _run: decimal_text(payment.amount_minor, payment.currency),
    "sourcecurrency": lambda payment, values, _run: values.get("source_currency") or payment.currency,
    "targetcurrency": lambda payment, _values, _run: payment.currency,
    "iban": lambda payment, _values, _run: iban.compact(payment.account) if is_iban(payment.account) else "",
    "bic": lambda payment, _values, _run: payment.details.get("bic", ""),
    "swiftcode": lambda payment, _values, _run: payment.details.get("bic", ""),
    "accountnumber": lambda payment, _values, _run: _number(payment.account),
    "recipientid": lambda payment, _values, _run: _number(payment.account),
    "recipientdetail": lambda payment, _values, _run: payment.name,
    "recipientcountry": _of_address("country"),
    "recipientcountrycode": _of_address("country"),
    "country": _of_address("country"),
    "recipientcity": _of_address("city"),
    "city": _of_address("city"),
    "recipientaddress": _of_address("street"),
    "recipientfirstline": _of_address("street"),
    "firstline": _of_address("street"),
    "address": _of_address("street"),
    "recipientpostcode": _of_address("postal_code"),
    "postcode": _of_address("postal_code"),
}
_MAY_BE_EMPTY = frozenset(("bic", "swiftcode", "referencenumber", "recipientdetail"))


class WiseFile:
    """Files that a person uploads to Wise."""

    key = "wise"
    name = gettext_noop("Wise, files to upload (batch CSV)")
    fields: tuple[SettingsField, ...] = (
        SettingsField(
            "header", gettext_noop("First line of your Wise template"), "lines", 2000, is_required=True,
            hint=gettext_noop("Download the template from your Wise account and paste its first line, unchanged."),
            default=BY_EMAIL,
        ),
        SettingsField(
            "amount_currency", gettext_noop("Who bears the fees"), "choice", default="target",
            options=(
                ("target", gettext_noop("We: the partner gets exactly the amount")),
                ("source", gettext_noop("The partner: fees are taken off the amount")),
            ),
        ),
        SettingsField("source_currency", gettext_noop("Currency of your Wise balance"), limit=3),
    )  # fmt: skip

    def takes(self, details: Mapping[str, str]) -> bool:
        """Those who want Wise, and those who gave a bank account."""
        return details["rail"] in ("wise", "sepa") or (details["rail"] in ("manual", "csv") and _has_iban(details))

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """Every column of the template can be filled for this payment, and none would begin a formula."""
        cells = [payment.name, payment.account]
        for column in columns_of(values):
            cell = CELLS.get(_plain(column))
            cells.append(cell(payment, values, _ANY_RUN) if cell is not None else "")
            if cell is not None and _plain(column) not in _MAY_BE_EMPTY and not cells[-1]:
                return _("The template needs %(column)s, which is not known.") % {"column": column}
        return unsafe_cell(*cells)

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """The header is there, each of its columns is known, and the amounts are in the currency they are read in."""
        return [*header_problems(values), *balance_problems(values, currency)]

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """Return as many files as 1,000 rows need."""
        columns, found = columns_of(values), []
        for number, part in enumerate(in_parts(payments, ROWS), run.file_number):
            buffer = io.StringIO(newline="")
            writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
            writer.writerow(columns)
            writer.writerows([CELLS[_plain(column)](payment, values, run) for column in columns] for payment in part)
            name = f"{run.number}-wise-{number}.csv" if len(payments) > ROWS or number > 1 else f"{run.number}-wise.csv"
            found.append(RailFile(name, "text/csv", buffer.getvalue(), tuple(one.payout_id for one in part)))
        return found


def header_problems(values: Mapping[str, str]) -> list[str]:
    """Say which columns of the template are not known, or which it lacks."""
    columns = columns_of(values)
    unknown = [column for column in columns if _plain(column) not in CELLS]
    if unknown:
        return [_("These columns of the template are not known: %(names)s.") % {"names": ", ".join(unknown)}]
    lacking = [name for name in ("name", "amount", "targetCurrency") if name.lower() not in map(_plain, columns)]
    if lacking:
        return [_("The template lacks these columns: %(names)s.") % {"names": ", ".join(lacking)}]
    return []


def balance_problems(values: Mapping[str, str], currency: str) -> list[str]:
    """Say that fees cannot be taken off in another currency: Wise would read 100 of ours as 100 of the balance's."""
    if values.get("amount_currency") != "source" or (values.get("source_currency") or currency) == currency:
        return []
    return [_("The partner can bear the fees only when the Wise balance is in %(currency)s.") % {"currency": currency}]


def columns_of(values: Mapping[str, str]) -> list[str]:
    """Return the template's columns as written, whether commas, semicolons or tabs stand between them."""
    line = next((line for line in (values.get("header") or BY_EMAIL).lstrip("\ufeff").splitlines() if line.strip()), "")
    mark = max(",;\t", key=line.count)
    return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


def _has_iban(details: Mapping[str, str]) -> bool:
    return is_iban(details.get("account", ""))


def _number(account: str) -> str:
    plain = re.sub(r"[\s-]", "", account)
    return plain if plain.isascii() and plain.isdigit() else ""


_ANY_RUN = RunFacts("R", "", "", datetime(2000, 1, 1, tzinfo=UTC), "UTC")
