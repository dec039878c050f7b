"""Clashes: customers whom several partners registered, side by side; one decision with one reason for all of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.traffic.deals import days_asked, state_word
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.access.queries import team
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.traffic.deals.actions import settle_clash
from hanse.traffic.deals.models import Deal
from hanse.traffic.deals.queries import clashes_in
from hanse.traffic.deals.routing import assign_deal


@console_page()
@needs_program
@require_GET
def clashes(request: HttpRequest, program: Program) -> HttpResponse:
    """Show each contested customer with every claim to it."""
    found = clashes_in(program.pk, clock.now())
    context = {
        "clashes": [[_shown(deal, place) for place, deal in enumerate(deals)] for deals in found],
        "may_change": may(request, CHANGE), "days": policy_of(program.pk).protection_days,
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/clashes.html", "deals", context)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def settle(request: HttpRequest, program: Program, deal_id: str) -> HttpResponse:
    """Decide for one partner."""
    deal, reason = _deal(program, deal_id), str(request.POST.get("reason", ""))
    attempt_or_warn(
        request,
        lambda: settle_clash(deal, days=days_asked(request), reason=reason, now=clock.now(), by=actor(request)),
        _("Decided. All of them read your reason."),
    )
    return HttpResponseRedirect(reverse("console:deal_clashes"), status=303)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def assign(request: HttpRequest, program: Program, deal_id: str) -> HttpResponse:
    """Give a deal into a colleague's care."""
    deal, chosen = _deal(program, deal_id), str(request.POST.get("owner", ""))
    owner = next((one for one in team() if str(one.pk) == chosen), None)
    attempt_or_warn(
        request, lambda: assign_deal(deal, owner, now=clock.now(), by=actor(request)), _("It is in their care now.")
    )
    return HttpResponseRedirect(reverse("console:deals"), status=303)


def _deal(program: Program, deal_id: str) -> Deal:
    return get_object_or_404(Deal, pk=id_or_404("dea", deal_id), program=program)


def _shown(deal: Any, place: int) -> dict[str, Any]:
    return {
        "deal": deal, "id": text_id("dea", deal.pk), "href": partner_href(deal.enrolment.partner_id),
        "word": state_word(deal.state), "is_first": place == 0,
    }  # fmt: skip
