"""The calendar in the console: what comes, how early each tier sees it, to subscribe to; authors asked for examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.kit_words import example_words, kind_words, stage_words
from hanse.faces.common.links import bare_id, partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import EVERYBODY
from hanse.faces.console.forms import attempt, attempt_or_warn
from hanse.faces.console.resources.frame import resources_page
from hanse.faces.console.resources.prompt_form import LeadsForm, PromptForm, given
from hanse.growth.content.models import Piece
from hanse.growth.content.queries import best_pieces
from hanse.growth.kits.queries import meant_by
from hanse.growth.prompts import rules
from hanse.growth.prompts.actions import keep_prompt, publish_prompt, set_leads, withdraw_prompt
from hanse.growth.prompts.addresses import address_of, make_address, web_address
from hanse.growth.prompts.briefing import keep_briefings
from hanse.growth.prompts.examples import ask_consent, end_example, examples_in, proposals_for, show_again
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.prompts.queries import Leads, days_without_prompt, leads_of, prompts_of, seen_by_tier
from hanse.growth.prompts.types import SeenFrom
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.programs.programs.models import Program

_PROPOSED = 12


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One prompt in the calendar; `cells` are its days by tier, in the tiers' order, None where it is not for one."""

    prompt: Prompt
    kind: tuple[str, str]
    stage: str
    word: tuple[str, str]
    cells: list[SeenFrom | None]


@console_page()
@needs_program
@require_GET
def calendar(request: HttpRequest, program: Program) -> HttpResponse:
    """Show what comes with the day on which each tier sees it, and what is over."""
    return _page(request, program, LeadsForm(leads_of(program.pk)))


@console_page()
@require_POST
@writes
@needs_program
def leads(request: HttpRequest, program: Program) -> HttpResponse:
    """Say how many days ahead each tier hears of things."""
    form = LeadsForm(leads_of(program.pk), request.POST)

    def keep() -> int:
        return set_leads(program, form.said(), now=clock.now(), by=actor(request))

    if form.is_valid() and attempt(form, keep) is not None:
        tell(request, _("Kept."))
        return _to_calendar("leads")
    return _page(request, program, form, status=422)


@console_page(write_roles=EVERYBODY)
@require_POST
@writes
@needs_program
def address(request: HttpRequest, program: Program) -> HttpResponse:
    """Give the colleague who reads a secret address of the team's calendar, or another one."""
    make_address(program, colleague=team_member(request), now=clock.now(), by=actor(request))
    tell(request, _("Here is your address. An older one answers nothing any more."))
    return _to_calendar("subscribe")


@console_page()
@writes
@needs_program
def write(request: HttpRequest, program: Program, prompt_id: UUID | None = None) -> HttpResponse:
    """Write a prompt, a new one or a known one."""
    row, posted = _found(program, prompt_id) if prompt_id else None, request.method == "POST"
    begin = given(row) if row else _begin(request, program)
    form = PromptForm(program, request.POST if posted else None, row=row, initial=begin)
    if posted and form.is_valid():
        kept = attempt(form, lambda: keep_prompt(
            program, now=clock.now(), by=actor(request), instead_of=row, **form.said()
        ))  # fmt: skip
        if kept is not None:
            tell(request, _("Kept."))
            return HttpResponseRedirect(reverse("console:prompt", args=[kept.pk]), status=303)
    context = {"form": form, "prompt": row}
    return resources_page(
        request, "console/kits/prompt_edit.html", "calendar", context, status=422 if posted else 200
    )  # fmt: skip


@console_page()
@needs_program
@require_GET
def prompt(request: HttpRequest, program: Program, prompt_id: UUID) -> HttpResponse:
    """Show one prompt: who sees it from when on, how many that are, and what it says."""
    row, found = _found(program, prompt_id), leads_of(program.pk)
    stage = rules.stage_of(row, local_day(clock.now(), program.time_zone), found.days)
    meant, of = meant_by(program.pk, row)
    context = {
        "prompt": row, "kind": kind_words(row.kind), "stage": stage, "word": stage_words(stage), "meant": meant,
        "of": of, "seen": seen_by_tier(row, found), "told": row.told.count(), "may_act": may(request),
    }  # fmt: skip
    return resources_page(request, "console/kits/prompt.html", "calendar", context)


