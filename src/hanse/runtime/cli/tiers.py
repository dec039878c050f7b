"""`hanse tiers`: who would move, the daily evaluation by hand, and rules tried on the past."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hanse.runtime.cli.options import AsJson, Data, fail, open_migrated, say, say_json

tiers = typer.Typer(help="Tiers: preview, apply and test the rules.", no_args_is_help=True)
verbs = typer.Typer()
verbs.add_typer(tiers, name="tiers")

ProgramSlug = Annotated[str, typer.Option("--program", help="The slug of the program.")]
AsOf = Annotated[str, typer.Option("--as-of", help="A day (its end, or now) or a moment with its zone. Default: now.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="A JSON file of rules instead of those in force.", exists=True)
]


@tiers.command()
def preview(
    program: ProgramSlug = "", as_of: AsOf = "", rules: Rules = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Show who is where, who would move and why. Nothing is stored."""
    open_migrated(data)
    from hanse.growth.tiers.sweeping import look
    from hanse.kernel import clock

    found, now = _program(program), clock.now()
    _tell(look(found, _moment(as_of, found, now), now, _rules(found, rules)), as_json, is_kept=False)


@tiers.command()
def apply(program: ProgramSlug = "", as_of: AsOf = "", data: Data = None, as_json: AsJson = False) -> None:
    """Evaluate as the daily task does, and keep it. A second run for a date replaces the first."""
    open_migrated(data)
    from hanse.kernel import clock
    from hanse.kernel.errors import HanseError
    from hanse.runtime.tiers import sweep_program

    found, now = _program(program), clock.now()
    try:
        swept = sweep_program(found, _moment(as_of, found, now), now)
    except HanseError as error:
        fail(str(error))
    _tell(swept, as_json, is_kept=True)


@tiers.command()
def backtest(
    program: ProgramSlug = "",
    rules: Rules = None,
    months: Annotated[int, typer.Option(help="How many months back.", min=1, max=36)] = 6,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Replay rules over the past, every day of it: sizes by month, moves, flapping, cost of the tiers' terms."""
    open_migrated(data)
    from hanse.growth.tiers.backtest import backtest as run
    from hanse.growth.tiers.versions import rules_on
    from hanse.kernel import clock
    from hanse.kernel.clock import local_day

    found, now = _program(program), clock.now()
    tried = _rules(found, rules) or rules_on(found, local_day(now, found.time_zone))[1]
    result = run(found, tried, now, months=months, is_whole=True)
    keys = [rule.key for rule in tried.tiers]
    if as_json:
        say_json({
            "dates": [on.isoformat() for on in result.dates], "sizes": [dict(one) for one in result.sizes],
            "rose": result.rose, "fell": result.fell, "flaps": result.flaps, "cost": result.cost_minor,
            "currency": found.currency,
        })  # fmt: skip
        return
    say(f"{'':<12}" + "".join(f"{key[:10]:>11}" for key in keys))
    for on, sizes in zip(result.dates, result.sizes, strict=True):
        say(f"{on.isoformat():<12}" + "".join(f"{sizes.get(key, 0):>11}" for key in keys))
    cost = result.cost_minor
    more = "" if cost is None else f"; the tiers' terms cost {_amount(cost, found)} more than one rate for everybody"
    say(f"{result.rose} rose, {result.fell} fell, {result.flaps} came back within 90 days{more}.")


def _tell(swept: Any, as_json: bool, *, is_kept: bool) -> None:
    if as_json:
        say_json({
            "program": swept.program.slug, "as_of": swept.as_of.isoformat(), "on": swept.on.isoformat(),
            "kept": is_kept,
            "tiers": [
                {
                    "enrolment": str(one.id), "rank": one.decided.rank, "before": one.standing.tier,
                    "tier": one.state.tier, "given": one.decided.given, "moved": one.decided.moved,
                    "waits": one.waits or None, "below_exit": one.state.below_exit, "strategic": one.is_strategic,
                    "value": one.standing.value_minor, "conversions": one.standing.conversions,
                }
                for one in swept.found
            ],
        })  # fmt: skip
        return
    names = _names(swept)
    moving = [one for one in swept.found if one.standing.tier != one.decided.tier or one.waits]
    for one in moving:
        arrow = f"{one.standing.tier or '–'} → {one.decided.tier}" + (f" (waits: {one.waits})" if one.waits else "")
        say(f"{one.decided.rank:>5}  {names[one.id][:32]:<32}  {arrow}")
    sizes: dict[str, int] = {}
    for one in swept.found:
        sizes[one.state.tier or ""] = sizes.get(one.state.tier or "", 0) + 1
    say(", ".join(f"{sizes.get(rule.key, 0)} {rule.key}" for rule in swept.rules.tiers) + ".")
    say(f"{len(moving)} moves {'made or waiting' if is_kept else 'would be made; nothing was stored'}.")


def _names(swept: Any) -> dict[Any, str]:
    from hanse.programs.enrolments.models import Enrolment

    return dict(Enrolment.objects.filter(program=swept.program).values_list("pk", "partner__name"))


def _amount(minor: int, program: Any) -> str:
    from hanse.kernel.money import decimal_text

    return f"{decimal_text(minor, program.currency)} {program.currency}"


def _rules(program: Any, file: Path | None) -> Any:
    if file is None:
        return None
    from hanse.growth.tiers.versions import read_rules
    from hanse.kernel.errors import Invalid

    try:
        return read_rules(program, json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        fail(f"{file} is not JSON: {error}")
    except Invalid as error:
        fail("\n".join(f"{problem.pointer}: {problem.message}" for problem in error.problems))


def _moment(text: str, program: Any, now: datetime) -> datetime:
    from datetime import date, timedelta

    from hanse.kernel.clock import day_starts_at

    if not text:
        return now
    try:
        if len(text) == 10:
            end = day_starts_at(date.fromisoformat(text) + timedelta(days=1), program.time_zone)
            return min(now, end - timedelta(microseconds=1))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        fail("Write a day like 2026-05-01, or a moment like 2026-05-01T12:00:00Z.")
    return at if at.tzinfo else fail("Say the zone: end the moment with Z or an offset.")


def _program(slug: str) -> Any:
    from hanse.runtime.cli.trying import _program as program_named

    return program_named(slug)
