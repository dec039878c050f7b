"""The command's table of verbs, and how errors become one line and an exit code."""

from __future__ import annotations

import sys

import typer

from hanse.kernel.errors import HanseError, Invalid
from hanse.runtime.cli import (
    books,
    budgets,
    keeping,
    measuring,
    payouts,
    people,
    programs,
    relations,
    serving,
    tiers,
    trying,
    watching,
)
from hanse.runtime.cli.options import WRONG_USE
from hanse.runtime.environment import BadSetting
from hanse.runtime.processes import RoleBusy

app = typer.Typer(
    name="hanse",
    help="Run a business's whole partner program on your own machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
_GROUPS = (serving, people, programs, books, budgets, trying, tiers, relations, watching, payouts, keeping, measuring)
for _verbs in [group.verbs for group in _GROUPS]:
    app.registered_commands += _verbs.registered_commands
    app.registered_groups += _verbs.registered_groups


def main() -> None:
    """Run one verb. What the product refuses becomes one line on stderr and exit code 2, never a trace."""
    try:
        app()
    except Invalid as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem.pointer or 'input'}: {problem.message}\n")
        sys.exit(WRONG_USE)
    except (HanseError, BadSetting, RoleBusy, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(WRONG_USE)
