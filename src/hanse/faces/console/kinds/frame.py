"""The tabs of Programs & terms that are about who is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.page import NavItem, console
from hanse.faces.common.tabs import Entry, tabs
from hanse.growth.challenges.queries import waiting_entries
from hanse.growth.demarcation.queries import open_suggestions
from hanse.programs.programs.models import Program

_TABS: tuple[Entry, ...] = (
    ("programs", _("Programs"), "console:programs"),
    ("types", _("Partner types"), "console:types"),
    ("suggestions", _("Changes of type"), "console:type_suggestions"),
    ("challenges", _("Challenges"), "console:challenges"),
    ("prices", _("Price lists"), "console:price_lists"),
)


def program_tabs(program: Program | None, here: str) -> list[NavItem]:
    """Return the tabs, with what waits behind them."""
    counts = {
        "suggestions": open_suggestions(program.pk).count(), "challenges": waiting_entries(program.pk).count()
    } if program else {}  # fmt: skip
    return tabs(_TABS, here, counts)


def kinds_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page whose tab `here` is open."""
    found = {**context, "program": program, "tabs": program_tabs(program, here)}
    return console(request, template, "programs", found, status=status)
