"""The tabs of Money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs
from hanse.money.holds.listing import open_case_count
from hanse.programs.programs.models import Program

_TABS: tuple[Entry, ...] = (
    ("balances", _("Balances"), "console:money"),
    ("commissions", _("Commissions"), "console:commissions"),
    ("cases", _("Holds & cases"), "console:cases"),
    ("payouts", _("Payouts"), "console:payouts"),
    ("papers", _("Statements"), "console:papers"),
    ("budget", _("Budget"), "console:budget"),
    ("benefits", _("Benefits"), "console:benefits"),
    ("adjustments", _("Adjustments"), "console:adjustments"),
)


def money_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Money whose tab `here` is open."""
    counts = {"cases": open_case_count(program.pk)}
    found = {**context, "program": program, "tabs": tabs(_TABS, here, counts)}
    return console(request, template, "money", found, status=status)
