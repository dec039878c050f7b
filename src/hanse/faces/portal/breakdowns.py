"""Where clicks and sales come from: the partner's own numbers alone, nothing about groups under ten customers."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from hanse.faces.common.access import portal_page
from hanse.faces.common.breakdown import breakdown_lines, breakdown_page
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import UrlState, csv_file, wants_csv
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.insight.breakdown.types import Scope


@portal_page
@needs_seat
@require_GET
def numbers(request: HttpRequest, seat: Seat) -> HttpResponseBase:
    """Break the partner's numbers down, or hand the same out as CSV."""
    state, now = UrlState(request.GET), reader()
    scope = Scope(seat.program.pk, seat.enrolment.pk)
    if wants_csv(request):
        return csv_file(*breakdown_lines(state, scope, seat.program, now, for_partner=True))
    found = breakdown_page(state, scope, seat.program, now, for_partner=True)
    return portal(request, seat, "portal/numbers.html", "links", {"b": found, "chart": found.chart})
