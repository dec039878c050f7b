"""What the clock does about budgets: adds up how the plans of the quarter that runs stand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hanse.growth.budgets.actions import keep_sums, sums_now
from hanse.programs.programs.models import Program
from hanse.runtime.programs import in_every_program


def look_at_all_budgets(now: datetime) -> int:
    """Write down how each program's plans stand, read outside the transaction that writes. Returns how many plans."""

    def look(program: Program) -> int:
        rows = sums_now(program, now)
        if rows:
            with transaction.atomic():
                keep_sums(rows)
        return len(rows)

    return in_every_program("budgets", look)
