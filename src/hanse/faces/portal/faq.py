"""Questions and answers: searched in one's own words; each answer asks whether it helped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import portal_page, writes
from hanse.faces.portal.resource_tabs import resource_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.faq.actions import vote
from hanse.growth.faq.models import FaqEntry
from hanse.growth.faq.queries import answers_for
from hanse.kernel import clock
from hanse.spine.safe_text import html_of


@portal_page
@needs_seat
@require_GET
def faq(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the answers that are for the partner, by topic, or what answers a search."""
    query = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    rows = answers_for(seat.enrolment, query)
    topics: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        topics.setdefault("" if query else row.topic, []).append({"entry": row, "html": html_of(row.answer)})
    context = {
        "tabs": resource_tabs("faq"), "groups": list(topics.items()), "query": query, "n": len(rows),
    }  # fmt: skip
    return portal(request, seat, "portal/faq.html", "resources", context)


@portal_page
@writes
@needs_seat
@require_POST
def helped(request: HttpRequest, seat: Seat, entry_id: UUID) -> HttpResponse:
    """Hear whether an answer helped."""
    row: FaqEntry | None = next((one for one in answers_for(seat.enrolment) if one.pk == entry_id), None)
    if row is None:
        raise Http404
    has_helped = request.POST.get("has_helped") == "yes"
    vote(row, seat.enrolment, has_helped, now=clock.now())
    return render(request, "portal/faq_thanks.html", {"has_helped": has_helped})
