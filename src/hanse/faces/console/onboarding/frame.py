"""The pages of Onboarding inside Recruit, with the row that leads from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hanse.faces.console.recruiting.frame import recruit_page
from hanse.programs.programs.models import Program

_PAGES = (
    ("numbers", _("In numbers"), "console:onboarding"),
    ("people", _("Under way"), "console:onboarding_people"),
    ("tasks", _("Our tasks"), "console:onboarding_tasks"),
    ("wins", _("First wins"), "console:first_wins"),
    ("paths", _("Paths"), "console:onboarding_paths"),
    ("launch", _("Launch and pilots"), "console:launch"),
)


def onboarding_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Onboarding."""
    rows = [(str(name), reverse(url), key == here) for key, name, url in _PAGES]
    found = {**context, "onboarding_pages": rows}
    return recruit_page(request, program, f"console/onboarding/{template}.html", "onboarding", found, status=status)
