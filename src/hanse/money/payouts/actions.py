"""Verbs of payouts: draft, approve, open, cancel; settle, fail, return; read a bank's answer back."""

from __future__ import annotations

from hanse.money.payouts.closing import fail_payout, return_payout, settle_payout
from hanse.money.payouts.drafting import draft_run
from hanse.money.payouts.files import read_back_csv, run_csv
from hanse.money.payouts.running import approve_run, cancel_run, open_run
from hanse.money.payouts.schedule import set_payout_rules
from hanse.money.rails.dispatch import download, export_again
from hanse.money.rails.settings import save_rail

__all__ = [
    "approve_run",
    "cancel_run",
    "download",
    "draft_run",
    "export_again",
    "fail_payout",
    "open_run",
    "read_back_csv",
    "return_payout",
    "run_csv",
    "save_rail",
    "set_payout_rules",
    "settle_payout",
]
