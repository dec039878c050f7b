"""`hanse whatif`: terms tried on a past period from the command line."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hanse.runtime.cli.options import AsJson, Data, fail, open_migrated, say, say_json

verbs = typer.Typer()
Texts = list[str] | None


@verbs.command()
def whatif(
    terms: Annotated[
        Path | None, typer.Argument(help='A JSON file: {"clauses": […]}.', exists=True, dir_okay=False)
    ] = None,
    version: Annotated[str, typer.Option("--version", help="A version that is kept (trm_…) instead of a file.")] = "",
    program: Annotated[str, typer.Option("--program", help="The slug of the program.")] = "",
    since: Annotated[str, typer.Option("--from", help="The first day. Default: 365 days ago.")] = "",
    until: Annotated[str, typer.Option("--until", help="The first day that is out again. Default: today.")] = "",
    tier: Annotated[Texts, typer.Option("--tier", help="Only partners of this tier; may be repeated.")] = None,
    kind: Annotated[Texts, typer.Option("--type", help="Only partners of this type; may be repeated.")] = None,
    enrolment: Annotated[Texts, typer.Option("--enrolment", help="Only this one (enr_…); may be repeated.")] = None,
    flat_fee: Annotated[str, typer.Option("--flat-fee", help="Compare with a flat fee of this amount.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Try terms on a past period by the code that pays: before and after by partner, who gains and loses."""
    open_migrated(data)
    if (terms is None) is (version == ""):
        fail("Name a file of terms, or a version with --version.")
    from hanse.kernel import clock
    from hanse.kernel.ids import parse_id
    from hanse.kernel.money import parse_amount_minor
    from hanse.money.whatif.asking import ask, enrolments_where, last_year, moment_of
    from hanse.money.whatif.asking import flat_fee as flat

    now, found = clock.now(), _program(program)
    body = _body(found, terms, version)
    first, end = last_year(found, now)
    ids = [parse_id("enr", one) for one in enrolment or ()]
    among = enrolments_where(found.pk, tiers=tier or (), types=kind or (), ids=ids)
    answered = ask(
        found, body, moment_of(since, found, "--from") if since else first,
        moment_of(until, found, "--until") if until else end, among=among,
        against=flat(parse_amount_minor(flat_fee, found.currency)) if flat_fee else None, now=now,
        workers=_workers(),
    )  # fmt: skip
    if as_json:
        from hanse.faces.api.routes.whatif import whatif_out

        say_json(json.loads(whatif_out(found, answered).model_dump_json(by_alias=True)))
    else:
        _tell(found, answered)


def _workers() -> int:
    return len(os.sched_getaffinity(0))


def _tell(program: Any, answered: Any) -> None:
    from hanse.kernel.money import decimal_text

    def amount(minor: int) -> str:
        return f"{decimal_text(minor, program.currency):>14}"

    found = answered.found
    say(f"{'':<32} {'value':>14} {'before':>14} {'after':>14} {'change':>14}")
    for one in found.effects:
        cells = (one.value_minor, one.before_minor, one.after_minor, one.change_minor)
        say(f"{one.name[:32]:<32} {' '.join(amount(cell) for cell in cells)}")
    cells = (found.value_minor, found.before_minor, found.after_minor, found.change_minor)
    say(f"{'in all':<32} {' '.join(amount(cell) for cell in cells)}")
    period = f"{_day(answered.since)} to {_day(answered.until)}"
    say(f"{found.orders} orders, {period}: {found.gain} gain, {found.lose} lose.")
    for sales in answered.risk.equal_at if answered.risk else ():
        say(f"Both deals are equal at sales of {decimal_text(sales, program.currency)} {program.currency} a year.")


def _day(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _program(slug: str) -> Any:
    from hanse.programs.models import Program

    programs = list(Program.objects.filter(slug=slug) if slug else Program.objects.all()[:2])
    if len(programs) != 1:
        fail(f"There is no program {slug}." if slug else "Say which program with --program SLUG.")
    return programs[0]


def _body(program: Any, file: Path | None, version: str) -> Any:
    from hanse.kernel.ids import parse_id
    from hanse.programs.programs.queries import goals_of
    from hanse.programs.terms.models import Terms
    from hanse.programs.terms.queries import body_of
    from hanse.programs.terms.rules import parse_terms

    if file is None:
        rows = Terms.objects.select_related("program").filter(program=program, pk=parse_id("trm", version))
        return body_of(rows.first() or fail(f"There is no version {version} in this program."))
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        fail(f"{file} is not JSON: {error}")
    return parse_terms(read, currency=program.currency, goals={goal.key for goal in goals_of(program.pk)})
