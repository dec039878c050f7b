"""Links: every partner's tracking address, where it leads, and what it brought lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import MANAGE, console_page, may
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.domains.queries import link_base
from hanse.programs.programs.models import Program
from hanse.traffic.links.listing import LinkClicks, State, clicks_of_links, links_in
from hanse.traffic.links.models import Link

_STATES = ("working", "archived", "all")


@console_page()
@needs_program
def links(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the program's links."""
    state = UrlState(request.GET)
    which = cast("State", state.choice("state", _STATES, "working"))
    base = link_base(program.pk)
    table = Table(state, links_in(program.pk, search=state.text("q"), state=which), _columns(base), "-created")
    if wants_csv(request):
        return export("links", table)
    clicked = clicks_of_links([link.number for link in table.page_rows], clock.now() - timedelta(days=30))
    rows = [
        {
            "link": link, "id": text_id("lnk", link.pk), "url": f"{base}/{link.slug}",
            "clicks": clicked.get(link.number, LinkClicks()),
            "partner": link.enrolment.partner, "partner_href": partner_href(link.enrolment.partner_id),
        }
        for link in table.page_rows
    ]  # fmt: skip
    context = {"table": table, "rows": rows, "q": state.text("q"), "state": which, "may_make": may(request, MANAGE)}
    return traffic_page(request, program, "console/traffic/links.html", "links", context)


def _columns(base: str) -> Sequence[Column[Link]]:
    return [
        Column(
            "partner", _("Partner"), order=("enrolment__partner__name",), cell=lambda link: link.enrolment.partner.name
        ),
        Column("slug", _("Link"), order=("slug",), cell=lambda link: f"{base}/{link.slug}"),
        Column("offer", _("Offer"), order=("offer__name",), cell=lambda link: link.offer.name),
        Column("to", _("Leads to"), cell=lambda link: link.destination_url),
        Column("label", _("Label"), cell=lambda link: link.label),
        Column("initiative", _("Initiative"), cell=lambda link: link.initiative),
        Column(
            "created", _("Made"), order=("created_at",), cell=lambda link: link.created_at.isoformat(), is_number=True
        ),
    ]
