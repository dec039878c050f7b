"""Candidates: who keeps being named, laid over today's partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.faces.console.recruiting.words import source_names
from hanse.growth.mentions.actions import merge_candidates
from hanse.growth.mentions.models import Candidate
from hanse.growth.mentions.queries import candidates_of, never_named, sources_of, suggested_merges
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_HINTS_SHOWN = 6
_MERGED_AT_ONCE = 100


@console_page()
@needs_program
@require_GET
def candidates(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List those named who are not ours, those who are, our partners whom nobody named, and the dismissed."""
    state = UrlState(request.GET)
    shown = state.choice("who", _tab_names(), "strangers")
    table = Table(state, _chosen(program, shown, state.text("q")), _columns(), "-weight", page_size=25)
    if wants_csv(request):
        return export("candidates", table)
    rows = [] if shown == "silent" else table.page_rows
    context = {
        "table": table, "who": shown, "q": state.text("q"), "may_act": may(request), "rows": _with_sources(rows),
        "silent": list(never_named(program.pk)) if shown == "silent" else [],
        "kinds": [(name, state.link(who=key), key == shown) for key, name in _tab_names().items()],
        "hints": _hints(program) if shown == "strangers" and may(request) else [],
    }  # fmt: skip
    return recruit_page(request, program, "console/recruiting/candidates.html", "candidates", context)


@console_page()
@require_POST
@writes
@needs_program
def merge(request: HttpRequest, program: Program) -> HttpResponse:
    """Make the chosen candidates one: the most named one gives the name."""
    back = HttpResponseRedirect(reverse("console:candidates"))
    ids = {id_or_404("cnd", text) for text in request.POST.getlist("candidate")[:_MERGED_AT_ONCE]}
    found: list[Any] = list(candidates_of(program.pk, clock.now()).filter(pk__in=ids))
    rows: list[Any] = sorted(found, key=lambda row: (-row.times, row.name))
    if len(rows) < 2:
        warn(request, _("Choose at least two candidates."))
        return back
    done = ngettext(
        "%(count)d candidate is part of %(name)s now", "%(count)d candidates are part of %(name)s now", len(rows) - 1
    )
    attempt_or_warn(
        request, lambda: merge_candidates(rows[0], rows[1:], now=clock.now(), by=actor(request)),
        done % {"count": len(rows) - 1, "name": rows[0].name},
    )  # fmt: skip
    return back


def find_candidate(program: Program, text: str) -> Candidate:
    """Return a program's candidate by the id in a path. Raises Http404."""
    return get_object_or_404(Candidate, pk=id_or_404("cnd", text), program=program)


def _chosen(program: Program, shown: str, search: str) -> QuerySet[Candidate]:
    rows = candidates_of(program.pk, clock.now()).select_related("partner")
    rows = rows.filter(name__icontains=search) if search else rows
    if shown == "dismissed":
        return rows.exclude(dismissed_at=None)
    return rows.filter(dismissed_at=None, partner__isnull=shown != "partners")


def _with_sources(rows: Sequence[Candidate]) -> list[tuple[Candidate, str, list[tuple[str, int]]]]:
    found, names = sources_of(row.pk for row in rows), source_names()
    return [
        (row, text_id("cnd", row.pk), [(names.get(key, key), times) for key, times in found.get(row.pk, {}).items()])
        for row in rows
    ]


def _hints(program: Program) -> list[tuple[Candidate, Candidate, str, str]]:
    pairs = suggested_merges(program.pk, _HINTS_SHOWN)
    return [(one, other, text_id("cnd", one.pk), text_id("cnd", other.pk)) for one, other in pairs]


def _columns() -> list[Column[Any]]:
    return [
        Column("name", _("Name"), ("name",), lambda row: row.name),
        Column("times", _("Named"), ("times",), lambda row: row.times, is_number=True),
        Column("people", _("People"), ("people",), lambda row: row.people, is_number=True),
        Column("weight", _("Weight"), ("weight", "times"), lambda row: row.weight, is_number=True),
        Column("last", _("Last named"), ("last_at",), lambda row: row.last_at, is_number=True),
        Column("partner", _("Partner"), (), lambda row: row.partner.name if row.partner else ""),
    ]


def _tab_names() -> dict[str, str]:
    return {
        "strangers": _("Named, not yours"),
        "partners": _("Named and yours"),
        "silent": _("Yours, never named"),
        "dismissed": _("Dismissed"),
    }
