"""Verbs that bring programs and orders in: demo, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hanse.runtime.cli.options import AsJson, Data, data_folder, fail, open_installation, open_migrated, say, say_json

verbs = typer.Typer()
imports = typer.Typer(help="Bring files in.", no_args_is_help=True)
verbs.add_typer(imports, name="import")


@verbs.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Do nothing where the demo is already loaded.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Load the demo program into an empty installation: real public orders of a gift shop, invented partners."""
    from hanse.runtime.fresh import erase_half_loaded

    erase_half_loaded(data_folder(data))
    folder = open_installation(data)
    from hanse.runtime.demo.load import demo_is_loaded
    from hanse.runtime.migrate import migrate

    migrate()
    if demo_is_loaded():
        if not once:
            fail("The demo is already loaded. Use another --data folder for a fresh one.")
        loaded: dict[str, object] = {"loaded": False}
    else:
        from hanse.runtime.cli.demo import load_with_progress

        loaded = {"loaded": True, **load_with_progress(folder, quiet=as_json)}
    if as_json:
        say_json(loaded)


@imports.command("orders")
def import_orders(
    file: Annotated[
        Path, typer.Argument(help="A CSV file, plain or packed with gz or xz.", exists=True, dir_okay=False)
    ],
    program: Annotated[str, typer.Option("--program", help="The slug of the program the orders belong to.")],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring a shop's order file in through the journal, returns matched to sales. A stopped run goes on."""
    folder = open_migrated(data)
    from hanse.programs.models import Program
    from hanse.runtime.cli.orders import import_with_progress

    found = Program.objects.filter(slug=program).first() or fail(f"There is no program {program}.")
    report = import_with_progress(folder, found, file.absolute(), quiet=as_json)
    if as_json:
        say_json(report)
    else:
        for name, value in report.items():
            say(f"{name.replace('_', ' ')}: {value}")


@imports.command("rates")
def import_rates(
    file: Annotated[
        Path, typer.Argument(help="The bank's eurofxref-hist.csv, or date,currency,rate.", exists=True, dir_okay=False)
    ],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Keep exchange rates from a file; orders that waited for one are counted at their own time."""
    folder = open_migrated(data)
    from hanse.kernel.errors import Invalid
    from hanse.runtime.cli.orders import import_rates_of

    try:
        report = import_rates_of(folder, file.absolute())
    except (Invalid, UnicodeDecodeError) as error:
        fail(str(error))
    if as_json:
        say_json(report)
    else:
        for name, value in report.items():
            say(f"{name.replace('_', ' ')}: {value}")
