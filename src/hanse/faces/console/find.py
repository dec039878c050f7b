"""The palette's list: partners, orders, codes, pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hanse.faces.common.access import console_page
from hanse.faces.common.page import needs_program
from hanse.programs.programs.models import Program


@console_page()
@needs_program
def find(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer with the list of what was found, as options for the palette."""
    return render(request, "console/found.html", {"groups": []})
