"""A manager looks at a portal as its partner sees it: begun by name, written down, and unable to change anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from hanse.faces.common.access import MANAGE, VIEWED_PARTNER, actor, console_page, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.portal.seat import CHOSEN
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.people.partners.models import Partner
from hanse.spine.audit.actions import record_change


@console_page(MANAGE)
@writes
@require_POST
def view_as(request: HttpRequest, partner: str) -> HttpResponse:
    """Begin to look at a partner's portal."""
    row = get_object_or_404(Partner, pk=id_or_404("prt", partner))
    record_change(
        actor=actor(request), verb="view_portal", subject_kind="partner", subject_id=row.pk, before={}, after={},
        now=clock.now(),
    )  # fmt: skip
    request.session[VIEWED_PARTNER] = text_id("prt", row.pk)
    request.session.pop(CHOSEN, None)
    return redirect("portal:home")


@console_page(MANAGE)
@require_POST
def view_end(request: HttpRequest) -> HttpResponse:
    """Go back to the partner's page in the console."""
    viewed = request.session.pop(VIEWED_PARTNER, "")
    request.session.pop(CHOSEN, None)
    try:
        return redirect(partner_href(parse_id("prt", str(viewed))) or "/console/")
    except Invalid:
        return redirect("/console/")
