"""The csv rail: a file of a run for one's bank, and the bank's answer read back row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.money.payouts.closing import fail_payout, settle_payout
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.payouts.types import ReadBack, ReadBackRow

HEADER = ("payout", "partner", "account_name", "account", "bic", "amount", "currency", "reference")
ANSWER_HEADER = ("payout", "state", "reference", "reason", "amount")
MAX_ROWS = 50_000
_PAID = frozenset(("paid", "settled", "success", "ok"))
_FAILED = frozenset(("failed", "rejected", "returned", "error"))


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet will take for a formula: a leading apostrophe where one might begin."""
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") or cell[:1] in ("\t", "\r") else cell


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write rows as CSV with CRLF line ends; callers have guarded every cell that people typed."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def run_csv(run: PayoutRun) -> str:
    """Return the file of an opened run: one row for each payout that was opened, in a stable order."""
    rows = (
        Payout.objects.filter(run=run).exclude(opened_at=None).select_related("partner").order_by("partner__name", "id")
    )
    return csv_text(HEADER, (_row(payout, run) for payout in rows))


def _row(payout: Payout, run: PayoutRun) -> tuple[str, ...]:
    details = payout.details
    typed = (payout.partner.name, details["account_name"], details["account"], details.get("bic", ""))
    name, account_name, account, bic = map(guarded, typed)
    amount = decimal_text(payout.amount_minor, payout.currency)
    return (text_id("pay", payout.pk), name, account_name, account, bic, amount, payout.currency, run.number)


def read_back_csv(run: PayoutRun, text: str, *, now: datetime, by: str) -> ReadBack:
    """Apply a bank's answer (columns payout, state, reference, reason; amount where given must agree).

    Good rows are applied, each once; a bad row changes nothing and is named with its line number and the reason.
    """
    result = ReadBack()
    payouts = {one.pk: one for one in Payout.objects.filter(run=run).exclude(opened_at=None)}
    for number, cells in _cells(text, result):
        try:
            row = _answer(number, cells)
            payout = payouts.get(row.payout_id)
            if payout is None:
                raise ValueError(_("This payout is not in run %(run)s.") % {"run": run.number})
            _check_amount(cells, payout)
            _apply(payout, row, result, now, by)
        except (HanseError, ValueError) as error:
            result.refused.append((number, str(error)))
    return result


def _cells(text: str, result: ReadBack) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not {"payout", "state"} <= set(names):
        result.refused.append((1, _("The first line names the columns: at least payout and state.")))
        return
    reader.fieldnames = names
    for row in reader:
        if reader.line_num > MAX_ROWS:
            result.refused.append((reader.line_num, _("The file is too long.")))
            return
        yield reader.line_num, {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}


def _answer(number: int, cells: dict[str, str]) -> ReadBackRow:
    state = cells.get("state", "").lower()
    if state not in _PAID | _FAILED:
        raise ValueError(_("“%(state)s” is not a state; write paid or failed.") % {"state": state})
    paid = state in _PAID
    if paid and not cells.get("reference"):
        raise ValueError(_("A paid row needs the bank's reference."))
    reason = cells.get("reason") or (_("The bank gave no reason.") if not paid else "")
    return ReadBackRow(number, parse_id("pay", cells.get("payout", "")), paid, cells.get("reference", ""), reason)


def _check_amount(cells: dict[str, str], payout: Payout) -> None:
    said = cells.get("amount")
    if said and _amount(said, payout.currency) != payout.amount_minor:
        expected = decimal_text(payout.amount_minor, payout.currency)
        raise ValueError(_("The amount is %(said)s, not %(expected)s.") % {"said": said, "expected": expected})


def _amount(said: str, currency: str) -> int | None:
    try:
        return parse_amount_minor(said, currency)
    except Invalid:
        return None


def _apply(payout: Payout, row: ReadBackRow, result: ReadBack, now: datetime, by: str) -> None:
    before = payout.state
    if row.paid:
        settle_payout(payout, row.reference, now=now, by=by)
        result.settled += before != payout.state
    else:
        fail_payout(payout, row.reason, now=now, by=by)
        result.failed += before != payout.state
