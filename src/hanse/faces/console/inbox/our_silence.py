"""Our silence: with whom none of us has spoken for longer than their tier allows."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import console_page, may
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.inbox.frame import inbox_page
from hanse.growth.conversations.queries import care_by_tier
from hanse.growth.conversations.silence import our_silence
from hanse.growth.conversations.types import OurSilence
from hanse.kernel import clock
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

_MOST = 2_000


@console_page()
@needs_program
@require_GET
def our_silence_page(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List them, most value at stake first, with the limit of their tier."""
    found, care = our_silence(program.pk, clock.now(), _MOST), care_by_tier(program.pk)
    columns: list[Column[OurSilence]] = [
        Column("name", _("Partner"), order=lambda r: r.name.casefold(), cell=lambda r: r.name),
        Column("tier", _("Tier"), cell=lambda r: r.tier_name),
        Column("days", _("Days"), order=lambda r: r.days, cell=lambda r: r.days, is_number=True),
        Column("limit", _("Limit"), cell=lambda r: r.limit_days, is_number=True),
        Column(
            "value", _("Value"), order=lambda r: r.value_at_stake_minor, is_number=True,
            cell=lambda r: decimal_text(r.value_at_stake_minor, program.currency),
        ),
        Column("owner", _("Owner"), order=lambda r: r.owner.casefold(), cell=lambda r: r.owner),
    ]  # fmt: skip
    table = Table(UrlState(request.GET), found, columns, "-value")
    if wants_csv(request):
        return export("our-silence", table)
    context = {
        "program": program, "table": table, "count": len(found), "may_act": may(request),
        "limits": [(tier, care[tier.key].silence_days) for tier in tiers_of(program.pk)],
    }  # fmt: skip
    return inbox_page(request, "console/inbox/our_silence.html", "inbox", context)
