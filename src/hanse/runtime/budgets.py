"""What the clock does about budgets: adds up how the plans of the quarter that runs stand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hanse.growth.budgets.actions import keep_sums, sums_now
from hanse.runtime.sparing import on_its_own, open_programs


def look_at_all_budgets(now: datetime) -> int:
    """Write down how each program's plans stand, read outside the transaction that writes. Returns how many plans."""
    looked_at = 0
    for program in open_programs():
        with on_its_own("budgets", program):
            rows = sums_now(program, now)
            if rows:
                with transaction.atomic():
                    keep_sums(rows)
            looked_at += len(rows)
    return looked_at
