"""Verbs of budgets: the month-end accrual file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from hanse.runtime.cli.options import FOUND_PROBLEMS, AsJson, Data, fail, open_migrated, say, say_json

verbs = typer.Typer()


@verbs.command()
def accruals(
    month: Annotated[str, typer.Option("--month", help="Like 2026-05, in the program's time zone.")],
    program: Annotated[str, typer.Option("--program", help="The program's slug; needed where there are several.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="A folder: one file a program is written there.", file_okay=False)
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write the month-end file: every pot by the day of booking, equal to the ledger to the cent, with a checksum.

    One program's file goes to the standard output. Ends with 1 where a closing is not the ledger's balance.
    """
    open_migrated(data)
    from hanse.kernel import clock
    from hanse.money.accruals.queries import accruals_of
    from hanse.money.accruals.rules import month_of
    from hanse.money.accruals.sheets import accruals_csv, file_name
    from hanse.programs.models import Program

    rows = Program.objects.order_by("slug")
    chosen = list(rows.filter(slug=program) if program else rows)
    if not chosen:
        fail(f"There is no program {program}." if program else "There is no program yet.")
    if len(chosen) > 1 and out is None and not as_json:
        fail("There are several programs: choose one with --program, or give a folder with --out.")
    found = [accruals_of(one, month_of(month), clock.now()) for one in chosen]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for one in found:
            path = out / f"{file_name(one)}.csv"
            path.write_text(accruals_csv(one), encoding="utf-8", newline="")
            if not as_json:
                say(str(path))
    elif not as_json:
        sys.stdout.reconfigure(newline="", encoding="utf-8")  # type: ignore[union-attr]  # a text stream
        sys.stdout.write(accruals_csv(found[0]))
    if as_json:
        say_json([
            {
                "program": one.slug, "month": f"{one.month:%Y-%m}", "closed": one.is_closed,
                "equals_ledger": not one.wrong, "rows": len(one.rows), "totals": one.totals(),
            }
            for one in found
        ])  # fmt: skip
    raise typer.Exit(FOUND_PROBLEMS if any(one.wrong for one in found) else 0)