@console_page()
@require_POST
@writes
@needs_program
def publish(request: HttpRequest, program: Program, prompt_id: UUID) -> HttpResponse:
    """Let each tier see a prompt from its day on; promised briefings are kept at once."""

    def show(row: Prompt, **said: Any) -> None:
        publish_prompt(row, **said)
        keep_briefings(program, clock.now())

    return _act(request, program, prompt_id, show, _("Published. Each tier sees it from its day on."))


@console_page()
@require_POST
@writes
@needs_program
def withdraw(request: HttpRequest, program: Program, prompt_id: UUID) -> HttpResponse:
    """Show a prompt no more."""
    return _act(request, program, prompt_id, withdraw_prompt, _("Taken back. Calendars strike it out."))


@console_page()
@require_POST
@writes
@needs_program
def ask(request: HttpRequest, program: Program) -> HttpResponse:
    """Ask the author of a piece whether others may see it."""
    piece = get_object_or_404(Piece, program=program, pk=bare_id(request.POST.get("piece", "")))
    why = request.POST.get("why", "")
    attempt_or_warn(
        request, lambda: ask_consent(piece, why=why, now=clock.now(), by=actor(request)),
        _("Asked, by mail and in their portal."),
    )  # fmt: skip
    return _to_calendar("examples")


@console_page()
@require_POST
@writes
@needs_program
def example(request: HttpRequest, program: Program, example_id: UUID) -> HttpResponse:
    """Show an example no more, or again."""
    row = examples_in(program.pk).filter(pk=example_id).first()
    if row is None:
        raise Http404
    verb = show_again if request.POST.get("show") == "1" else end_example
    done = _("Shown again.") if verb is show_again else _("Shown no more.")
    attempt_or_warn(request, lambda: verb(row, now=clock.now(), by=actor(request)), done)
    return _to_calendar("examples")


def _page(request: HttpRequest, program: Program, form: LeadsForm, *, status: int = 200) -> HttpResponse:
    today, found = local_day(clock.now(), program.time_zone), leads_of(program.pk)
    rows = [_row(row, found, today) for row in prompts_of(program.pk)[:500]]
    ahead = [row for row in rows if row.stage in ("draft", "planned", "shown")]
    own = address_of(program, colleague=team_member(request))
    asked = list(examples_in(program.pk)[:100])
    context = {
        "rows": ahead, "past": [row for row in reversed(rows) if row not in ahead], "tiers": list(found.names.values()),
        "form": form, "without": days_without_prompt(program.pk, today), "feed": web_address(own) if own else "",
        "next": next((row for row in ahead if row.prompt.on >= today and row.stage != "draft"), None),
        "examples": [(row, example_words(row.state), partner_href(row.enrolment.partner_id)) for row in asked],
        "proposals": proposals_for(program.pk, best_pieces(program.pk, _PROPOSED))[:5], "may_act": may(request),
        "shown": sum(1 for row in asked if row.state == Example.State.AGREED and row.ended_at is None),
        "seen": sum(1 for row in ahead if row.stage == "shown"),
    }  # fmt: skip
    return resources_page(request, "console/kits/calendar.html", "calendar", context, status=status)


def _row(row: Prompt, found: Leads, today: date) -> PromptRow:
    stage = rules.stage_of(row, today, found.days)
    by_tier = {one.tier: one for one in seen_by_tier(row, found)}
    return PromptRow(row, kind_words(row.kind), stage, stage_words(stage), [by_tier.get(key) for key in found.names])


def _begin(request: HttpRequest, program: Program) -> dict[str, Any]:
    """A day of which upper tiers were promised word gives a prompt its title and its date."""
    asked = request.GET.get("day", "")
    today = local_day(clock.now(), program.time_zone)
    day = next((one for one in days_without_prompt(program.pk, today) if str(one.pk) == asked), None)
    return {"title": day.name, "on": day.on, "day": str(day.pk), "kind": "launch"} if day else {}


def _act(
    request: HttpRequest, program: Program, prompt_id: UUID, verb: Callable[..., object], done: str
) -> HttpResponse:
    row = _found(program, prompt_id)
    attempt_or_warn(request, lambda: verb(row, now=clock.now(), by=actor(request)), done)
    return HttpResponseRedirect(reverse("console:prompt", args=[prompt_id]), status=303)


def _found(program: Program, prompt_id: UUID) -> Prompt:
    row = prompts_of(program.pk).filter(pk=prompt_id).first()
    if row is None:
        raise Http404
    return row


def _to_calendar(part: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('console:calendar')}#{part}", status=303)
