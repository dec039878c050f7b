"""Parked facts: those that wait for another, contradict what is known, or failed. Nothing is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.traffic.frame import traffic_page
from hanse.faces.console.traffic.parked_words import differences, waits_words
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.parked.actions import dismiss_fact, retry_fact
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.queries import parked_facts
from hanse.spine.parked.summary import open_by_status
from hanse.traffic.conversions.listing import known_versions

_STATUSES = ("waiting", "conflict", "failed", "resolved", "dismissed")


@console_page()
@needs_program
def parked(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List parked facts of one status."""
    state = UrlState(request.GET)
    counts = open_by_status(program.pk)
    first = next((status for status in ("conflict", "failed", "waiting") if counts.get(status)), "waiting")
    status = state.choice("status", _STATUSES, first)
    table = Table(state, parked_facts(status, program_id=program.pk, search=state.text("q")), _columns(), "-received")
    if wants_csv(request):
        return export("parked", table)
    known = known_versions(program.pk, {row.external_id for row in table.page_rows if row.status == "conflict"})
    rows = [
        {
            "fact": row, "words": waits_words(row), "dialog": f"dismiss-{row.pk}",
            "differences": differences(row, known.get((row.kind, row.external_id))) if status == "conflict" else [],
        }
        for row in table.page_rows
    ]  # fmt: skip
    context = {
        "table": table, "rows": rows, "status": status, "counts": counts, "q": state.text("q"),
        "states": [(key, name, counts.get(key, 0), state.link(status=key)) for key, name in _names()],
        "may_change": may(request, CHANGE), "is_open": status in ("waiting", "conflict", "failed"),
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/parked.html", "parked", context)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def retry(request: HttpRequest, program: Program, parked_id: UUID) -> HttpResponse:
    """Let the pipeline try a fact again; a contradicting one then replaces what was known first."""
    fact = get_object_or_404(ParkedFact, pk=parked_id, program_id=program.pk)
    before, now = fact.status, clock.now()

    def act() -> None:
        retry_fact(fact, now=now, by=actor(request))
        _note(request, fact, "retry_fact", before, "")

    attempt_or_warn(request, act, _("%(id)s is tried again at once.") % {"id": fact.external_id})
    return _back(before)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def dismiss(request: HttpRequest, program: Program, parked_id: UUID) -> HttpResponse:
    """Close a fact without applying it, with a reason."""
    fact = get_object_or_404(ParkedFact, pk=parked_id, program_id=program.pk)
    before, reason = fact.status, request.POST.get("reason", "").strip()[:500]

    def act() -> None:
        dismiss_fact(fact, reason=reason, now=clock.now(), by=actor(request))
        _note(request, fact, "dismiss_fact", before, reason)

    attempt_or_warn(request, act, _("%(id)s is dismissed. The row stays, with your reason.") % {"id": fact.external_id})
    return _back(before)


def _note(request: HttpRequest, fact: ParkedFact, verb: str, before: str, reason: str) -> None:
    record_change(
        actor=actor(request), verb=verb, subject_kind="parkedfact", subject_id=fact.pk,
        before={"status": before, "external_id": fact.external_id},
        after={"status": fact.status, "external_id": fact.external_id}, reason=reason, now=clock.now(),
    )  # fmt: skip


def _back(status: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('console:parked')}?status={status}", status=303)


def _names() -> list[tuple[str, str]]:
    return [
        ("conflict", _("Contradicting")),
        ("failed", _("Failed")),
        ("waiting", _("Waiting")),
        ("resolved", _("Applied later")),
        ("dismissed", _("Dismissed")),
    ]


def _columns() -> Sequence[Column[ParkedFact]]:
    return [
        Column("id", _("Outside id"), order=("external_id",), cell=lambda row: row.external_id),
        Column("kind", _("Kind"), order=("kind",), cell=lambda row: row.kind),
        Column("reason", _("Why"), order=("reason",), cell=lambda row: row.reason),
        Column("source", _("Came by"), order=("source",), cell=lambda row: row.source),
        Column(
            "at", _("Occurred"), order=("occurred_at",), cell=lambda row: row.occurred_at.isoformat(), is_number=True
        ),
        Column(
            "received",
            _("Received"),
            order=("received_at",),
            cell=lambda row: row.received_at.isoformat(),
            is_number=True,
        ),
        Column("body", _("Content"), cell=lambda row: str(row.body)),
    ]
