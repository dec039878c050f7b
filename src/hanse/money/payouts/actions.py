"""Verbs of payouts: draft, approve, open, cancel; settle, fail, return; read a bank's answer back."""

from __future__ import annotations

from hanse.money.payouts.closing import fail_payout, return_payout, settle_payout
from hanse.money.payouts.drafting import draft_run
from hanse.money.payouts.files import read_back_csv, run_csv
from hanse.money.payouts.running import approve_run, cancel_run, open_run

__all__ = [
    "approve_run",
    "cancel_run",
    "draft_run",
    "fail_payout",
    "open_run",
    "read_back_csv",
    "return_payout",
    "run_csv",
    "settle_payout",
]
