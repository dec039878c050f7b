"""The paths: what counts now, older versions, and the form that publishes the next one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.onboarding.frame import onboarding_page
from hanse.growth.onboarding.actions import publish_paths
from hanse.growth.onboarding.queries import paths_in, version_in_force, versions_of
from hanse.growth.onboarding.rules import MAX_PATHS, written
from hanse.growth.onboarding.types import EVENTS, KINDS, Path
from hanse.growth.onboarding.words import kind_title, step_title
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.people.partners.queries import partner_types
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

ROWS = 12


@console_page()
@needs_program
@require_GET
def paths(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the paths in force, or those of an older version."""
    rows = list(versions_of(program.pk)[:50])
    asked = request.GET.get("version", "")
    version = next((row for row in rows if str(row.number) == asked), rows[0] if rows else None)
    shown = [
        {"path": path, "for": _for_whom(program, path), "steps": [(step, step_title(step)) for step in path.steps]}
        for path in paths_in(version)
    ]  # fmt: skip
    context = {
        "shown": shown, "version": version, "versions": rows, "may_act": may(request),
        "is_newest": not rows or version == rows[0],
    }  # fmt: skip
    return onboarding_page(request, program, "paths", "paths", context)


@console_page()
@writes
@needs_program
def edit(request: HttpRequest, program: Program) -> HttpResponse:
    """Show the form of all paths; a POST publishes the next version."""
    known = written(paths_in(version_in_force(program.pk)))["paths"]
    problems: list[Problem] = []
    if request.method == "POST":
        known = _typed(request)
        if request.POST.get("act") == "add":
            known.insert(max(0, len(known) - 1), _empty_path(len(known)))
        else:
            try:
                note = request.POST.get("note", "")
                row = publish_paths(program, {"paths": known}, note=note, now=clock.now(), by=actor(request))
            except Invalid as error:
                problems = list(error.problems)
            else:
                tell(request, _("Version %(n)d counts for whoever joins from now on") % {"n": row.number})
                return HttpResponseRedirect(reverse("console:onboarding_paths"))
    context = {
        "paths": [_path_form(place, path) for place, path in enumerate(known)], "problems": problems,
        "kinds": [(kind, kind_title(kind)) for kind in KINDS], "types": partner_types(), "tiers": tiers_of(program.pk),
        "note": request.POST.get("note", ""), "may_add": len(known) < MAX_PATHS,
    }  # fmt: skip
    status = 422 if problems else 200
    return onboarding_page(request, program, "paths_edit", "paths", context, status=status)


def _for_whom(program: Program, path: Path) -> str:
    if path.is_for_all:
        return _("everybody else")
    names = {kind.slug: kind.name for kind in partner_types()}
    tiers = {tier.key: tier.name for tier in tiers_of(program.pk)}
    parts = [", ".join(names.get(one, one) for one in path.types), ", ".join(tiers.get(one, one) for one in path.tiers)]
    return " · ".join(part for part in parts if part)


def _empty_path(number: int) -> dict[str, Any]:
    steps = [{"key": kind, "kind": kind, "who": "partner"} for kind in EVENTS]
    return {"key": f"path-{number + 1}", "name": "", "types": [], "tiers": [], "steps": steps}


def _typed(request: HttpRequest) -> list[dict[str, Any]]:
    """Read the form back into the JSON that the verb checks: rows by their numbers, empty ones left out."""
    found = []
    count = request.POST.get("paths", "0")
    for place in range(min(int(count), MAX_PATHS) if count.isascii() and count.isdigit() and len(count) < 4 else 0):
        if request.POST.get(f"p{place}-drop"):
            continue
        rows = [
            (_number(request.POST.get(f"p{place}-s{row}-no", "")) or 99, row, _typed_step(request, f"p{place}-s{row}"))
            for row in range(ROWS)
            if request.POST.get(f"p{place}-s{row}-kind")
        ]
        rows.sort(key=lambda one: one[:2])
        name = request.POST.get(f"p{place}-name", "")
        found.append({
            "key": request.POST.get(f"p{place}-key", "") or slugify(name)[:40], "name": name,
            "types": request.POST.getlist(f"p{place}-types"), "tiers": request.POST.getlist(f"p{place}-tiers"),
            "steps": [step for _no, _row, step in rows],
        })  # fmt: skip
    return found


def _typed_step(request: HttpRequest, prefix: str) -> dict[str, Any]:
    def said(name: str) -> str:
        return request.POST.get(f"{prefix}-{name}", "").strip()

    kind, title = said("kind"), said("title")
    key = kind if kind in EVENTS else said("key") or slugify(title)[:40] or kind
    return {
        "key": key, "kind": kind, "who": said("who") or "partner", "title": title, "text": said("text"),
        "address": said("address"), "due_days": _number(said("due_days")),
    }  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _path_form(place: int, path: dict[str, Any]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = list(path.get("steps") or [])[:ROWS]
    rows = [{"prefix": f"p{place}-s{row}", "no": row + 1, **(steps[row] if row < len(steps) else {})}
            for row in range(ROWS)]  # fmt: skip
    return {**path, "prefix": f"p{place}", "rows": rows}
