"""Files of a run, and what a bank or payment company answered in one, read back row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.kernel.errors import HanseError, Invalid, NotFound
from hanse.kernel.ids import parse_id
from hanse.kernel.money import decimal_text, parse_amount_minor
from hanse.money.payouts.closing import fail_payout, return_payout, settle_payout
from hanse.money.payouts.models import Payout, PayoutRun
from hanse.money.payouts.sheets import csv_text as csv_text
from hanse.money.payouts.sheets import guarded as guarded
from hanse.money.payouts.types import ReadBack, ReadBackRow
from hanse.money.rails.models import RunFile
from hanse.money.rails.payments import facts_of, payments_of
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.settings import rail_values

ANSWER_HEADER = ("payout", "state", "reference", "reason", "amount")
MAX_ROWS = 50_000
_PAID = frozenset(("paid", "settled", "success", "ok", "completed", "sent", "outgoing_payment_sent", "claimed"))
_CAME_BACK = frozenset(("returned", "refunded", "reversed", "bounced_back", "funds_refunded"))
_FAILED = frozenset(("failed", "rejected", "error", "denied", "blocked", "cancelled", "canceled")) | _CAME_BACK
_WAITING = frozenset(("pending", "processing", "unclaimed", "onhold", "on hold", "waiting"))
# What banks and payment companies call the same columns in the reports that people download.
_COLUMNS = {
    "payout": ("payout", "unique id", "customer id", "sender item id", "paymentreference", "payment reference",
               "reference number", "endtoendid"),
    "state": ("state", "status", "transaction status"),
    "reference": ("reference", "transaction id", "transfer id", "id"),
    "reason": ("reason", "error", "reason code", "failure reason"),
    "amount": ("amount", "target amount", "gross amount"),
}  # fmt: skip


def run_csv(run: PayoutRun) -> str:
    """Return the first file of an opened run as it was made. Raises NotFound where there is none.

    Runs that were opened before files were kept have theirs written anew.
    """
    kept = RunFile.objects.filter(run=run, position=1).first()
    if kept is not None:
        return kept.body
    rail = RAILS_BY_KEY.get(run.rail)
    rows = Payout.objects.filter(run=run).exclude(opened_at=None).select_related("partner")
    found = list(rows.order_by("partner__name", "id"))
    files = rail.files(payments_of(found), rail_values(run.program_id, run.rail), facts_of(run)) if rail else []
    if not files:
        raise NotFound("file")
    return files[0].body


def read_back_csv(run: PayoutRun, text: str, *, now: datetime, by: str) -> ReadBack:
    """Apply a bank's answer (columns payout, state, reference, reason; amount where given must agree).

    Reports of PayPal and Wise are read too: their columns have other names, and ours is the payment's id in them.
    Good rows are applied, each once; a bad row changes nothing and is named with its line number and the reason. Rows
    that are still on their way change nothing.
    """
    result = ReadBack()
    payouts = {one.pk: one for one in Payout.objects.filter(run=run).exclude(opened_at=None)}
    for number, cells in _cells(text, result):
        try:
            if cells.get("state", "").lower() in _WAITING:
                result.waiting += 1
                continue
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
    text = text.lstrip("\ufeff").replace("\0", "")  # no database keeps a zero byte
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    read = 1
    try:
        for read, cells in _rows_of(reader, result):
            yield read, cells
    except csv.Error:  # most often a quotation mark that never closes
        result.refused.append((read + 1, _("From here on this is no CSV: look for a lone quotation mark.")))


def _rows_of(reader: csv.DictReader[str], result: ReadBack) -> Iterator[tuple[int, dict[str, str]]]:
    names = _named([(name or "").strip().lower() for name in reader.fieldnames or ()])
    if not {"payout", "state"} <= set(names):
        result.refused.append((1, _("The first line names the columns: at least payout and state.")))
        return
    reader.fieldnames = names
    for row in reader:
        if reader.line_num > MAX_ROWS:
            result.refused.append((reader.line_num, _("The file is too long.")))
            return
        yield reader.line_num, {name: (value or "").strip() for name, value in row.items() if isinstance(value, str)}


def _named(names: Sequence[str]) -> list[str]:
    """Return the columns under our names; where two would be the same, the one that comes first in our list is."""
    found = list(names)
    for ours, theirs in _COLUMNS.items():
        known = next((name for name in theirs if name in names), None)
        if known is not None:
            found[names.index(known)] = ours
    return [name if found.index(name) == place else f"{name}.{place}" for place, name in enumerate(found)]


def _answer(number: int, cells: dict[str, str]) -> ReadBackRow:
    state = cells.get("state", "").lower()
    if state not in _PAID | _FAILED:
        raise ValueError(_("“%(state)s” is not a state; write paid or failed.") % {"state": state})
    paid = state in _PAID
    if paid and not cells.get("reference"):
        raise ValueError(_("A paid row needs the bank's reference."))
    reason = cells.get("reason") or (_("The bank gave no reason.") if not paid else "")
    named = cells.get("payout", "").lstrip("'").lower().replace("-", "_", 1)  # SEPA has no underscore, some no a to z
    return ReadBackRow(
        number, parse_id("pay", named), paid, cells.get("reference", ""), reason, came_back=state in _CAME_BACK
    )


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
    elif row.came_back and payout.state == Payout.State.SETTLED:
        return_payout(payout, row.reason, now=now, by=by)
        result.returned += 1
    else:
        if row.came_back and payout.state == Payout.State.RETURNED:
            return
        fail_payout(payout, row.reason, now=now, by=by)
        result.failed += before != payout.state
