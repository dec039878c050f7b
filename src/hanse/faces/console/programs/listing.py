"""The programs of this installation, with what each promises in a sentence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hanse.faces.common.access import console_page, may
from hanse.faces.common.page import console, current_program
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.kinds.frame import program_tabs
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.programs.programs.overview import programs_with_counts
from hanse.programs.terms.in_force import program_terms_in_force
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences


@console_page()
def programs(request: HttpRequest) -> HttpResponse:
    """List programs, those at work first."""
    now, current = clock.now(), current_program(request)
    found = programs_with_counts()
    in_force = program_terms_in_force([program.pk for program in found], now)
    rows = []
    for program in found:
        terms = in_force.get(program.pk)
        words = sentences(body_of(terms), program.currency, _names(program)) if terms else []
        rows.append({"program": program, "words": words[:3], "more": max(0, len(words) - 3)})
    context = {
        "rows": [row for row in rows if not _archived(row["program"])],
        "archived": [row for row in rows if _archived(row["program"])],
        "may_change": may(request, CHANGE), "tabs": program_tabs(current, "programs") if current else [],
    }  # fmt: skip
    return console(request, "console/programs/list.html", "programs", context)


def _archived(program: object) -> bool:
    return isinstance(program, Program) and program.archived_at is not None


def _names(program: Program) -> dict[str, str]:
    return {goal.key: goal.name for goal in program.goals.all()}
