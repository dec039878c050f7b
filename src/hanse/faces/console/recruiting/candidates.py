"""Candidates: who keeps being named, laid over today's partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

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
from hanse.growth.profile.queries import scores_of_candidates, weighing_of
from hanse.growth.profile.types import Score
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
    shown, is_worth = state.choice("who", _tab_names(), "strangers"), state.text("worth") == "1"
    needs_all = wants_csv(request) or is_worth or state.text("sort").lstrip("-") == "score"
    table, scores = _table(program, state, _chosen(program, shown, state.text("q")), is_worth, needs_all)
    if wants_csv(request):
        return export("candidates", table)
    rows = [] if shown == "silent" else table.page_rows
    scores = scores if needs_all else scores_of_candidates(program.pk, rows)
    context = {
        "table": table, "who": shown, "q": state.text("q"), "may_act": may(request),
        "rows": _with_sources(rows, scores),
        "qualify_at": weighing_of(program.pk).qualify_at, "worth": is_worth,
        "worth_link": state.link(worth="" if is_worth else "1"),
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


def _table(
    program: Program, state: UrlState, rows: QuerySet[Candidate], is_worth: bool, needs_all: bool
) -> tuple[Table[Any], dict[UUID, Score]]:
    """Return the table; only where all scores are asked for, all rows are read and ordered here."""
    if not needs_all:
        return Table(state, rows, _columns({}), "-weight", page_size=25), {}
    found = list(rows)
    scores = scores_of_candidates(program.pk, found)
    if is_worth:
        least = weighing_of(program.pk).qualify_at
        found = [row for row in found if scores[row.pk].points >= least]
    return Table(state, found, _columns(scores, in_memory=True), "-weight", page_size=25), scores


def _with_sources(
    rows: Sequence[Candidate], scores: Mapping[UUID, Score]
) -> list[tuple[Candidate, str, list[tuple[str, int]], Score]]:
    found, names = sources_of(row.pk for row in rows), source_names()
    return [
        (
            row,
            text_id("cnd", row.pk),
            [(names.get(key, key), times) for key, times in found.get(row.pk, {}).items()],
            scores[row.pk],
        )
        for row in rows
    ]


def _hints(program: Program) -> list[tuple[Candidate, Candidate, str, str]]:
    pairs = suggested_merges(program.pk, _HINTS_SHOWN)
    return [(one, other, text_id("cnd", one.pk), text_id("cnd", other.pk)) for one, other in pairs]


def _columns(scores: Mapping[UUID, Score], *, in_memory: bool = False) -> list[Column[Any]]:
    """Return the columns, ordered by the database or, `in_memory`, here: a score is no column of a table."""

    def order(*names: str) -> Any:
        return (lambda row: tuple(getattr(row, name) for name in names)) if in_memory else names

    def score(row: Any) -> int:
        return scores[row.pk].points if row.pk in scores else 0

    return [
        Column("name", _("Name"), order("name"), lambda row: row.name),
        Column("times", _("Named"), order("times"), lambda row: row.times, is_number=True),
        Column("people", _("People"), order("people"), lambda row: row.people, is_number=True),
        Column("weight", _("Weight"), order("weight", "times"), lambda row: row.weight, is_number=True),
        Column(
            "score", _("Score"), (lambda row: (score(row), row.weight)) if in_memory else ("weight",), score,
            is_number=True,
        ),
        Column("last", _("Last named"), order("last_at"), lambda row: row.last_at, is_number=True),
        Column("partner", _("Partner"), (), lambda row: row.partner.name if row.partner else ""),
    ]  # fmt: skip


def _tab_names() -> dict[str, str]:
    return {
        "strangers": _("Named, not yours"),
        "partners": _("Named and yours"),
        "silent": _("Yours, never named"),
        "dismissed": _("Dismissed"),
    }
