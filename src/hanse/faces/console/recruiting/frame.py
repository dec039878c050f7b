"""The tabs of Recruit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs
from hanse.growth.mentions.queries import unclear_answers
from hanse.growth.recruiting.models import Application
from hanse.programs.programs.models import Program

_TABS: tuple[Entry, ...] = (
    ("applications", _("Applications"), "console:recruit"),
    ("invitations", _("Invitations"), "console:invitations"),
    ("sharing", _("Customers"), "console:sharing"),
    ("candidates", _("Candidates"), "console:candidates"),
    ("answers", _("To read"), "console:answers"),
    ("log", _("Log and import"), "console:mentions_new"),
    ("survey", _("Survey"), "console:survey"),
    ("pipeline", _("Pipeline"), "console:prospects"),
    ("profile", _("Ideal partner"), "console:ideal_partner"),
    ("onboarding", _("Onboarding"), "console:onboarding"),
)


def recruit_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Recruit whose tab `here` is open."""
    counts = {
        "applications": Application.objects.filter(program=program, status="waiting").count(),
        "answers": unclear_answers(program.pk).count(),
    }
    found = {**context, "program": program, "tabs": tabs(_TABS, here, counts)}
    return console(request, template, "recruit", found, status=status)
