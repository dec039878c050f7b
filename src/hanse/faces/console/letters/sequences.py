"""Sequences: what goes out by itself, how far it carries, whether it works; and what a draft would have sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hanse.faces.common.access import MANAGE, actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.letters.lifts import LiftRow, lift_row
from hanse.faces.console.letters.words import (
    action_names,
    dropped_names,
    stops_sentence,
    trigger_sentence,
)
from hanse.faces.console.messages.frame import messages_page
from hanse.growth.sends.lift import Lift
from hanse.growth.sends.results import (
    Result,
    lifts_by_tier,
    lifts_of_sequences,
    results_of_steps,
)
from hanse.growth.sequences.actions import end_sequence, rest_sequence, start_sequence, take_out
from hanse.growth.sequences.models import Journey, Sequence
from hanse.growth.sequences.queries import Counted, counts_of, journeys_of, sequence_by_id, sequences_of, steps_of
from hanse.growth.sequences.simulation import Simulated, simulate
from hanse.kernel import clock
from hanse.kernel.errors import NotFound, Refused
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SHOWN = 60


@dataclass(frozen=True, slots=True)
class ListRow:
    """One sequence as the list shows it."""

    sequence: Sequence
    id: str
    when: str
    letters: int
    counted: Counted
    lift: LiftRow | None


@console_page()
@needs_program
@require_safe
def sequences(request: HttpRequest, program: Program) -> HttpResponse:
    """List a program's sequences with how many entered and what they bring."""
    rows = list(sequences_of(program.pk))
    ids = [row.pk for row in rows]
    counted, lifts = counts_of(ids), lifts_of_sequences(ids)
    letters: dict[object, int] = {}
    for step in steps_of(ids):
        letters[step.sequence_id] = letters.get(step.sequence_id, 0) + 1
    shown = [
        ListRow(
            row, text_id("seq", row.pk), trigger_sentence(row.trigger), letters.get(row.pk, 0),
            counted.get(row.pk, Counted()),
            lift_row("", lifts[row.pk]) if row.holdout_ppm and row.pk in lifts else None,
        )
        for row in rows
    ]  # fmt: skip
    context = {
        "rows": shown, "running": sum(row.state == "running" for row in rows),
        "on_the_way": sum(one.counted.on_the_way for one in shown), "may_act": may(request),
    }  # fmt: skip
    return messages_page(request, "console/letters/sequences.html", "sequences", context)


@console_page()
@needs_program
@require_safe
def sequence(request: HttpRequest, program: Program, sequence_id: str) -> HttpResponse:
    """Show one sequence: its letters and what came of them, the lift by tier, who is on the way; or the simulation."""
    row = found(program, sequence_id)
    steps = steps_of([row.pk])
    results = results_of_steps([step.pk for step in steps])
    day, shown = 0, []
    for number, step in enumerate(steps, 1):
        day += step.wait_days
        shown.append((number, step, day, results.get(step.pk, Result("", ""))))
    lift = lifts_of_sequences([row.pk]).get(row.pk)
    is_tried = row.state == Sequence.State.DRAFT or "try" in request.GET
    context = {
        "sequence": row, "id": sequence_id, "steps": shown, "counted": counts_of([row.pk]).get(row.pk, Counted()),
        "when": trigger_sentence(row.trigger), "stops": stops_sentence(row.stop_when),
        "action": action_names().get(row.action, ""), "lift": lift_row(_("All"), lift) if lift else None,
        "lifts": _lifts(row, lift), "ways": _ways(row), "may_act": may(request, MANAGE),
        "told": _told(simulate(row, clock.now())) if is_tried else None,
    }  # fmt: skip
    return messages_page(request, "console/letters/sequence.html", "sequences", context)


def _lifts(row: Sequence, lift: Lift | None) -> list[LiftRow]:
    if not row.holdout_ppm or lift is None:
        return []
    by_tier = lifts_by_tier(row.pk)
    return [lift_row(_("All"), lift), *(lift_row(tier.name, one, tier) for tier, one in by_tier)]


def _ways(row: Sequence) -> list[tuple[Journey, str, str]]:
    rows = journeys_of(row.pk)[:12]
    return [(one, text_id("prt", one.enrolment.partner_id), text_id("way", one.pk)) for one in rows]


def _told(told: Simulated) -> dict[str, object]:
    """Return what a simulation says, with the names of the first of them."""
    first = told.letters[-SHOWN:][::-1]
    names = {
        one.pk: one.partner
        for one in Enrolment.objects.filter(pk__in={one.enrolment_id for one in first}).select_related("partner")
    }
    words = dropped_names()
    return {
        "told": told, "count": len(told.letters), "people": told.people,
        "days": (told.until - told.since).days, "rows": [(one, names[one.enrolment_id]) for one in first],
        "dropped": [(words.get(why, why), count) for why, count in sorted(told.dropped.items())],
    }  # fmt: skip


@console_page()
@writes
@needs_program
@require_POST
def sequence_act(request: HttpRequest, program: Program, sequence_id: str, act: str) -> HttpResponse:
    """Switch a sequence on, let it rest, or end it."""
    row, now, by = found(program, sequence_id), clock.now(), actor(request)
    try:
        if act == "start":
            start_sequence(row, now=now, by=by)
            tell(request, _("“%(name)s” runs. Whoever it means from now on gets it.") % {"name": row.name})
        elif act == "rest":
            rest_sequence(row, now=now, by=by)
            tell(request, _("“%(name)s” rests. Nothing of it goes out.") % {"name": row.name})
        elif act == "end":
            end_sequence(row, now=now, by=by)
            tell(request, _("“%(name)s” has ended.") % {"name": row.name})
        else:
            raise Http404
    except Refused as refused:
        warn(request, refused.message)
    return HttpResponseRedirect(reverse("console:sequence", args=[sequence_id]))


@console_page()
@writes
@needs_program
@require_POST
def sequence_out(request: HttpRequest, program: Program, sequence_id: str, way: str) -> HttpResponse:
    """Take one partner out of a sequence."""
    row = found(program, sequence_id)
    journey = Journey.objects.filter(sequence=row, pk=id_or_404("way", way)).first()
    if journey is None:
        raise Http404
    take_out(journey, now=clock.now(), by=actor(request))
    tell(request, _("They get no more letters of this sequence."))
    return HttpResponseRedirect(reverse("console:sequence", args=[sequence_id]))


def found(program: Program, sequence_id: str) -> Sequence:
    """Return a sequence of the program, or answer that there is no such page."""
    try:
        return sequence_by_id(program.pk, id_or_404("seq", sequence_id))
    except NotFound as missing:
        raise Http404 from missing
