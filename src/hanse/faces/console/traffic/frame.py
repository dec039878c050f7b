"""The tabs of Traffic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs
from hanse.programs.programs.models import Program
from hanse.spine.parked.queries import parked_facts
from hanse.traffic.deals.queries import open_deal_count
from hanse.traffic.resale.queries import reported_orders

_TABS: tuple[Entry, ...] = (
    ("links", _("Links"), "console:traffic"),
    ("clicks", _("Clicks"), "console:clicks"),
    ("conversions", _("Conversions"), "console:conversions"),
    ("deals", _("Deals"), "console:deals"),
    ("resale", _("Resale"), "console:resale"),
    ("customers", _("Customers"), "console:customers"),
    ("parked", _("Parked"), "console:parked"),
    ("watch", _("Watch"), "console:watch"),
    ("why", _("Why?"), "console:why"),
)


def traffic_page(
    request: HttpRequest, program: Program, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Traffic whose tab `here` is open."""
    counts = {
        "parked": parked_facts(program_id=program.pk).count(), "deals": open_deal_count(program.pk),
        "resale": reported_orders(program.pk).count(),
    }  # fmt: skip
    found = {**context, "program": program, "tabs": tabs(_TABS, here, counts)}
    return console(request, template, "traffic", found, status=status)
