"""Today: what to do next, most valuable first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hanse.faces.common.access import console_page
from hanse.faces.common.page import console, needs_program
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def today(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the ranked list."""
    return console(request, "console/today.html", "today")
