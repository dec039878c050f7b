"""`hanse watch`: look for faults by hand, and try the rule of links on the past."""

from __future__ import annotations

import typer

from hanse.runtime.cli.options import AsJson, Data, open_migrated, say, say_json
from hanse.runtime.cli.relations import AsOf, ProgramSlug, moment_of, program_of

watch = typer.Typer(help="Faults of links and tracking: look now, or try the rule on the past.", no_args_is_help=True)
verbs = typer.Typer()
verbs.add_typer(watch, name="watch")


@watch.command()
def look(program: ProgramSlug = "", as_of: AsOf = "", data: Data = None, as_json: AsJson = False) -> None:
    """Look for faults in orders, links and pages anew, as the daily task does; asks no page. Safe to run twice."""
    open_migrated(data)
    from hanse.runtime.watch import watch_program

    found = program_of(program)
    looked = watch_program(found, moment_of(as_of, found))
    if as_json:
        say_json({"opened": looked.opened, "open": looked.open_now})
    else:
        say(f"{looked.opened} incidents opened now; {looked.open_now} are open.")


@watch.command()
def backtest(program: ProgramSlug = "", as_of: AsOf = "", data: Data = None, as_json: AsJson = False) -> None:
    """Replay the past year with today's rule: how many alarms, and how many of them were false."""
    open_migrated(data)
    from hanse.growth.watch.finding import today_of
    from hanse.growth.watch.links import days_to_replay
    from hanse.growth.watch.replay import replay

    found = program_of(program)
    result = replay(*days_to_replay(found, today_of(found, moment_of(as_of, found))))
    if as_json:
        say_json({
            "first": result.first.isoformat(), "last": result.last.isoformat(), "links": result.links,
            "looks": result.looks, "alarms": result.alarms, "false": result.false_alarms,
            "false_per_thousand": round(result.false_per_thousand_looks, 4),
        })  # fmt: skip
        return
    say(f"{result.first} to {result.last}: {result.alarms} alarms in {result.looks} looks at {result.links} links.")
    say(f"{result.false_alarms} were false: {result.false_per_thousand_looks:.2f} in a thousand looks.")
