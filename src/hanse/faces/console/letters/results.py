"""Results: what came of every letter, by letter and tier, and who cannot be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.messages.frame import messages_page
from hanse.growth.reach.actions import reopen_address
from hanse.growth.reach.models import Suppression
from hanse.growth.reach.queries import suppressions
from hanse.growth.sends.results import Result, results_by_letter
from hanse.kernel import clock
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

DAYS = ("30", "90", "365")


@dataclass(frozen=True, slots=True)
class Sums:
    """What came of all letters of a time."""

    sent: int
    delivered: int
    clicked: int
    replied: int
    acted: int
    stopped: int


@console_page()
@needs_program
@require_safe
def letter_results(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show what came of the letters of a time by letter and tier; the same as CSV."""
    state, now = UrlState(request.GET), clock.now()
    days = state.choice("days", DAYS) or "90"
    rows = results_by_letter(program.pk, now - timedelta(days=int(days)), now)
    table = Table(state, rows, _columns(), "-sent")
    if wants_csv(request):
        return export("letters", table)
    closed = list(_closed(program)[:50])
    context = {
        "table": table, "sums": _sums(rows), "days": days, "closed": closed, "may_act": may(request),
        "choices": [(one, state.link(days=one), one == days) for one in DAYS],
    }  # fmt: skip
    return messages_page(request, "console/letters/results.html", "results", context)


def _columns() -> list[Column[Result]]:
    return [
        Column("letter", _("Letter"), order=lambda row: (row.name, row.tier), cell=lambda row: row.name or _("Notes")),
        Column("tier", _("Tier"), order=lambda row: row.tier, cell=lambda row: row.tier),
        *(_number(key, name) for key, name in (
            ("sent", _("Sent")), ("delivered", _("Delivered")), ("opened", _("Opened")), ("clicked", _("Clicked")),
            ("replied", _("Replied")), ("acted", _("Did it")), ("moved_up", _("Moved up")), ("stopped", _("Stopped")),
        )),
    ]  # fmt: skip


def _number(key: str, name: str) -> Column[Result]:
    return Column(
        key, name, order=lambda row: getattr(row, key), cell=lambda row: getattr(row, key), is_number=True
    )  # fmt: skip


def _sums(rows: Sequence[Result]) -> Sums:
    return Sums(*(sum(getattr(row, name) for row in rows) for name in Sums.__slots__))


def _closed(program: Program) -> list[Suppression]:
    """Return the closed addresses of this program's partners."""
    own = Enrolment.objects.filter(program=program).values("partner__email")
    return suppressions().filter(address__in=own)  # type: ignore[return-value]


@console_page()
@writes
@needs_program
@require_POST
def address_reopen(request: HttpRequest, program: Program) -> HttpResponse:
    """Write to an address again, after a person made sure that it works."""
    address = request.POST.get("address", "")[:254].replace("\x00", "")
    own = Enrolment.objects.filter(program=program, partner__email__iexact=address).exists()
    if own and reopen_address(address, now=clock.now(), by=actor(request)):
        tell(request, _("Letters go to %(address)s again.") % {"address": address})
    return HttpResponseRedirect(reverse("console:letter_results"))
