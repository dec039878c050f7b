"""The rails `manual` and `csv`: paid by hand, with a plain list of who gets what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop

from hanse.kernel.money import decimal_text
from hanse.money.payouts.sheets import csv_text, guarded
from hanse.money.rails.types import Payment, RailFile, RunFacts, SettingsField

HEADER = ("payout", "partner", "account_name", "account", "bic", "amount", "currency", "reference")


class Listed:
    """One CSV of a run, for people: cells that begin a formula get an apostrophe."""

    fields: tuple[SettingsField, ...] = ()

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name

    def takes(self, details: Mapping[str, str]) -> bool:
        """Anybody but those who want store credit."""
        return details["rail"] != "credit"

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """Nothing: a person looks at each payment."""
        return ""

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """Nothing is needed."""
        return []

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """Return one file."""
        body = csv_text(HEADER, (_row(payment, run) for payment in payments))
        name = f"{run.number}.csv" if run.file_number == 1 else f"{run.number}-{run.file_number}.csv"
        return [RailFile(name, "text/csv", body, tuple(one.payout_id for one in payments))]


def _row(payment: Payment, run: RunFacts) -> tuple[str, ...]:
    typed = (payment.partner_name, payment.name, payment.account, payment.details.get("bic", ""))
    amount = decimal_text(payment.amount_minor, payment.currency)
    return (payment.id, *map(guarded, typed), amount, payment.currency, run.number)


MANUAL = Listed("manual", gettext_noop("By hand, payment by payment"))
CSV = Listed("csv", gettext_noop("A list for your bank (CSV)"))
