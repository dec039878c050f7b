"""Verbs of payout runs: list, draft, approve, open, export, read back, cancel."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hanse.people.access.rules import BY_COMMAND
from hanse.runtime.cli.options import FOUND_PROBLEMS, AsJson, Data, fail, open_migrated, say, say_json

if TYPE_CHECKING:
    from hanse.money.payouts.models import PayoutRun

verbs = typer.Typer()
payouts = typer.Typer(help="Payout runs: list, draft, approve, open, export, read back, cancel.", no_args_is_help=True)
verbs.add_typer(payouts, name="payouts")
Number = Annotated[str, typer.Argument(help="The run's number, such as R-2026-11.")]
By = Annotated[str, typer.Option("--by", help="Who decides; written into the audit log.")]
BY = BY_COMMAND


def _run(number: str) -> PayoutRun:
    from hanse.money.payouts.models import PayoutRun

    return PayoutRun.objects.select_related("program").filter(number=number).first() or fail(
        f"There is no run {number}."
    )


def _described(run: PayoutRun) -> dict[str, object]:
    from django.db.models import Count, Sum

    from hanse.money.payouts.models import Payout

    living = Payout.objects.filter(run=run).exclude(state=Payout.State.DROPPED)
    sums = living.aggregate(count=Count("id"), amount=Sum("amount_minor"))
    return {
        "number": run.number, "program": run.program.slug, "rail": run.rail, "state": run.state,
        "currency": run.currency, "payouts": sums["count"], "amount": sums["amount"] or 0,
    }  # fmt: skip


def _tell(run: PayoutRun, *, as_json: bool) -> None:
    described = _described(run)
    if as_json:
        say_json(described)
    else:
        say("  ".join(str(value) for value in described.values()))


@payouts.command("list")
def list_runs(data: Data = None, as_json: AsJson = False) -> None:
    """List every run: number, program, rail, state, how many payouts and how much (minor units)."""
    open_migrated(data)
    from hanse.money.payouts.models import PayoutRun

    runs = [_described(run) for run in PayoutRun.objects.select_related("program").order_by("-drafted_at")]
    if as_json:
        say_json({"runs": runs})
    else:
        for run in runs:
            say("  ".join(str(value) for value in run.values()))


@payouts.command()
def draft(
    program: Annotated[str, typer.Option("--program", help="The program's slug.")],
    rail: Annotated[str, typer.Option(help="manual, csv, paypal_csv, paypal, wise, sepa or credit.")] = "csv",
    as_of: Annotated[datetime | None, typer.Option(help="Lines booked until then (UTC); default now.")] = None,
    by: By = BY,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Draft a run with its audit: who is paid, who is left out and why."""
    open_migrated(data)
    from datetime import UTC

    from django.db import transaction

    from hanse.kernel import clock
    from hanse.money.payouts.actions import draft_run
    from hanse.programs.models import Program

    found = Program.objects.filter(slug=program).first() or fail(f"There is no program {program}.")
    now = clock.now()
    with transaction.atomic():
        run = draft_run(found, rail, as_of=as_of.replace(tzinfo=UTC) if as_of else now, now=now, by=by)
    _tell(run, as_json=as_json)


@payouts.command()
def approve(number: Number, by: By = BY, data: Data = None, as_json: AsJson = False) -> None:
    """Audit a draft again and approve what still passes; above the program's limit by another person."""
    open_migrated(data)
    from hanse.money.payouts.actions import approve_run

    _decide(number, approve_run, by, as_json=as_json)


@payouts.command("open")
def open_(number: Number, by: By = BY, data: Data = None, as_json: AsJson = False) -> None:
    """Send an approved run on its way; from now on it is fixed."""
    open_migrated(data)
    from hanse.money.payouts.actions import open_run

    _decide(number, open_run, by, as_json=as_json)


@payouts.command()
def cancel(number: Number, by: By = BY, data: Data = None, as_json: AsJson = False) -> None:
    """Give up a run that is not opened; its lines are free again."""
    open_migrated(data)
    from hanse.money.payouts.actions import cancel_run

    _decide(number, cancel_run, by, as_json=as_json)


def _decide(number: str, verb: object, by: str, *, as_json: bool) -> None:
    from django.db import transaction

    from hanse.kernel import clock

    assert callable(verb)
    with transaction.atomic():
        run = _run(number)
        verb(run, now=clock.now(), by=by)
    _tell(run, as_json=as_json)


@payouts.command()
def export(
    number: Number,
    file: Annotated[int, typer.Option(help="Which of the run's files.")] = 1,
    copy: Annotated[bool, typer.Option("--copy", help="For the records, also when payments are read back.")] = False,
    rest: Annotated[bool, typer.Option("--rest", help="Make a new file of what is still on its way.")] = False,
    by: By = BY,
    data: Data = None,
) -> None:
    """Print a file of an opened run, for the bank: the same each time; refused once a payment in it is read back."""
    open_migrated(data)
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.money.payouts.actions import download, export_again, run_csv
    from hanse.money.rails.models import RunFile

    run = _run(number)
    if rest:
        with transaction.atomic():
            body = export_again(run, now=clock.now(), by=by)[0].body
    elif not RunFile.objects.filter(run=run).exists():
        body = run_csv(run)
    else:
        body = download(run, file, as_copy=copy).body
    typer.echo(body, nl=False)


@payouts.command("read-back")
def read_back(
    number: Number,
    file: Annotated[Path, typer.Argument(help="The bank's answer as CSV.", exists=True, dir_okay=False)],
    by: By = BY,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Note what the bank says became of each payment; a bad row changes nothing and is named."""
    open_migrated(data)
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.money.payouts.actions import read_back_csv

    with transaction.atomic():
        answer = read_back_csv(_run(number), file.read_text("utf-8-sig"), now=clock.now(), by=by)
    refused = [{"line": line, "reason": reason} for line, reason in answer.refused]
    if as_json:
        say_json({"settled": answer.settled, "failed": answer.failed, "refused": refused})
    else:
        for line, reason in answer.refused:
            say(f"line {line}: {reason}")
        counts = f"{answer.settled} settled, {answer.failed} failed, {answer.returned} came back"
        say(f"{counts}, {len(refused)} rows not taken.")
    raise typer.Exit(FOUND_PROBLEMS if refused else 0)
