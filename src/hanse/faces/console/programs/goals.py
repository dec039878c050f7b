"""Goals and tiers of a program: what it pays for, and what its steps are called."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.programs.common import program_of
from hanse.kernel import clock
from hanse.kernel.errors import NotFound
from hanse.programs.programs.actions import add_goal, archive_goal, change_goal
from hanse.programs.programs.models import Goal, Program
from hanse.programs.tiers.actions import rename_tier
from hanse.programs.tiers.queries import tier_by_key


@console_page(write_roles=CHANGE)
@require_POST
@writes
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a goal; its key is made of its name unless one is given."""
    program = program_of(request, slug)
    name = request.POST.get("name", "")
    key = request.POST.get("key", "").strip() or slugify(name)
    attempt_or_warn(
        request,
        lambda: add_goal(
            program, key=key, name=name, is_recurring=request.POST.get("recurring") == "on", now=clock.now(),
            by=actor(request),
        ),
        _("“%(name)s” can now be reported and paid for.") % {"name": name},
    )  # fmt: skip
    return _to(program)


@console_page(write_roles=CHANGE)
@require_POST
@writes
def rename(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Call a goal otherwise; its key stays."""
    program = program_of(request, slug)
    goal, name = _goal(program, key), request.POST.get("name", "")
    attempt_or_warn(
        request, lambda: change_goal(goal, name=name, now=clock.now(), by=actor(request)), _("The goal is renamed.")
    )
    return _to(program)


@console_page(write_roles=CHANGE)
@require_POST
@writes
def archive(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Take a goal out of use."""
    program = program_of(request, slug)
    goal = _goal(program, key)
    attempt_or_warn(
        request,
        lambda: archive_goal(goal, now=clock.now(), by=actor(request)),
        _("“%(name)s” is archived: new facts with it are refused.") % {"name": goal.name},
    )
    return _to(program)


@console_page(write_roles=CHANGE)
@require_POST
@writes
def rename_a_tier(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Call a tier otherwise."""
    program = program_of(request, slug)
    try:
        tier = tier_by_key(program.pk, key)
    except NotFound as missing:
        raise Http404 from missing
    name = request.POST.get("name", "")
    attempt_or_warn(
        request, lambda: rename_tier(tier, name, now=clock.now(), by=actor(request)), _("The tier is renamed.")
    )
    return _to(program)


def _goal(program: Program, key: str) -> Goal:
    goal = Goal.objects.filter(program=program, key=key, archived_at=None).first()
    if goal is None:
        raise Http404
    return goal


def _to(program: Program) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:program", args=[program.slug]), status=303)
