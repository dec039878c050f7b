"""Clicks: valid or not, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.periods import chosen_days, period_choices, since
from hanse.faces.console.traffic.click_reasons import (
    device_word,
    invalid_share,
    network_word,
    reason_shares,
    reason_word,
)
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.traffic.clicks.listing import VALID, ClickFilter, clicks_by_reason, clicks_in
from hanse.traffic.clicks.models import Click
from hanse.traffic.links.listing import links_by_number


@console_page()
@needs_program
def clicks(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List clicks with their reasons, filtered by partner, reason and time."""
    state, now = UrlState(request.GET), clock.now()
    days = chosen_days(state)
    which = _filter(state, program, since(days, program.time_zone, now))
    table = Table(state, clicks_in(which), _columns(), "-at")
    if wants_csv(request):
        return export("clicks", table)
    links = links_by_number({click.link_number for click in table.page_rows})
    rows = []
    for click in table.page_rows:
        link = links.get(click.link_number)
        partner = link.enrolment.partner if link else None
        rows.append({
            "click": click, "link": link, "partner": partner, "word": reason_word(click.reason),
            "partner_href": partner_href(partner.pk) if partner else "", "device": device_word(click.device),
            "network": network_word(click.network),
        })  # fmt: skip
    counts = clicks_by_reason(which)
    context = {
        "table": table, "rows": rows, "days": days, "periods": period_choices(),
        "reasons": _reasons(state, counts, which),
        "partners": [(text_id("enr", e.pk), e.partner.name) for e in enrolments_of_program(program.pk)],
        "partner": state.text("partner"), "reason": which.reason, "valid": counts.get("", 0),
        "total": sum(counts.values()), "invalid_share": invalid_share(counts), "link_number": which.link_number,
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/clicks.html", "clicks", context)


def _filter(state: UrlState, program: Program, start: datetime) -> ClickFilter:
    number = state.text("link")
    return ClickFilter(
        program.pk, start, enrolment_id=_enrolment(state.text("partner")), reason=state.text("reason")[:20],
        link_number=int(number) if number.isascii() and number.isdigit() and len(number) < 12 else None,
    )  # fmt: skip


def _enrolment(text: str) -> UUID | None:
    try:
        return parse_id("enr", text) if text else None
    except Invalid:
        return None


def _reasons(state: UrlState, counts: dict[str, int], which: ClickFilter) -> list[dict[str, object]]:
    """Return the reasons that occur, the most frequent first, each with a link that shows only its clicks."""
    chips = [
        {
            "name": row.name, "text": row.text, "number": row.number, "share": row.share,
            "href": state.link(reason=row.reason or VALID), "is_here": which.reason == (row.reason or VALID),
        }
        for row in reason_shares(counts)
    ]  # fmt: skip
    everything = {
        "name": _("All"), "text": "", "number": sum(counts.values()), "href": state.link(reason=""),
        "is_here": not which.reason,
    }  # fmt: skip
    return [everything, *chips]


def _columns() -> Sequence[Column[Click]]:
    return [
        Column(
            "at", _("When"), order=("occurred_at",), cell=lambda click: click.occurred_at.isoformat(), is_number=True
        ),
        Column("id", _("Click"), cell=lambda click: f"clk_{click.id}"),
        Column("link", _("Link number"), order=("link_number",), cell=lambda click: click.link_number),
        Column("country", _("Country"), order=("country",), cell=lambda click: click.country),
        Column("device", _("Device"), order=("device",), cell=lambda click: click.device),
        Column("variant", _("Arm of the split"), order=("variant",), cell=lambda click: click.variant),
        Column("subs", _("Sub-parameters"), cell=lambda click: urlencode(click.subs)),
        Column("from", _("Came from"), order=("referrer_host",), cell=lambda click: click.referrer_host),
        Column("reason", _("Counts"), order=("reason",), cell=lambda click: click.reason or VALID),
    ]
