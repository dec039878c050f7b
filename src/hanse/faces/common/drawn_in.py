"""In which program a form was drawn. The session keeps one program for all tabs of a browser, and a form sent from a
tab that shows another one must not act in it."""

from __future__ import annotations

from django.http import HttpRequest

from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

FIELD = "in_program"


def draw_in(request: HttpRequest, program: Program | None) -> None:
    """Let the forms of this answer name a program."""
    request.hanse_drawn_in = text_id("prg", program.pk) if program else ""  # type: ignore[attr-defined]  # read below


def drawn_in(request: object) -> str:
    """Return the text id of the program that this answer's forms name, or "" for a page that lies in none."""
    return str(getattr(request, "hanse_drawn_in", ""))


def sent_from(request: HttpRequest) -> str:
    """Return the text id of the program in which the form was drawn that is sent here; "" when it does not say."""
    return request.POST.get(FIELD, "") if request.method == "POST" else ""
