"""Offers that the API refused as beyond a budget: they are put before whoever may approve of them."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from hanse.faces.api.access import actor
from hanse.faces.api.problems import problem
from hanse.growth.budgets.guarding import ask_approval
from hanse.growth.budgets.types import OverBudget
from hanse.kernel import clock
from hanse.kernel.ids import text_id


def asked_for_approval(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Ask for approval of what this request wanted to offer, if it was refused for that, and say under which id.

    Called when the request's own transaction is over, or the question would be taken back with the offer.
    """
    refused: OverBudget | None = getattr(request, "beyond_budget", None)
    if refused is None:
        return response
    with transaction.atomic():
        row = ask_approval(refused, now=clock.now(), by=actor(request))
    return problem(409, refused.message, code=refused.code, more={"overrun": text_id("ovr", row.pk)})
