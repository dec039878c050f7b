"""The page of types: the version in force, the draft beside it, publishing with a note."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.faces.console.kinds.frame import kinds_page
from hanse.growth.demarcation.actions import discard_draft, draft_from, keep_draft, publish_types
from hanse.growth.demarcation.queries import draft, page_now, page_of, published_versions
from hanse.growth.demarcation.rules import MOST_TYPES, difference, page_json
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.people.partners.queries import type_counts
from hanse.programs.programs.models import Program

_SPARE = 1  # an empty block at the end, for one more type


@console_page()
@needs_program
@require_GET
def types(request: HttpRequest, program: Program) -> HttpResponse:
    """Show what the types are now, the draft and what it changes, and the versions before."""
    now_said, row, counts = page_now(), draft(), type_counts()
    context = {
        "types": [(one, counts.get(one.slug, 0)) for one in now_said.types], "intro": now_said.intro, "draft": row,
        "changes": difference(now_said, page_of(row)) if row else None, "versions": list(published_versions()[:50]),
        "names": {one.slug: one.name for one in now_said.types}, "may_change": may(request, CHANGE),
    }  # fmt: skip
    return kinds_page(request, program, "console/kinds/types.html", "types", context)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def edit(request: HttpRequest, program: Program) -> HttpResponse:
    """Write the draft: a block for each type, and an empty one for one more."""
    errors: list[str] = []
    row = draft()
    page: dict[str, Any] = row.body if row else page_json(page_now())
    if request.method == "POST":
        page = _from_form(request)
        try:
            keep_draft(page, now=clock.now(), by=actor(request))
        except Invalid as refused:
            errors = [_problem(problem.pointer, problem.message, page) for problem in refused.problems]
        else:
            tell(request, _("The draft is kept. Nobody outside sees it before you publish it."))
            return HttpResponseRedirect(reverse("console:types"), status=303)
    blocks = [*page["types"], *({} for _spare in range(_SPARE))][:MOST_TYPES]
    context = {
        "intro": page["intro"], "blocks": list(enumerate(blocks)), "errors": errors,
        "all_types": [(one["slug"], one["name"]) for one in page["types"]],
    }  # fmt: skip
    template = "console/kinds/types_edit.html"
    return kinds_page(request, program, template, "types", context, status=422 if errors else 200)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def begin(request: HttpRequest, program: Program) -> HttpResponse:
    """Begin a draft from the page in force, or from an old version."""
    number = str(request.POST.get("version", ""))
    version = published_versions().filter(number=int(number)).first() if number.isdigit() else None
    draft_from(version, now=clock.now(), by=actor(request))
    return HttpResponseRedirect(reverse("console:types_edit"), status=303)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def publish(request: HttpRequest, program: Program) -> HttpResponse:
    """Publish the draft."""
    note = str(request.POST.get("reason", ""))
    attempt_or_warn(
        request, lambda: publish_types(note=note, now=clock.now(), by=actor(request)),
        _("Published. The page of types says so from now on."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:types"), status=303)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def discard(request: HttpRequest, program: Program) -> HttpResponse:
    """Throw the draft away."""
    try:
        discard_draft(now=clock.now(), by=actor(request))
        tell(request, _("The draft is gone."))
    except HanseError as error:
        tell(request, said(error))
    return HttpResponseRedirect(reverse("console:types"), status=303)


def _from_form(request: HttpRequest) -> dict[str, Any]:
    post, found = request.POST, []
    for number in range(MOST_TYPES + _SPARE):
        if f"t{number}-name" not in post:
            break
        name = post.get(f"t{number}-name", "").strip()
        if not name or post.get(f"t{number}-drop"):
            continue
        slug = post.get(f"t{number}-slug", "") or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "type"
        found.append({
            "slug": slug, "name": name, "is": post.get(f"t{number}-is", ""), "owes": post.get(f"t{number}-owes", ""),
            "gets": post.get(f"t{number}-gets", ""), "excludes": post.getlist(f"t{number}-excludes"),
        })  # fmt: skip
    kept = {one["slug"] for one in found}
    for one in found:
        one["excludes"] = [other for other in one["excludes"] if other in kept and other != one["slug"]]
    return {"intro": post.get("intro", ""), "types": found}


def _problem(pointer: str, message: str, page: dict[str, Any]) -> str:
    """Say at which type a problem lies."""
    parts = pointer.strip("/").split("/")
    if len(parts) > 2 and parts[0] == "types" and parts[1].isdigit():
        fields = {"is": _("what it is"), "owes": _("what it owes"), "gets": _("what it gets")}
        return f"{page['types'][int(parts[1])]['name']}, {fields.get(parts[2], parts[2])}: {message}"
    return message
