"""`hanse silence`: look at every partner by hand, and try the rule of silence on the past."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hanse.runtime.cli.options import AsJson, Data, fail, open_migrated, say, say_json

silence = typer.Typer(help="Facts, silence and health: look now, or try the rule on the past.", no_args_is_help=True)
verbs = typer.Typer()
verbs.add_typer(silence, name="silence")

ProgramSlug = Annotated[str, typer.Option("--program", help="The slug of the program.")]
AsOf = Annotated[str, typer.Option("--as-of", help="A day like 2026-05-01 (its end). Default: now.")]


@silence.command()
def look(program: ProgramSlug = "", as_of: AsOf = "", data: Data = None, as_json: AsJson = False) -> None:
    """Find facts, silence and health anew, as the daily task does. A second run for a date replaces the first."""
    open_migrated(data)
    from hanse.runtime.relations import look_again

    found = program_of(program)
    looked = look_again(found, moment_of(as_of, found))
    if as_json:
        say_json({"enrolments": looked.enrolments, "facts": looked.facts, "silent": looked.silent})
    else:
        say(f"Looked at {looked.enrolments} partners: {looked.facts} facts, {looked.silent} silent.")


@silence.command()
def backtest(
    program: ProgramSlug = "",
    days: Annotated[int, typer.Option(help="How many days back.", min=30, max=1095)] = 365,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Try the rule on the past: how many alarms, how many of them false, how many of those gone it found."""
    open_migrated(data)
    from hanse.growth.silence.history import backtest as run
    from hanse.kernel import clock
    from hanse.kernel.clock import local_day

    found = program_of(program)
    result = run(found, local_day(clock.now(), found.time_zone), days)
    if as_json:
        say_json({
            "alarms": result.alarms, "judged": result.judged, "false": result.false, "gone": result.gone,
            "found": result.found, "days_to_find": result.days_to_find,
        })  # fmt: skip
        return
    say(f"{result.alarms} alarms in {days} days; {result.false} of {result.judged} judged were false.")
    waited = "" if result.days_to_find is None else f", half of them within {result.days_to_find} days"
    say(f"{result.gone} went away for 90 days; {result.found} of them were found{waited}.")


def program_of(slug: str) -> Any:
    """Return the program with a slug, or the only one; ends with one line where there is none."""
    from hanse.runtime.cli.trying import _program as program_named

    return program_named(slug)


def moment_of(text: str, program: Any) -> Any:
    """Return the end of a day as written on the command line, or now; ends with one line where it is no day."""
    from datetime import date, timedelta

    from hanse.kernel import clock
    from hanse.kernel.clock import day_starts_at

    if not text:
        return clock.now()
    try:
        end = day_starts_at(date.fromisoformat(text) + timedelta(days=1), program.time_zone)
    except (ValueError, OverflowError):
        fail("Write a day like 2026-05-01.")
    return min(clock.now(), end - timedelta(microseconds=1))
