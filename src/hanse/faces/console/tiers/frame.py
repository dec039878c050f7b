"""The frame of the pages of Tiers: their tabs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from hanse.faces.common.page import console
from hanse.faces.common.tabs import tabs
from hanse.growth.care.queries import overdue_in
from hanse.growth.tiers.queries import reviews_waiting
from hanse.kernel import clock
from hanse.programs.programs.models import Program

TABS = (
    ("field", gettext_lazy("Who is where"), "console:tiers"),
    ("decisions", gettext_lazy("Decisions"), "console:tier_decisions"),
    ("rule", gettext_lazy("The rule"), "console:tier_rule"),
    ("gets", gettext_lazy("What each tier gets"), "console:tier_gets"),
    ("promises", gettext_lazy("Our promises"), "console:tier_promises"),
)


def tiers_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Tiers under its tabs, which count what waits."""
    counts = {
        "field": reviews_waiting(program.pk).count(), "promises": overdue_in(program.pk, clock.now()).count(),
    }  # fmt: skip
    shown = {**context, "tabs": tabs(TABS, here, counts), "program": program}
    return console(request, template, "tiers", shown, status=status)
