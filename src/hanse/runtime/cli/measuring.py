"""Verbs that measure: `hanse bench NAME`. What they run lies in bench/ beside the sources, not in the package."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from hanse.runtime.cli.options import Data, fail, say_json

bench = typer.Typer(help="Measure this machine; each prints one JSON line last.", no_args_is_help=True)
verbs = typer.Typer()
verbs.add_typer(bench, name="bench")


@bench.command()
def edge(
    seconds: Annotated[float, typer.Option(help="How long each of the six loads lasts.", min=1)] = 8.0,
    links: Annotated[int, typer.Option(help="How many links the edge knows.", min=1)] = 100_000,
    data: Data = None,
) -> None:
    """Clicks: redirects a second, each durable first, against nginx. Works in a folder of its own, not in --data.

    With more than 100,000 links it also tells what they cost in memory and in pauses.
    """
    say_json(_measurement("edge").run(seconds=seconds, links=links))


@bench.command()
def links(
    size: Annotated[int, typer.Option(help="How many links.", min=1_000)] = 1_000_000,
    data: Data = None,
) -> None:
    """Links in memory: megabytes, time to load, longest pause, time until a change is there. Not in --data."""
    say_json(_measurement("links").run(links=size))


@bench.command()
def ingest(
    size: Annotated[int, typer.Option(help="How many orders.", min=1_000)] = 200_000,
    data: Data = None,
) -> None:
    """Orders: through door and pipeline to the ledger, on SQLite. Works in a folder of its own, not in --data."""
    say_json(_measurement("ingest").run(size=size))


@bench.command()
def calm(
    seconds: Annotated[float, typer.Option(help="How long each of the two rates lasts.", min=1)] = 10.0,
    backlog: Annotated[int, typer.Option(help="How many orders wait for the pipeline.", min=1_000)] = 60_000,
    data: Data = None,
) -> None:
    """Calm: clicks and pages while the pipeline is busy. Works in a folder of its own, not in --data."""
    say_json(_measurement("calm").run(seconds=seconds, backlog=backlog))


@bench.command()
def reports(
    partners: Annotated[int, typer.Option(help="How many partners.", min=100)] = 10_000,
    data: Data = None,
) -> None:
    """Pages: Overview and the partner pages over a year of rollups. Works in a folder of its own, not in --data."""
    say_json(_measurement("reports").run(partners=partners))


@bench.command()
def onboarding(
    partners: Annotated[int, typer.Option(help="How many partners.", min=100)] = 10_000,
    data: Data = None,
) -> None:
    """Onboarding: the funnel's page and the sweep. Works in a folder of its own, not in --data."""
    say_json(_measurement("onboarding").run(partners=partners))


@bench.command()
def tiers(
    size: Annotated[int, typer.Option(help="How many enrolments.", min=100)] = 100_000,
    data: Data = None,
) -> None:
    """Tiers: one evaluation and one dry run of a whole field. Works on invented numbers, not in --data."""
    say_json(_measurement("tiers").run(size=size))


@bench.command()
def letters(
    size: Annotated[int, typer.Option(help="How many recipients.", min=100)] = 100_000,
    data: Data = None,
) -> None:
    """Letters: a newsletter planned, filled and queued, killed in the middle. Works in a folder of its own."""
    say_json(_measurement("letters").run(recipients=size))


@bench.command()
def mentions(
    size: Annotated[int, typer.Option(help="How many mentions.", min=100)] = 100_000,
    data: Data = None,
) -> None:
    """Mentions: names read out of answers and spellings brought together. Works in a folder of its own."""
    say_json(_measurement("mentions").run(size=size))


@bench.command()
def watch(
    size: Annotated[int, typer.Option(help="How many links.", min=1_000)] = 1_000_000,
    data: Data = None,
) -> None:
    """Watch: a million links judged beside their own past, and the pages behind them. In a folder of its own."""
    say_json(_measurement("watch").run(links=size))


@bench.command()
def content(
    size: Annotated[int, typer.Option(help="How many feeds, of ten pieces each.", min=100)] = 50_000,
    data: Data = None,
) -> None:
    """Content: feeds read, pieces kept, their clicks and sales counted. Works in a folder of its own, not in --data."""
    say_json(_measurement("content").run(feeds=size))


@bench.command()
def pricing(
    size: Annotated[int, typer.Option(help="How many credited conversions.", min=1_000)] = 1_000_000,
    data: Data = None,
) -> None:
    """What-if: a year of credited conversions under five clauses. Works in a folder of its own, not in --data."""
    say_json(_measurement("pricing").run(size=size))


def _measurement(name: str) -> ModuleType:
    """Return a module of bench/; ends with one line where there is none, as in an installed wheel."""
    root = Path(__file__).resolve().parents[4]
    if not (root / "bench" / f"{name}.py").exists():
        fail("The measurements come with the source, not with the installed package: run this from a checkout.")
    sys.path.insert(0, str(root))
    return importlib.import_module(f"bench.{name}")
