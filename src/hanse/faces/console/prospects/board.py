"""The pipeline as a board and as a list; moving one or many, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.colleagues import colleague_choices
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.faces.console.prospects.words import source_names, stage_names
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.profile.queries import scores_of, weighing_of
from hanse.growth.profile.types import Score
from hanse.growth.prospects import queries, rules
from hanse.growth.prospects.actions import move_prospects, undo_move
from hanse.growth.prospects.models import Prospect
from hanse.growth.prospects.types import OPEN_STAGES
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

_CARDS = 20
_MOVED_AT_ONCE = 500
_SUGGESTED_FROM = ("prospect",)


@console_page()
@needs_program
@require_GET
def prospects(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show the pipeline: columns of cards, or one list with everything in it."""
    state, people = UrlState(request.GET), colleague_choices(also_former=True)
    choice = _choice(state, {key for key, _name in people})
    rows = queries.chosen(queries.prospects_of(program.pk), choice, clock.now(), reader().today)
    view = state.choice("view", ("board", "list"), "board")
    table = Table(state, rows, _columns(), "-changed", page_size=50)
    if wants_csv(request):
        return export("prospects", table)
    context = {
        "table": table, "choice": choice, "people": people, "stages": stage_names(), "sources": source_names(),
        "view": view, "board_link": state.link(view=""), "list_link": state.link(view="list"), "may_act": may(request),
        "is_filtered": choice != queries.Choice(), "back": request.get_full_path(), "counts": {},
    }  # fmt: skip
    if view == "list":
        context["cards"] = _cards(program, table.page_rows)
    else:
        context |= _board(program, rows, state)
    return recruit_page(request, program, f"console/prospects/{view}.html", "pipeline", context)


@console_page()
@require_POST
@writes
@needs_program
def move(request: HttpRequest, program: Program) -> HttpResponse:
    """Move the chosen prospects into a stage; a toast takes it back."""
    ids = {id_or_404("pst", text) for text in request.POST.getlist("prospect")[:_MOVED_AT_ONCE]}
    rows = list(queries.prospects_of(program.pk).filter(pk__in=ids))
    stage, reason = str(request.POST.get("stage", "")), str(request.POST.get("reason", ""))
    back = HttpResponseRedirect(_back(request))
    if not rows:
        warn(request, _("Choose at least one prospect."))
        return back
    try:
        act, moved = move_prospects(rows, stage, reason=reason, now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, said(error))
        return back
    done = ngettext("%(name)s is in “%(stage)s” now", "%(count)d prospects are in “%(stage)s” now", moved)
    names = {"name": rows[0].name, "stage": stage_names()[stage], "count": moved}
    tell(request, done % names, undo=reverse("console:prospects_undo", args=[act]))
    return back


@console_page()
@require_POST
@writes
@needs_program
def undo(request: HttpRequest, program: Program, act_id: UUID) -> HttpResponse:
    """Take back one move, of one or many."""
    attempt_or_warn(request, lambda: undo_move(program.pk, act_id, now=clock.now(), by=actor(request)), _("Taken back"))
    return HttpResponseRedirect(reverse("console:prospects"))


def _back(request: HttpRequest) -> str:
    """Return the page of the pipeline that a form came from."""
    there, home = str(request.POST.get("back", "")), reverse("console:prospects")
    return there if there.startswith((home + "?", home + "/")) and "//" not in there else home


def _choice(state: UrlState, people: set[str]) -> queries.Choice:
    return queries.Choice(
        owner=state.choice("owner", {*people, "nobody"}), stage=state.choice("stage", stage_names()),
        source=state.choice("source", source_names()), search=state.text("q"),
        is_stale=state.text("stale") == "1", is_due=state.text("due") == "1",
    )  # fmt: skip


def _board(program: Program, rows: QuerySet[Prospect], state: UrlState) -> dict[str, Any]:
    counts, names = queries.stage_counts(rows), stage_names()
    placed = queries.board(rows.filter(stage__in=OPEN_STAGES), _CARDS)
    cards = _cards(program, [row for found in placed.values() for row in found])
    by_stage: Mapping[str, list[dict[str, Any]]] = {stage: [] for stage in OPEN_STAGES}
    for card in cards:
        by_stage[card["row"].stage].append(card)
    at = state.choice("at", OPEN_STAGES, next((one for one in OPEN_STAGES if counts.get(one)), "prospect"))
    columns = [
        {
            "stage": stage, "name": names[stage], "count": counts.get(stage, 0), "cards": by_stage[stage],
            "more": max(0, counts.get(stage, 0) - _CARDS), "link": state.link(view="list", stage=stage),
            "is_here": stage == at, "at_link": state.link(at=stage),
        }
        for stage in OPEN_STAGES
    ]  # fmt: skip
    closed = counts.get("closed", 0)
    closed_link = state.link(view="list", stage="closed")
    return {
        "columns": columns, "closed": closed, "closed_link": closed_link, "open": sum(counts.values()) - closed
    }  # fmt: skip


def _cards(program: Program, rows: Sequence[Prospect]) -> list[dict[str, Any]]:
    """Return what a card says beside the row itself."""
    scores, names, now, today = scores_of(program.pk, rows), stage_names(), clock.now(), reader().today
    qualify_at = weighing_of(program.pk).qualify_at
    return [
        {
            "row": row, "id": text_id("pst", row.pk), "score": scores[row.pk],
            "is_stale": rules.is_stale(row.stage, row.changed_at, now), "stage": names[row.stage],
            "is_late": bool(row.next_on and row.next_on <= today and row.stage not in ("active", "closed")),
            "following": rules.next_stage(row.stage), "following_name": names.get(rules.next_stage(row.stage), ""),
            "is_ripe": is_ripe(row, scores[row.pk], qualify_at),
        }
        for row in rows
    ]  # fmt: skip


def is_ripe(row: Prospect, score: Score, qualify_at: int) -> bool:
    """Say whether the score suggests the next stage to a prospect that nobody qualified yet."""
    return row.stage in _SUGGESTED_FROM and score.points >= qualify_at


def _columns() -> list[Column[Prospect]]:
    stages, sources = stage_names(), source_names()
    return [
        Column("name", _("Name"), ("name",), lambda row: row.name),
        Column("stage", _("Stage"), ("stage",), lambda row: stages[row.stage]),
        Column("owner", _("Owner"), ("owner__name",), lambda row: row.owner.name if row.owner else ""),
        Column("next", _("Next step"), ("next_on",), lambda row: row.next_step),
        Column("on", _("On"), (), lambda row: row.next_on or ""),
        Column("source", _("Came"), ("source",), lambda row: sources[row.source]),
        Column("referrer", _("Brought by"), (), lambda row: row.referrer.name if row.referrer else ""),
        Column("email", _("E-mail"), (), lambda row: row.email),
        Column("website", _("Website"), (), lambda row: row.website),
        Column("closed", _("Closed because"), (), lambda row: row.closed_why),
        Column("changed", _("Last change"), ("changed_at",), lambda row: row.changed_at.isoformat(), is_number=True),
        Column("since", _("In stage since"), ("entered_at",), lambda row: row.entered_at.isoformat(), is_number=True),
    ]
